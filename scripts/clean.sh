#!/usr/bin/env bash
# `make clean`: stops what runs from this clone, and removes its databases and all that was built.

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
stop_forgotten_toast
must "Stopping and removing databases" stop_and_remove_servers
rm -rf "$STATE"
rm -rf "$PROJECT/target" "$PROJECT/end2end/test-results" "$PROJECT/end2end/playwright-report"
done_line "Clean. (Installed tools stay in $TOOLS.)"
