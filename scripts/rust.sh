# shellcheck shell=bash
# Rust: the toolchain of rust-toolchain.toml, and the cargo tools that the build calls.

toolchain() { sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml; }

locked_version() { sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"/\1/p;}" Cargo.lock; }

need_cargo() {
    command -v cargo >/dev/null 2>&1 ||
        fail "Rust is missing. Install rustup (https://rustup.rs, or Debian's package rustup), then run this again."
}

ensure_rust() {
    if command -v rustup >/dev/null 2>&1; then
        has_toolchain || must "Installing Rust $(toolchain)" rustup toolchain install "$(toolchain)" \
            --profile minimal --component rustfmt --component clippy --target wasm32-unknown-unknown
    else
        has_toolchain || fail "Toast needs Rust $(toolchain) with rustfmt, clippy and the target wasm32-unknown-unknown.
  Without rustup they come from your system; with rustup this command installs them."
    fi
}

has_toolchain() {
    local root
    root=$(rustc --print sysroot 2>/dev/null) &&
        [ "$(rustc --version | cut -d' ' -f2)" = "$(toolchain)" ] &&
        [ -d "$root/lib/rustlib/wasm32-unknown-unknown" ] &&
        cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1
}

has_tool() {
    grep -qs "^\"$1 $2 " "$TOOLS/.crates.toml" && [ -x "$TOOLS/bin/$3" ]
}

# Debug builds without symbols: these tools run for seconds, and compile four times faster so.
install_tool() {
    local name=$1 version=$2
    shift 2
    must "Installing $name $version (once for all clones)" \
        env CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$TOOLS/build" \
        cargo install "$name@$version" --debug --root "$TOOLS" "$@"
}

ensure_build_tools() {
    local bindgen
    bindgen=$(locked_version wasm-bindgen)
    has_tool cargo-leptos "$CARGO_LEPTOS_VERSION" cargo-leptos ||
        install_tool cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --no-default-features --features no_downloads
    # Without --locked: it has to take the wasm-bindgen crates of the very same version.
    has_tool wasm-bindgen-cli "$bindgen" wasm-bindgen || install_tool wasm-bindgen-cli "$bindgen"
}

ensure_check_tools() {
    has_tool sqlx-cli "$SQLX_CLI_VERSION" cargo-sqlx ||
        install_tool sqlx-cli "$SQLX_CLI_VERSION" --locked --no-default-features --features postgres,rustls
    has_tool cargo-deny "$CARGO_DENY_VERSION" cargo-deny || install_tool cargo-deny "$CARGO_DENY_VERSION" --locked
}

# What tools have in common is built once for all of them, and only then thrown away.
remove_build_of_tools() { rm -rf "$TOOLS/build"; }
