#!/usr/bin/env bash
# `make chaos`: breaks the world of `make regions` in every way while orders pour in, and checks that nothing
# acknowledged was lost. SECONDS= of accidents at random, SEED=, FAULTS= (names; all, none, random).

# Bash counts in a variable of this name from now on; what make or the caller set is in it only before that.
CHAOS_SECONDS=$(tr '\0' '\n' <"/proc/$$/environ" | sed -n 's/^SECONDS=//p')
CHAOS_SECONDS=${CHAOS_SECONDS:-120}
CHAOS_SEED=${SEED:-1}
CHAOS_FAULTS=${FAULTS:-all}

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What nodes run and write must stand where they see it, and this clone may be below a folder that they have of their own.
FOLDER=/var/lib/toast-testbed/chaos
KEPT=$PROJECT/target/chaos
BUNDLE=$STATE/bundle
CHAOS_PID=''

need_the_world() {
    [ "$(id -u)" -eq 0 ] || fail "The world's nodes can only be entered as root. Run this as root."
    [ -e /run/toast-testbed/testbed.json ] || fail "No world runs on this host. Start one: make regions"
}

build_chaos() { cargo build --profile quick --package chaos; }

chaos_program() {
    local folder
    folder=$(cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
    printf '%s/quick/toast-chaos' "$folder"
}

# Its own process group: an interrupt ends it in good order, with what it broke mended by the world's own command.
run_chaos() {
    local status=0
    set -m
    "$(chaos_program)" run --faults "$CHAOS_FAULTS" --seconds "$CHAOS_SECONDS" --seed "$CHAOS_SEED" --folder "$FOLDER" \
        --bundle "$BUNDLE" --toast "$BUNDLE/bin/toast" --json "$PROJECT/target/reliability.json" </dev/null &
    CHAOS_PID=$!
    set +m
    wait "$CHAOS_PID" || status=$?
    CHAOS_PID=''
    return "$status"
}

# What the run wrote outlives the world.
keep_what_was_written() {
    rm -rf "$KEPT"
    mkdir -p "$KEPT"
    find "$FOLDER" -maxdepth 1 -type f ! -name toast-chaos -exec cp --reflink=auto -t "$KEPT" {} +
}

leave() {
    set +e
    end_step
    [ -z "$CHAOS_PID" ] || kill -TERM -- "-$CHAOS_PID" 2>/dev/null
}

chaos_command() {
    local status=0
    trap leave EXIT
    need_the_world
    must "Building toast-chaos" build_chaos
    run_chaos || status=$?
    keep_what_was_written
    if [ -s "$PROJECT/target/reliability.json" ]; then
        "$(chaos_program)" report --json "$PROJECT/target/reliability.json" --into "$KEPT/reliability.md"
        note "  Figures: target/reliability.json and target/chaos/reliability.md; into the page:" >&2
        note "  toast-chaos report --into docs/RELIABILITY.md" >&2
    fi
    return "$status"
}

if is_command; then chaos_command; fi
