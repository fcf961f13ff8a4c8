#!/usr/bin/env bash
# `make chaos`: injects faults into the testbed of `make regions` under a load of orders, and checks that no acknowledged
# order was lost. SECONDS= of random faults, SEED=, FAULTS= (names; all, none, random).

# In bash, SECONDS is a counter; the value of the caller is left in the environment that the process was started with.
CHAOS_SECONDS=$(tr '\0' '\n' <"/proc/$$/environ" | sed -n 's/^SECONDS=//p')
CHAOS_SECONDS=${CHAOS_SECONDS:-120}
CHAOS_SEED=${SEED:-1}
CHAOS_FAULTS=${FAULTS:-all}

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Nodes must see this folder; they have their own /tmp and /root, where this clone may be.
FOLDER=/var/lib/toast-testbed/chaos
KEPT=$PROJECT/target/chaos
BUNDLE=$STATE/bundle
CHAOS_PID=''

need_testbed() {
    [ "$(id -u)" -eq 0 ] || fail "The nodes of a testbed can be entered by root only. Run this as root."
    [ -e /run/toast-testbed/testbed.json ] || fail "No testbed runs on this host. Start one: make regions"
}

build_chaos() { cargo build --profile quick --package chaos; }

chaos_program() {
    local folder
    folder=$(cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
    printf '%s/quick/toast-chaos' "$folder"
}

# In a process group of its own: an interrupt lets it end its faults before it exits.
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

# The files of a run are kept when the testbed is removed.
keep_files_of_run() {
    rm -rf "$KEPT"
    mkdir -p "$KEPT"
    find "$FOLDER" -maxdepth 1 -type f ! -name toast-chaos -exec cp --reflink=auto -t "$KEPT" {} +
}

leave() {
    set +e
    end_steps
    [ -z "$CHAOS_PID" ] || kill -TERM -- "-$CHAOS_PID" 2>/dev/null
}

chaos_command() {
    local status=0
    trap leave EXIT
    need_testbed
    must "Building toast-chaos" build_chaos
    run_chaos || status=$?
    keep_files_of_run
    if [ -s "$PROJECT/target/reliability.json" ]; then
        "$(chaos_program)" report --json "$PROJECT/target/reliability.json" --into "$KEPT/reliability.md"
        note "  Figures: target/reliability.json and target/chaos/reliability.md; into the page:" >&2
        note "  toast-chaos report --into docs/RELIABILITY.md" >&2
    fi
    return "$status"
}

if is_command; then chaos_command; fi
