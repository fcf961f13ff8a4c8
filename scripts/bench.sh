#!/usr/bin/env bash
# `make bench`: measures optimised builds with durable private databases. Arguments are passed to the program.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install build cluster; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

BENCH_PID=''
SCRATCH=$PROJECT/target/bench

leave() {
    set +e
    end_steps
    end_bench
    open_servers_folder
    remove_server bench
    if has_citus; then remove_cluster bench-; fi
}

start_bench_database() {
    remove_server bench
    make_server bench
    start_server bench
}

start_bench_cluster() {
    remove_cluster bench-
    start_cluster bench-
}

# Building benches enables features of dev-dependencies, and replaces target/release/toast by a server with them. The one
# without them is measured, and restored.
build_bench() {
    mkdir -p "$SCRATCH"
    cp "$TARGET/release/toast" "$SCRATCH/toast"
    cargo bench --package server --bench toast --no-run --message-format=json-render-diagnostics >"$SCRATCH/build.json"
    cp "$SCRATCH/toast" "$SCRATCH/toast.new"
    mv "$SCRATCH/toast.new" "$TARGET/release/toast"
}

bench_program() {
    node -e '
        const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean).map(line => JSON.parse(line));
        console.log(lines.find(({ executable, target }) => executable && target.kind.includes("bench")).executable);
    ' <"$SCRATCH/build.json"
}

# In a process group of its own, so that an interrupt reaches this shell first, which then ends the group.
run_bench() {
    local status=0 program
    program=$(bench_program)
    set -m
    "$program" "$@" </dev/null &
    BENCH_PID=$!
    set +m
    wait "$BENCH_PID" || status=$?
    BENCH_PID=''
    return "$status"
}

# On SIGTERM the program stops its servers.
end_bench() {
    [ -n "$BENCH_PID" ] || return 0
    kill -TERM -- "-$BENCH_PID" 2>/dev/null
    wait "$BENCH_PID" 2>/dev/null
    BENCH_PID=''
}

trap leave EXIT
install_for bench
build
open_servers_folder
must "Building the benchmark program" build_bench
must "Starting a PostgreSQL for the benchmark" start_bench_database
export TOAST_BENCH_DATABASE_URL TOAST_BIN=$SCRATCH/toast TOAST_SITE_ROOT=$SITE
TOAST_BENCH_DATABASE_URL=$(server_url bench)
TOAST_BENCH_PGBENCH=$(newest_postgres)/pgbench
export TOAST_BENCH_PGBENCH
if has_citus; then
    must "Starting a Citus cluster for the benchmark" start_bench_cluster
    TOAST_BENCH_CLUSTER_URL=$(server_url bench-coordinator toast)
    export TOAST_BENCH_CLUSTER_URL
else
    note "The extension citus is not installed: its measurements are skipped."
fi
run_bench "$@"
