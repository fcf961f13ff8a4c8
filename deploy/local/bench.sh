#!/usr/bin/env bash
# `make bench`: the measurements, against optimised builds and durable private databases. Arguments go to the program.

# shellcheck source=deploy/local/everything.sh
source "$(dirname "${BASH_SOURCE[0]}")/everything.sh"
for part in install build cluster; do
    # shellcheck source=/dev/null
    source "$LOCAL/$part.sh"
done

leave() {
    set +e
    end_step
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

build_bench() { cargo build --release --package bench; }

trap leave EXIT
install_for check
build
open_servers_folder
must "Building the measuring program" build_bench
must "Starting a PostgreSQL to measure" start_bench_database
export TOAST_BENCH_DATABASE_URL TOAST_BIN=$TARGET/release/toast TOAST_SITE_ROOT=$SITE
TOAST_BENCH_DATABASE_URL=$(server_url bench)
TOAST_BENCH_PGBENCH=$(newest_postgres)/pgbench
export TOAST_BENCH_PGBENCH
if has_citus; then
    must "Starting a Citus cluster to measure" start_bench_cluster
    TOAST_BENCH_CLUSTER_URL=$(server_url bench-coordinator toast)
    export TOAST_BENCH_CLUSTER_URL
else
    note "No citus extension here: its figures are left out."
fi
"$TARGET/release/bench" "$@"
