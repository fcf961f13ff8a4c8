#!/usr/bin/env bash
# `make check FAST=1`: format, lints, and unit and HTTP tests of the crates that changed since BASE (the commit where the
# branch left origin's default branch) and of the crates that depend on them. Ends with “N passed, N failed”.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install summary checks; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

FINISHED=''
PROGRAMS=$STATE/test-programs.json

leave() {
    local status=$?
    set +e
    end_steps
    open_servers_folder
    stop_server fast
    if [ "$status" -eq 1 ] && [ -z "$FINISHED" ]; then
        count 0 1 0
        finish
    fi
}

base() { git merge-base HEAD "${BASE:-origin/HEAD}" 2>/dev/null || git merge-base HEAD main 2>/dev/null || git rev-parse HEAD; }

changed_files() {
    git diff --name-only "$(base)"
    git ls-files --others --exclude-standard
}

# The packages with changed files, and all that depend on them.
changed_packages() {
    cargo metadata --no-deps --format-version 1 | node -e '
        const path = require("path");
        const { packages, workspace_root } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const changed = process.argv.slice(1);
        const readBy = { server: [".sqlx/", "public/"], agent: ["deploy/"] };
        const isAbout = one => {
            const own = path.relative(workspace_root, path.dirname(one.manifest_path)) + "/";
            const folders = [own, ...(readBy[one.name] ?? [])];
            return changed.some(file => /^(Cargo|rust-toolchain|clippy)\./.test(file) || folders.some(folder => file.startsWith(folder)));
        };
        const found = new Set(packages.filter(isAbout).map(one => one.name));
        for (let size = -1; size !== found.size;) {
            size = found.size;
            for (const one of packages) if (one.dependencies.some(needed => needed.path && found.has(needed.name))) found.add(one.name);
        }
        console.log([...found].join("\n"));
    ' "${CHANGED[@]}"
}

has_changed() { printf '%s\n' "${PACKAGES[@]}" | grep -qx "$1"; }

# One of the given patterns matches a changed file.
changed_like() { printf '%s\n' "${CHANGED[@]}" | grep -qE "$1"; }

# Built with the features of the whole check, so that both use the same builds.
build_tests() {
    local targets
    mapfile -t targets < <(test_targets)
    cargo test "${HOST[@]}" --no-run --lib --bins "${targets[@]}" --message-format=json-render-diagnostics >"$PROGRAMS"
}

# “folder program” of each test of the changed packages.
test_programs() {
    node -e '
        const fs = require("fs"), path = require("path");
        const changed = process.argv.slice(2);
        const lines = fs.readFileSync(process.argv[1], "utf8").split("\n").filter(Boolean).map(line => JSON.parse(line));
        for (const { executable, manifest_path, profile } of lines) {
            if (!executable || !profile.test) continue;
            const manifest = fs.readFileSync(manifest_path, "utf8");
            if (changed.includes(/^name = "(.*)"/m.exec(manifest)[1])) console.log(path.dirname(manifest_path), executable);
        }
    ' "$PROGRAMS" "${PACKAGES[@]}"
}

run_changed_tests() {
    local folder program status=0
    export TOAST_TEST_DATABASE_URL
    TOAST_TEST_DATABASE_URL=$(server_url fast)
    while read -r folder program; do
        (cd "$folder" && "$program" --quiet </dev/null) || status=$?
    done < <(test_programs)
    if has_changed site-builder; then cargo test --package site-builder || status=$?; fi
    return "$status"
}

start_fast_database() {
    make_server fast
    start_server fast "fsync = off" "synchronous_commit = off" "full_page_writes = off" "max_connections = 400"
}

check_rust() {
    note "Changed, or dependent on a change: ${PACKAGES[*]}"
    check "Lints" lint_host
    if has_changed frontend; then
        check "Lints, customer pages" lint_browser customer
        check "Lints, dashboard" lint_browser dashboard
    fi
    must "Starting a PostgreSQL for the tests" start_fast_database
    check "Building the tests" build_tests
    [ "$STEP_STATUS" -ne 0 ] || suite count_cargo_tests "Unit, property and HTTP tests" run_changed_tests
}

trap leave EXIT
unset_settings_of_the_caller
lock_checks_of_this_clone
install_for fast-check
mapfile -t CHANGED < <(changed_files | sort -u)
mapfile -t PACKAGES < <(changed_packages | sed '/^$/d')
check "Format" check_format
if changed_like '^(scripts|deploy|end2end|\.ci)/.*(\.sh|run)$' && command -v shellcheck >/dev/null; then
    check "Shell scripts" check_shell
fi
if changed_like '^(scripts/|Makefile|README|CONTRIBUTING|docs/)'; then check "Commands" "$SCRIPTS/command-tests.sh"; fi
if changed_like '^end2end/.*\.ts$'; then check "Types of the browser tests" check_types_of_browser_tests; fi
if [ "${#PACKAGES[@]}" -gt 0 ]; then check_rust; fi
finish
