# shellcheck shell=bash
# Packages of the system: only the missing ones are installed, with apt-get.

MISSING=()

need_command() { command -v "$1" >/dev/null 2>&1 || MISSING+=("$2"); }

# The linker needs no package: rustc brings lld for x86-64.
need_system_packages() {
    need_command curl curl
    need_command make make
    need_command cc build-essential
    need_command pkg-config pkg-config
    need_command flock util-linux
    [ -n "$(newest_postgres)" ] || MISSING+=(postgresql)
    need_command psql postgresql-client
}

# The headless shell takes a third less processor time than the whole browser, which the tests through the ingress need: it trusts
# the testbed's CA by policy. Outside Debian the packages may be pointers to a snap; Playwright brings its own browser there.
need_browser() {
    grep -qs '^ID=debian' /etc/os-release || return 0
    need_command chromium-headless-shell chromium-headless-shell
    [ -n "$(whole_browser)" ] || MISSING+=(chromium)
}

# The fuzzer is installed into a virtual environment.
need_python() { python3 -c 'import ensurepip, venv' 2>/dev/null || MISSING+=(python3-venv); }

# Only where it takes a few seconds: on Debian, for root. Elsewhere its checks are skipped by name.
need_nix() { if [ "$(id -u)" -eq 0 ] && grep -qs '^ID=debian' /etc/os-release; then need_command nix-instantiate nix-bin; fi; }

whole_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }

browser() { command -v chromium-headless-shell || whole_browser; }

install_missing_packages() {
    [ "${#MISSING[@]}" -gt 0 ] || return 0
    local as_root=()
    command -v apt-get >/dev/null 2>&1 || fail_with_package_list "This system has no apt-get."
    if [ "$(id -u)" -ne 0 ]; then
        may_sudo || fail_with_package_list "Installing packages needs root, and sudo is not available here."
        as_root=(sudo)
    fi
    must "Installing ${MISSING[*]}" "${as_root[@]}" bash "$SCRIPTS/apt.sh" "${MISSING[@]}"
}

# Asks for the password before the step starts, because a step has no terminal.
may_sudo() {
    command -v sudo >/dev/null 2>&1 || return 1
    if [ -t 0 ]; then sudo -v; else sudo -n true 2>/dev/null; fi
}

fail_with_package_list() {
    fail "$1
  Please install these (Debian's names), then run this again: ${MISSING[*]}"
}
