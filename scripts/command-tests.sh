#!/usr/bin/env bash
# Tests of the commands, as one step of `make test`: counts, progress, and names of commands in documents.
# shellcheck disable=SC2013,SC2016,SC2317 # Words without spaces; JavaScript; functions that replace others are called indirectly.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install summary; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

WRONG=0
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT

# is "What is tested" expected found
is() {
    if [ "$2" = "$3" ]; then return 0; fi
    printf '%s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
    WRONG=1
}

test_counts_of_browser_tests() {
    BROWSER_REPORT=$SCRATCH/journeys.json
    cat >"$BROWSER_REPORT" <<'JSON'
{"stats": {"expected": 7, "unexpected": 1, "flaky": 1, "skipped": 1}, "suites": [{"specs": [], "suites": [{"specs": [
    {"title": "always fails", "tests": [{"projectName": "phone", "status": "unexpected"}]},
    {"title": "wavers", "tests": [{"projectName": "phone", "status": "flaky"}, {"projectName": "desktop", "status": "expected"}]},
    {"title": "needs Java", "tests": [{"projectName": "desktop", "status": "skipped",
        "annotations": [{"type": "skip", "description": "there is none"}]}]}
]}]}]}
JSON
    is "A test that passed at the second try is no failure" "8 1 1" "$(count_browser_tests)"
    is "It is listed by name" "wavers (phone)" "$(browser_tests flaky)"
    is "Skipped tests are listed by name" "needs Java (desktop): there is none" "$(browser_tests skipped)"
    list_browser_tests >/dev/null
    is "The last lines name it, too" "! flaky: wavers (phone)" "$(finish | head -n 1)"
    rm "$BROWSER_REPORT"
    is "A suite that could not be started has no counts" "0 0 0" "$(count_browser_tests)"
}

test_progress() {
    local log=$SCRATCH/build.log
    printf '   Compiling serde v1.0.0\n    Building [==>   ] 211/340: serde, leptos      \r    Building [===>  ] 212/340: leptos, tachys(build.rs)   \r' >"$log"
    is "The counter of cargo" "crate 212 of 340" "$(last_line "$log")"
    printf 'error: no\n' >>"$log"
    is "A line after it" "error: no" "$(last_line "$log")"
    is "A log without overwritten text" "   Compiling serde v1.0.0
error: no" "$(as_read "$log")"
}

first_step() { echo 1; }
second_step() { sleep 1; }
failing_step() { return 3; }
endless_step() { sleep 600; }

test_steps() (
    # shellcheck disable=SC2034 # Read by `step`.
    LOGS=$SCRATCH
    step "First" first_step >/dev/null
    is "A step that succeeds" "0" "$STEP_STATUS"
    step "Failing" failing_step >/dev/null
    is "The status of a step that fails" "3 Failing" "$STEP_STATUS $STEP_FAILED"
    must_both "First" first_step "Second" second_step >/dev/null
    is "The table of times" "First, Failing, First, Second" "$(joined ', ' "${STEP_TIMES[@]#* }")"
    is "When one of two steps fails, the other is terminated and the command ends" "1" "$(
        (must_both "Endless" endless_step "Failing" failing_step) >/dev/null 2>&1 || echo "$?"
    )"
    [ "$WRONG" -eq 0 ]
)

test_names_of_commands() {
    local word
    for word in $(grep -hoE '\bmake [a-z][a-z-]*' README.md CONTRIBUTING.md docs/{BENCHMARKS,RELIABILITY,DEVELOPMENT}.md | sed 's/.*make //' | sort -u); do
        grep -qE "^$word:" Makefile || is "make $word" "a command of the Makefile" "none"
    done
    for word in $(grep -oE '\$\(L\)/[a-z-]*\.sh' Makefile | sed 's/.*\///' | sort -u); do
        [ -x "$SCRIPTS/$word" ] || is "$word" "a command" "none"
    done
}

# Each function that would install something prints its name instead.
test_installation() {
    is "make run" "run: node-packages" "$(installed_for run)"
    is "make bench" "bench: browser-packages wrk node-packages browser" "$(installed_for bench)"
    is "make test" "check: browser-packages python nix node-packages browser" "$(installed_for check)"
    is "make check FAST=1" "fast-check: node-packages" "$(installed_for fast-check)"
}

installed_for() (
    need_node() { :; }
    need_cargo() { :; }
    need_system_packages() { :; }
    need_browser() { printf ' browser-packages'; }
    need_python() { printf ' python'; }
    need_nix() { printf ' nix'; }
    need_command() { printf ' %s' "$1"; }
    install_missing_packages() { :; }
    ensure_rust() { :; }
    ensure_node_packages() { printf ' node-packages'; }
    ensure_browser() { printf ' browser'; }
    printf '%s:' "$1"
    install_for "$1"
)

# Nodes have their own /tmp and /root.
test_folder_of_chaos() {
    # shellcheck source=scripts/chaos.sh
    is "Folder of make chaos" /var/lib/toast-testbed/chaos "$(source "$SCRIPTS/chaos.sh" && printf '%s' "$FOLDER")"
}

test_counts_of_browser_tests
test_progress
test_steps || WRONG=1
test_names_of_commands
test_installation
test_folder_of_chaos
[ "$WRONG" -eq 0 ] || fail "Some commands do not work as expected."
success "The commands work as expected."
