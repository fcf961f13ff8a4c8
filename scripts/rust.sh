# shellcheck shell=bash
# Rust: the toolchain of rust-toolchain.toml, and cargo-deny for `make audit`.

toolchain() { sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml; }

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
  Install them from your system's packages, or install rustup: this command then installs them with it."
    fi
}

has_toolchain() {
    local root
    root=$(rustc --print sysroot 2>/dev/null) &&
        [ "$(rustc --version | cut -d' ' -f2)" = "$(toolchain)" ] &&
        [ -d "$root/lib/rustlib/wasm32-unknown-unknown" ] &&
        cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1
}

has_cargo_deny() { command -v cargo-deny >/dev/null 2>&1; }

# Without symbols and optimisation: it runs for seconds, and compiles four times as fast.
ensure_cargo_deny() {
    has_cargo_deny || must "Installing cargo-deny $CARGO_DENY_VERSION (once for all clones)" install_cargo_deny
}

install_cargo_deny() {
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$TOOLS/build \
        cargo install "cargo-deny@$CARGO_DENY_VERSION" --locked --debug --root "$TOOLS"
    rm -rf "$TOOLS/build"
}
