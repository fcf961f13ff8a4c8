#!/usr/bin/env bash
# Installs what is missing to build and run Toast (`install.sh`), to check it (`install.sh check`, or only `install.sh
# fast-check`), or to measure it (`install.sh bench`).

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in packages rust node; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

install_for() {
    # First what only the caller can install, before anything is changed.
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
    ensure_node_packages
    case $1 in check | bench) ensure_browser ;; esac
}

if is_command; then install_for "${1:-run}"; fi
