#!/usr/bin/env bash
# Builds the site (stylesheet, two bundles of islands, public files), optimised, and the server in SERVER_PROFILE.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

SITE_STAMP=$SITE/.built-from
SITE_SOURCES=(
    Cargo.toml Cargo.lock rust-toolchain.toml app frontend style public scripts/site-builder scripts/build.sh
    end2end/package-lock.json
)
SERVER_STAMP=$SERVER.built-from
SERVER_SOURCES=(Cargo.toml Cargo.lock rust-toolchain.toml app server .sqlx)

# The order matters: later ones use earlier ones.
GUEST_SCRIPTS=(page.js cart.js menu.js home.js checkout.js location.js order.js ready.js)
WASM_PROFILE=wasm-release
SITE_OPTIONS=()
BUNDLES=$PROJECT/target/bundles

# Of the contents and not of the times: a new checkout, or a branch and back, needs no build.
fingerprint() { find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

is_site_built() { [ "$(cat "$SITE_STAMP" 2>/dev/null)" = "$SITE_FINGERPRINT" ]; }
is_server_built() { [ -x "$SERVER" ] && [ "$(cat "$SERVER_STAMP" 2>/dev/null)" = "$SERVER_FINGERPRINT" ]; }

# The tools are built without optimisation: they run for seconds and compile four times as fast.
build_site() {
    cargo build --package style --package site-builder
    "$TARGET/debug/style" build --sources app/src --out target/style/toast.css
    build_bundle customer
    build_bundle dashboard
    "$TARGET/debug/site-builder" "${GUEST_SCRIPTS[@]/#/--guest-script=frontend/guest/}" --bundle "toast=$BUNDLES/customer.wasm" \
        --bundle "toast-dashboard=$BUNDLES/dashboard.wasm" --stylesheet target/style/toast.css --out "$SITE" \
        "${SITE_OPTIONS[@]}"
    printf '%s\n' "$SITE_FINGERPRINT" >"$SITE_STAMP"
}

# The server's build is the longer one and ends with single crates: the site takes the processors that it leaves idle.
build_site_at_low_priority() {
    renice --priority 10 "$BASHPID" >/dev/null
    build_site
}

# Both bundles are the same crate with other features, and Cargo writes both to the same file: there is no hash in the name of
# a cdylib. Without its removal Cargo could take the file of the one for the unchanged file of the other.
build_bundle() {
    local compiled=$TARGET/wasm32-unknown-unknown/$WASM_PROFILE
    rm -f "$compiled/frontend.wasm" "$compiled/deps/frontend.wasm"
    cargo build --lib --package frontend --no-default-features --features "$1" --target wasm32-unknown-unknown \
        --profile "$WASM_PROFILE"
    mkdir -p "$BUNDLES"
    cp "$compiled/frontend.wasm" "$BUNDLES/$1.wasm"
}

build_server() {
    local packages=(--package server)
    # Compiled for the tests with these packages' features, and therefore only linked.
    [ "$SERVER_PROFILE" != dev ] || packages=("${HOST[@]}")
    cargo build --profile "$SERVER_PROFILE" "${packages[@]}" --bin toast
    printf '%s\n' "$SERVER_FINGERPRINT" >"$SERVER_STAMP"
}

build() {
    SITE_FINGERPRINT=$(fingerprint "${SITE_SOURCES[@]}")
    SERVER_FINGERPRINT=$(fingerprint "${SERVER_SOURCES[@]}")
    if is_site_built && is_server_built; then
        note "Nothing changed since the last build."
    elif is_site_built; then
        must "Building the server" build_server
    elif is_server_built; then
        must "Building the site" build_site
    else
        # Different profiles, so neither waits for the other's lock.
        must_both "Building the site" build_site_at_low_priority "Building the server" build_server
    fi
}

if is_command; then build; fi
