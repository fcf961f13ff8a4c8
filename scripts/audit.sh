#!/usr/bin/env bash
# `make audit`: licences, sources and duplicates of all dependencies, and known vulnerabilities, whose list is downloaded.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/rust.sh
source "$SCRIPTS/rust.sh"

need_cargo
ensure_rust
ensure_cargo_deny
cargo deny --locked --all-features check
