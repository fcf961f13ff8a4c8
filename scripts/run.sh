#!/usr/bin/env bash
# `make run`: from a fresh clone to a running Toast with its own database. Ctrl-C stops everything.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install build database server; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

leave() {
    set +e
    end_steps
    stop_toast
    leave_database
}

trap leave EXIT
lock_run
install_for run
build
stop_orphaned_toast
choose_address
enter_database
prepare_data
start_toast
print_step_times
welcome
follow_toast
