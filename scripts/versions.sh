# shellcheck shell=bash disable=SC2034
# The versions that `make` installs and asks for, each named only here. Rust's version is in rust-toolchain.toml, that of
# wasm-bindgen in Cargo.lock, those of npm packages in end2end/package-lock.json.

CARGO_DENY_VERSION=0.20.2
NODE_OLDEST=20
POSTGRES_OLDEST=15
# Third-party services of `make regions`. Headscale's version is in testing/third_party/headscale/go.mod as well.
HEADSCALE_VERSION=0.26.1
TAILSCALE_VERSION=1.100.0
PATRONI_VERSION=4.1.5
PSYCOPG_VERSION=3.3.9
