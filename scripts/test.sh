#!/usr/bin/env bash
# `make test`: the whole check. Ends with “N passed, N failed”; every step runs, whatever failed before it.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install cluster third-party summary checks nix-checks testbed-checks; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

FINISHED=''
BROWSER_REPORT=$LOGS/browser-tests.json

# A precondition that failed ends the check early; that, too, is told by the last line.
leave() {
    local status=$?
    set +e
    end_step
    end_our_world
    remove_test_servers
    if [ "$status" -eq 1 ] && [ -z "$FINISHED" ]; then
        count 0 1 0
        finish
    fi
}

# Also what a check that was killed outright has left.
remove_test_servers() {
    open_servers_folder
    remove_server test
    remove_cluster test-
}

# Only what this check sets itself may reach the tests.
forget_settings_of_the_caller() {
    local name
    for name in "${!TOAST_@}"; do
        case $name in TOAST_TOOLS | TOAST_POSTGRES_BIN | TOAST_NIXPKGS) ;; *) unset "$name" ;; esac
    done
}

be_the_only_check() {
    exec 8>"$STATE/test.lock"
    flock --nonblock 8 || fail "Another check of this clone is running."
}

check_sources() {
    check "Format" check_format
    check "Cargo.lock" check_lock
    check "Dependencies: licences, sources, duplicates" check_dependencies
    if command -v shellcheck >/dev/null; then check "Shell scripts" check_shell; fi
    check "Commands" "$SCRIPTS/command-tests.sh"
    check_units_and_modules
    check "Lints, server" lint_host
    check "Lints, customer pages" lint_browser customer
    check "Lints, dashboard" lint_browser dashboard
    check "Documentation" check_docs
}

check_behaviour() {
    must "Starting a PostgreSQL for the tests" start_test_database
    check "Migrations on an empty database" migrate_empty_database
    check "Prepared statements" check_statements
    suite count_cargo_tests "Unit, property and HTTP tests" run_tests
    suite count_cargo_tests "Examples in the documentation" run_examples
    if has_citus; then
        must "Starting a Citus cluster for the tests" start_test_cluster
        suite count_cargo_tests "Cluster tests" run_cluster_tests
    else
        skipped "Cluster tests" "the extension citus is not installed"
    fi
    suite count_cargo_tests "Tests that need quiet, alone" run_tests_that_need_quiet
}

check_site() {
    check "Release build" build_release_and_engines
    check "Size budget" "$SCRIPTS/budget.sh"
    suite count_cargo_tests "The API against its document" fuzz_api
    check "Types of the browser tests" check_types_of_browser_tests
    rm -f "$BROWSER_REPORT"
    suite count_browser_tests "Browser tests" run_browser_tests
}

trap leave EXIT
forget_settings_of_the_caller
be_the_only_check
end_our_world
install_for check
remove_test_servers
check_sources
check_behaviour
check_site
check_regions
finish
