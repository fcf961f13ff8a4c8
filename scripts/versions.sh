# shellcheck shell=bash disable=SC2034
# The versions that `make` installs and asks for: the only place that names them.
# Rust's version stands in rust-toolchain.toml, wasm-bindgen's in Cargo.lock, npm packages in end2end/package-lock.json.

CARGO_LEPTOS_VERSION=0.3.7
SQLX_CLI_VERSION=0.9.0
CARGO_DENY_VERSION=0.20.2
NODE_OLDEST=20
POSTGRES_OLDEST=15
# The engines of `make regions`. Headscale's stands in testing/third_party/headscale/go.mod as well.
HEADSCALE_VERSION=0.26.1
TAILSCALE_VERSION=1.100.0
PATRONI_VERSION=4.1.5
PSYCOPG_VERSION=3.3.9
