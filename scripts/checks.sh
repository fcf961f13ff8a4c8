# shellcheck shell=bash disable=SC2016,SC2164
# What the whole check consists of: each function is one step of `make test`.

# The same packages and features in every step, so that cargo compiles each dependency once. The frontend is for the
# browser only; together with the server its features would contradict each other.
HOST=(--workspace --exclude frontend --features app/ssr)

check_format() { cargo fmt --all --check; }

check_lock() { cargo metadata --locked --format-version 1 >/dev/null; }

# Without “advisories”: their database is fetched from GitHub, which a check may not depend on.
check_dependencies() { cargo deny --locked --all-features check bans licenses sources; }

check_shell() { shellcheck --external-sources scripts/*.sh deploy/bootstrap.sh end2end/testbed/*.sh .ci/run; }

lint_host() { cargo clippy "${HOST[@]}" --all-targets -- -D warnings; }

lint_browser() {
    cargo clippy --package frontend --no-default-features --features "$1" --target wasm32-unknown-unknown -- -D warnings
}

check_docs() { RUSTDOCFLAGS="-D warnings" cargo doc "${HOST[@]}" --no-deps; }

start_test_database() {
    # A test database may lose its data with the machine: no waiting for the disk. Nothing is measured on it.
    make_server test
    start_server test "fsync = off" "synchronous_commit = off" "full_page_writes = off" "max_connections = 400"
    psql "$(server_url test)" --no-psqlrc --quiet --command 'CREATE DATABASE migrations'
}

migrate_empty_database() {
    local url
    url=$(server_url test migrations)
    sqlx migrate run --source server/migrations --database-url "$url"
    # A second run finds nothing to do.
    sqlx migrate run --source server/migrations --database-url "$url"
}

# The statements as they are prepared against the migrated schema are the ones that are committed in .sqlx.
check_statements() {
    env -u SQLX_OFFLINE DATABASE_URL="$(server_url test migrations)" \
        cargo sqlx prepare --workspace --check -- "${HOST[@]}" --all-targets
}

run_tests() {
    local targets
    mapfile -t targets < <(tests_for_any_host)
    TOAST_TEST_DATABASE_URL=$(server_url test) cargo test "${HOST[@]}" --no-fail-fast --lib --bins "${targets[@]}"
}

# Those that need a cluster, quiet, or a host that can hold a world are steps of their own.
tests_for_any_host() {
    cargo metadata --no-deps --format-version 1 | node -e '
        const { packages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const tests = packages.filter(one => one.name !== "frontend").flatMap(one => one.targets)
            .filter(target => target.kind.includes("test") && !["absence", "cluster", "faults"].includes(target.name));
        for (const { name } of tests) console.log(`--test\n${name}`);
    '
}

run_examples() { cargo test "${HOST[@]}" --no-fail-fast --doc; }

start_test_cluster() { start_cluster test- "fsync = off" "synchronous_commit = off" "full_page_writes = off"; }

run_cluster_tests() {
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_TEST_CLUSTER_URL=$(server_url test-coordinator toast) \
        cargo test "${HOST[@]}" --no-fail-fast --test cluster -- --include-ignored
}

# They tell a database that hangs by how long it takes, which much else on the machine would hide: alone, one after the other.
run_tests_that_need_quiet() {
    local options=(--test-threads=1) cluster=''
    if has_citus; then
        cluster=$(server_url test-coordinator toast)
        options+=(--include-ignored)
    fi
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_TEST_CLUSTER_URL=$cluster \
        cargo test "${HOST[@]}" --no-fail-fast --test absence -- "${options[@]}"
}

# Every operation, driven from the OpenAPI document: no 5xx, no answer that the document does not promise.
fuzz_api() {
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_BIN=$TARGET/release/toast TOAST_SITE_ROOT=$SITE end2end/fuzz/fuzz.sh
}

check_types_of_browser_tests() { tsc --project end2end --noEmit; }

run_browser_tests() {
    cd end2end
    TOAST_TEST_DATABASE_URL=$(server_url test) TOAST_BIN=$TARGET/release/toast TOAST_SITE_ROOT=$SITE \
        PLAYWRIGHT_JSON_OUTPUT_NAME=$BROWSER_REPORT playwright test --reporter=list,json
}
