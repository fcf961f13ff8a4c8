#!/usr/bin/env bash
# Tests of the commands themselves, as one step of `make test`: how they count, what they show, and that what they name is there.
# shellcheck disable=SC2013,SC2016,SC2317 # Words are words; scripts of other languages; functions that stand in for others are called by what is tested.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install summary; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

WRONG=0
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT

# is "What" expected found
is() {
    if [ "$2" = "$3" ]; then return 0; fi
    printf '%s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
    WRONG=1
}

counts_journeys() {
    BROWSER_REPORT=$SCRATCH/journeys.json
    cat >"$BROWSER_REPORT" <<'JSON'
{"stats": {"expected": 7, "unexpected": 1, "flaky": 1, "skipped": 1}, "suites": [{"specs": [], "suites": [{"specs": [
    {"title": "always fails", "tests": [{"projectName": "phone", "status": "unexpected"}]},
    {"title": "wavers", "tests": [{"projectName": "phone", "status": "flaky"}, {"projectName": "desktop", "status": "expected"}]},
    {"title": "needs Java", "tests": [{"projectName": "desktop", "status": "skipped",
        "annotations": [{"type": "skip", "description": "there is none"}]}]}
]}]}]}
JSON
    is "A journey that passed at the second try is no failure" "8 1 1" "$(count_browser_tests)"
    is "It is told by its name" "wavers (phone)" "$(browser_tests flaky)"
    is "What was skipped is told by its name" "needs Java (desktop): there is none" "$(browser_tests skipped)"
    tell_of_browser_tests >/dev/null
    is "The last lines name it, too" "! flaky: wavers (phone)" "$(finish | head -n 1)"
    rm "$BROWSER_REPORT"
    is "A suite that could not be started has no counts" "0 0 0" "$(count_browser_tests)"
}

says_how_far_a_build_is() {
    local log=$SCRATCH/build.log
    printf '   Compiling serde v1.0.0\n    Building [==>   ] 211/340: serde, leptos      \r    Building [===>  ] 212/340: leptos, tachys(build.rs)   \r' >"$log"
    is "The counter of cargo" "crate 212 of 340: leptos, tachys(build.rs)" "$(last_words "$log")"
    printf 'error: no\n' >>"$log"
    is "What comes after it" "error: no" "$(last_words "$log")"
    is "A log without what was written over" "   Compiling serde v1.0.0
error: no" "$(as_read "$log")"
}

# cargo-leptos looks for the server's program by a name of its own settings.
names_programs_that_there_are() {
    local found
    found=$(cargo metadata --no-deps --format-version 1 | node -e '
        const { packages, metadata } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        for (const project of metadata.leptos) {
            const package = packages.find(one => one.name === project["bin-package"]);
            const program = package?.targets.find(one => one.kind.includes("bin") && one.name === project["bin-target"]);
            const wanted = project["bin-exe-name"] ?? project["bin-package"];
            if (program?.name !== wanted) console.log(`${project.name}: ${wanted} is no program of ${project["bin-package"]}`);
        }
    ')
    is "Programs in the settings of cargo-leptos" "" "$found"
}

names_commands_that_there_are() {
    local word
    for word in $(grep -oE '\bmake [a-z][a-z-]*' README.md CONTRIBUTING.md docs/BENCHMARKS.md docs/RELIABILITY.md | sed 's/.*make //' | sort -u); do
        grep -qE "^$word:" Makefile || is "make $word" "a command of the Makefile" "none"
    done
    for word in $(sed -n 's/^\t@$(L)\/\([a-z-]*\.sh\).*/\1/p' Makefile); do
        [ -x "$SCRIPTS/$word" ] || is "$word" "a command" "none"
    done
}

# What is installed for each command, with everything that would install something only saying so.
installs_what_is_used() {
    is "make run" "run: build-tools node-packages" "$(installed_for run)"
    is "make bench" "bench: browser-packages wrk build-tools node-packages browser" "$(installed_for bench)"
    is "make test" "check: browser-packages python nix build-tools node-packages check-tools browser" "$(installed_for check)"
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
    ensure_build_tools() { printf ' build-tools'; }
    ensure_node_packages() { printf ' node-packages'; }
    ensure_check_tools() { printf ' check-tools'; }
    ensure_browser() { printf ' browser'; }
    remove_build_of_tools() { :; }
    printf '%s:' "$1"
    install_for "$1"
)

# Nodes have folders of their own, /tmp for one, and see the world's as the host does.
keeps_what_nodes_run_where_they_see_it() {
    # shellcheck source=scripts/chaos.sh
    is "Folder of make chaos" /var/lib/toast-testbed/chaos "$(source "$SCRIPTS/chaos.sh" && printf '%s' "$FOLDER")"
}

counts_journeys
says_how_far_a_build_is
names_programs_that_there_are
names_commands_that_there_are
installs_what_is_used
keeps_what_nodes_run_where_they_see_it
[ "$WRONG" -eq 0 ] || fail "The commands are not as they must be."
done_line "The commands are as they must be."
