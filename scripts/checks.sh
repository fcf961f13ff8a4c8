# shellcheck shell=bash disable=SC2016,SC2164
# The steps of `make test`, one function each.

# Tests that are steps of their own: they need an idle machine, a cluster, or a testbed.
ALONE_TEST=db_outage
SEPARATE_TESTS=$ALONE_TEST,cluster,faults

check_format() { cargo fmt --all --check; }

check_lock() { cargo metadata --locked --format-version 1 >/dev/null; }

# Without “advisories”: their list is downloaded, and a check must not depend on the network. `make audit` has them.
check_dependencies() { cargo deny --locked --all-features check bans licenses sources; }

check_shell() { shellcheck --external-sources scripts/*.sh deploy/bootstrap.sh end2end/testbed/*.sh .ci/run; }

lint_host() {
    cargo clippy "${HOST[@]}" --all-targets -- -D warnings
    cargo clippy --package site-builder --all-targets -- -D warnings
}

lint_browser() {
    cargo clippy --package frontend --no-default-features --features "$1" --target wasm32-unknown-unknown -- -D warnings
}

check_docs() { RUSTDOCFLAGS="-D warnings" cargo doc "${HOST[@]}" --no-deps; }

start_test_database() {
    # Test data need not survive a crash, so nothing waits for the disk. Nothing is measured on this server.
    make_server test
    start_server test "fsync = off" "synchronous_commit = off" "full_page_writes = off" "max_connections = 400"
}

# By the server's own command, which the tests have built; the second run has nothing to do.
migrate_empty_database() {
    local url
    psql "$(server_url test)" --no-psqlrc --quiet --command 'DROP DATABASE IF EXISTS migrations' --command 'CREATE DATABASE migrations'
    url=$(server_url test migrations)
    TOAST_DATABASE_URL=$url "$TARGET/debug/toast" migrate
    TOAST_DATABASE_URL=$url "$TARGET/debug/toast" migrate
}

run_tests() {
    local targets
    mapfile -t targets < <(test_targets)
    TOAST_TEST_DATABASE_URL=$(server_url test) cargo test "${HOST[@]}" --no-fail-fast --lib --bins "${targets[@]}"
    cargo test --package site-builder
}

test_targets() {
    cargo metadata --no-deps --format-version 1 | node -e '
        const { packages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const separate = process.argv[1].split(",");
        const tests = packages.filter(one => !["frontend", "site-builder"].includes(one.name)).flatMap(one => one.targets)
            .filter(target => target.kind.includes("test") && !separate.includes(target.name));
        for (const { name } of tests) console.log(`--test\n${name}`);
    ' "$SEPARATE_TESTS"
}

# Each library with an example costs a build of its own, so they are built only where there is one.
has_examples() { grep -rqE --include='*.rs' '^ *//[/!] *```' app server style deploy testing scripts; }

run_examples() { cargo test "${HOST[@]}" --no-fail-fast --doc; }

start_test_cluster() { start_cluster test- "fsync = off" "synchronous_commit = off" "full_page_writes = off"; }

run_cluster_tests() {
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_TEST_CLUSTER_URL=$(server_url test-coordinator toast) \
        cargo test "${HOST[@]}" --no-fail-fast --test cluster -- --include-ignored
}

# They detect a hanging database by its response times, which other load would hide: one after the other, and nothing else.
run_tests_alone() {
    local options=(--test-threads=1) cluster=''
    if has_citus; then
        cluster=$(server_url test-coordinator toast)
        options+=(--include-ignored)
    fi
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_TEST_CLUSTER_URL=$cluster \
        cargo test "${HOST[@]}" --no-fail-fast --test "$ALONE_TEST" -- "${options[@]}"
}

# Calls every operation of the OpenAPI document: no 5xx, and no response that the document does not describe.
fuzz_api() {
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_BIN=$SERVER TOAST_SITE_ROOT=$SITE end2end/fuzz/fuzz.sh
}

check_types_of_browser_tests() { tsc --project end2end --noEmit; }

run_browser_tests() {
    cd end2end
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_BIN=$SERVER TOAST_SITE_ROOT=$SITE \
        PLAYWRIGHT_JSON_OUTPUT_NAME=$BROWSER_REPORT playwright test --reporter=list,json
}
