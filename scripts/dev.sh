#!/usr/bin/env bash
# `make dev`: Toast without optimisation, built and started again after each change of a source. Ctrl-C stops everything.

# shellcheck disable=SC2034 # Read by the sourced parts.
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install build database server checks; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

TOAST=$TARGET/debug/toast
SITE=$PROJECT/target/site-dev
SITE_STAMP=$SITE/.built-from
BUNDLES=$PROJECT/target/bundles-dev
WASM_PROFILE=quick
SITE_OPTIONS=(--unoptimized)

leave() {
    set +e
    end_steps
    stop_toast
    leave_database
}

# With the packages and features of the check, so that both use the same builds.
build_dev_server() { cargo build "${HOST[@]}" --bin toast; }

dev_fingerprints() {
    SITE_FINGERPRINT=$(fingerprint "${SITE_SOURCES[@]}")
    SERVER_FINGERPRINT=$(fingerprint "${SERVER_SOURCES[@]}")
}

# Errors of the compilers are printed; STEP_STATUS is 0 if all was built.
build_for_development() {
    step "Building the server" build_dev_server
    if [ "$STEP_STATUS" -eq 0 ] && ! is_site_built; then step "Building the site" build_site; fi
    [ "$STEP_STATUS" -eq 0 ] || as_read "$STEP_LOG" | tail -n 60
}

# The fingerprint of all sources takes a fifth of a second.
wait_for_a_change() {
    local site=$SITE_FINGERPRINT server=$SERVER_FINGERPRINT
    while [ "$site $server" = "$SITE_FINGERPRINT $SERVER_FINGERPRINT" ]; do
        sleep 1
        dev_fingerprints
    done
}

# After a failed build the server of the last good one stays.
restart_toast() {
    if [ -n "$SERVER_PID" ]; then end_process "$SERVER_PID"; fi
    prepare_data
    start_toast
    welcome
}

trap leave EXIT
lock_run
install_for run
stop_orphaned_toast
choose_address
enter_database
while :; do
    dev_fingerprints
    build_for_development
    [ "$STEP_STATUS" -ne 0 ] || restart_toast
    wait_for_a_change
done
