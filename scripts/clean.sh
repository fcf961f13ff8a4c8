#!/usr/bin/env bash
# `make clean`: stops the processes of this clone, and removes its databases and builds.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/server.sh
source "$SCRIPTS/server.sh"

stop_and_remove_servers() {
    local folder
    open_servers_folder
    for folder in "$SERVERS"/*/; do
        if [ -d "$folder" ]; then remove_server "$(basename "$folder")"; fi
    done
    if [ -L "$STATE/postgres" ]; then rm -rf "$SERVERS"; fi
}

stop_run
stop_orphaned_toast
must "Stopping and removing databases" stop_and_remove_servers
rm -rf "$STATE"
rm -rf "$PROJECT/target" "$PROJECT/end2end/test-results" "$PROJECT/end2end/playwright-report"
success "Clean. (Installed tools stay in $TOOLS.)"
