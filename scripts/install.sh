#!/usr/bin/env bash
# Brings the machine to where Toast can be built and run (`install.sh`), checked (`install.sh check`) or measured as well
# (`install.sh bench`).

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in packages rust node; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

install_for() {
    # First what only the caller can mend, before anything is changed.
    need_node
    need_cargo
    need_system_packages
    case $1 in
    check)
        need_browser
        need_python
        need_nix
        ;;
    bench)
        need_browser
        need_command wrk wrk
        ;;
    esac
    install_missing_packages
    ensure_rust
    ensure_build_tools
    ensure_node_packages
    if [ "$1" = check ]; then ensure_check_tools; fi
    if [ "$1" != run ]; then ensure_browser; fi
    remove_build_of_tools
}

if is_command; then install_for "${1:-run}"; fi
