#!/usr/bin/env bash
# Builds what `make run` starts and `make test` measures: stylesheet, both WebAssembly bundles, server; all optimised.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

STAMP=$SITE/.built-from
SOURCES=(Cargo.toml Cargo.lock rust-toolchain.toml app frontend server style public .sqlx .cargo)

# By content, not by time: a fresh checkout or a branch and back builds nothing anew.
fingerprint() {
    local present=() source
    for source in "${SOURCES[@]}"; do
        if [ -e "$source" ]; then present+=("$source"); fi
    done
    find "${present[@]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

is_built() { [ -x "$TARGET/release/toast" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$1" ]; }

build_stylesheet() {
    cargo run --release --package style -- build --sources app/src --out target/style/toast.css
}

# Each project of cargo-leptos empties its site folder first, so the dashboard's bundle is built beside the site and
# joins it. Cargo builds the server by itself: cargo-leptos looks for it below this folder only, wherever it was built.
build_site() {
    local beside=$SITE-dashboard
    rm -rf "$SITE"
    LEPTOS_SITE_ROOT=$beside cargo leptos build --release --precompress --project toast-dashboard --frontend-only
    cargo leptos build --release --precompress --project toast --frontend-only
    cp -R "$beside/pkg/." "$SITE/pkg/"
    cargo build --release --package server --bin toast
}

build() {
    local sources
    sources=$(fingerprint)
    if is_built "$sources"; then
        note "Nothing changed since the last build."
        return 0
    fi
    must "Making the stylesheet" build_stylesheet
    must "Building pages and server (minutes the first time)" build_site
    printf '%s\n' "$sources" >"$STAMP"
}

if is_command; then build; fi
