# shellcheck shell=bash
# Shared by the scripts of this folder: a temporary folder, and the comparison with the recorded output.

set -euo pipefail
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"

npm_packages() {
    npm init --yes >/dev/null
    npm install --no-audit --no-fund --silent --ignore-scripts "$@"
}

python_packages() {
    python3 -m venv venv
    venv/bin/pip install --quiet --disable-pip-version-check "$@"
}

# Reads the dependencies from standard input; the program is main.rs.
rust_program() {
    mkdir -p src
    mv main.rs src/
    { printf '[package]\nname = "finding"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'; cat; } >Cargo.toml
    cargo build --quiet
}

# expect "recorded output" command…: prints the output and compares it.
expect() {
    local recorded=$1 found
    shift
    found=$("$@")
    printf '%s\n' "$found"
    if [ "$found" != "$recorded" ]; then
        printf 'CHANGED. Recorded was:\n%s\n' "$recorded" >&2
        exit 1
    fi
    echo "As recorded."
}
