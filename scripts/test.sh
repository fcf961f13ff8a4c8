#!/usr/bin/env bash
# `make test`: the whole check. Ends with “N passed, N failed”. Each step runs, also after a failure.

# The server of the tests: any other would be compiled with all its dependencies once more, which takes longer than all
# browser tests gain by it. Speed is measured by `make bench` only, and the site is that of `make run`.
export SERVER_PROFILE=dev

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install cluster third-party summary checks nix-checks testbed-checks; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

FINISHED=''
BROWSER_REPORT=$LOGS/browser-tests.json

# A failed precondition ends the check early; the last line counts it, too.
leave() {
    local status=$?
    set +e
    end_steps
    end_own_testbed
    remove_test_servers
    if [ "$status" -eq 1 ] && [ -z "$FINISHED" ]; then
        count 0 1 0
        finish
    fi
}

# Also those of a check that was killed with SIGKILL.
remove_test_servers() {
    open_servers_folder
    remove_server test
    remove_cluster test-
}

check_sources() {
    check "Format" check_format
    check "Cargo.lock" check_lock
    if has_cargo_deny; then
        check "Dependencies: licences, sources, duplicates" check_dependencies
    else
        skipped "Dependencies: licences, sources, duplicates" "cargo-deny is not installed; make audit installs it"
    fi
    if command -v shellcheck >/dev/null; then
        check "Shell scripts" check_shell
    else
        skipped "Shell scripts" "shellcheck, of Debian's package shellcheck, is not installed"
    fi
    check "Commands" "$SCRIPTS/command-tests.sh"
    check_units_and_modules
    check "Lints, server" lint_host
    check "Lints, customer pages" lint_browser customer
    check "Lints, dashboard" lint_browser dashboard
    check "Documentation" check_docs
}

check_behaviour() {
    must "Starting a PostgreSQL for the tests" start_test_database
    suite count_cargo_tests "Unit, property and HTTP tests" run_tests
    check "Migrations of an empty database" migrate_empty_database
    if has_examples; then suite count_cargo_tests "Examples in the documentation" run_examples; fi
    if has_citus; then
        must "Starting a Citus cluster for the tests" start_test_cluster
        suite count_cargo_tests "Cluster tests" run_cluster_tests
    else
        skipped "Cluster tests" "the extension citus is not installed"
    fi
    suite count_cargo_tests "Tests that run alone" run_tests_alone
}

check_site() {
    check "Site and server" build_site_and_third_party
    check "Size budget" "$SCRIPTS/budget.sh"
    suite count_cargo_tests "The API against its document" fuzz_api
    check "Types of the browser tests" check_types_of_browser_tests
    rm -f "$BROWSER_REPORT"
    suite count_browser_tests "Browser tests" run_browser_tests
}

trap leave EXIT
unset_settings_of_the_caller
lock_checks_of_this_clone
end_own_testbed
install_for check
remove_test_servers
check_sources
check_behaviour
check_site
check_regions
finish
