#!/usr/bin/env bash
# Brings the machine to where Toast can be built and run (`install.sh`), or checked as well (`install.sh check`).

# shellcheck source=deploy/local/everything.sh
source "$(dirname "${BASH_SOURCE[0]}")/everything.sh"
for part in packages rust node; do
    # shellcheck source=/dev/null
    source "$LOCAL/$part.sh"
done

install_for() {
    # First what only the caller can mend, before anything is changed.
    need_node
    need_cargo
    need_system_packages
    if [ "$1" = check ]; then
        need_browser
        need_python
        need_nix
    fi
    install_missing_packages
    ensure_rust
    ensure_build_tools
    ensure_node_packages
    if [ "$1" = check ]; then
        ensure_check_tools
        ensure_browser
    fi
    remove_build_of_tools
}

if is_command; then install_for "${1:-run}"; fi
