#!/usr/bin/env bash
# A Citus cluster on this host, one coordinator and three workers: `cluster.sh start|stop|status|url`.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A node's index in this list is its group in Citus; that of the coordinator is 0.
NODES=(coordinator worker-1 worker-2 worker-3)
CITUS_BIN=$(newest_postgres citus)

# As on the nodes of a real cluster, except what only makes sense between hosts (TLS, keepalives).
NODE_SETTINGS=(
    "shared_preload_libraries = 'citus'"
    "wal_level = logical"
    "max_prepared_transactions = 400"
    "shared_buffers = 64MB"
    "statement_timeout = 30s"
    "lock_timeout = 10s"
    "idle_in_transaction_session_timeout = 60s"
    "citus.node_conninfo = 'sslmode=prefer'"
    "citus.node_connection_timeout = 2000"
    "citus.recover_2pc_interval = 5s"
    "citus.max_cached_conns_per_worker = 1"
    "citus.propagate_set_commands = 'local'"
    "citus.enable_statistics_collection = off"
)

has_citus() { [ -n "$CITUS_BIN" ]; }

citus_is_missing() {
    fail "The extension citus is not installed for any PostgreSQL on this machine. It comes from one of:
  - Citus' own packages for Debian and Ubuntu: postgresql-$(major_version "$(newest_postgres)")-citus-13.2 (https://docs.citusdata.com, Single-Node, Packages)
  - NixOS or nix: postgresql.withPackages (p: [ p.citus ]), then TOAST_POSTGRES_BIN=<its bin folder>
  - the container image citusdata/citus, with its address in TOAST_DATABASE_URL instead of this command
Everything but the cluster runs without it: make run"
}

# start_cluster prefix [setting…]: the prefix keeps the cluster of the tests apart from the one of `make cluster`.
start_cluster() {
    local prefix=$1 node
    shift
    has_citus || citus_is_missing
    open_servers_folder
    write_password_file
    for node in "${NODES[@]}"; do
        make_server "$prefix$node" "$CITUS_BIN"
        start_server "$prefix$node" "${NODE_SETTINGS[@]}" "$@"
        make_node_database "$prefix$node"
    done
    join_nodes "$prefix"
    make_role "$prefix"
}

# libpq in each node reads the password here; only the database user may read the file.
write_password_file() {
    export PGPASSFILE=$SERVERS/cluster-passwords
    printf '127.0.0.1:*:*:*:%s\n' "$(server_password)" | as_postgres_write "$PGPASSFILE"
}

make_node_database() {
    ask "$(server_url "$1")" <<'SQL'
SELECT 'CREATE DATABASE toast' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'toast') \gexec
SQL
    ask "$(server_url "$1" toast)" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citus;
SQL
}

# Idempotent: adds new nodes, and updates the port of a node that has another one now.
join_nodes() {
    local prefix=$1 group
    for group in "${!NODES[@]}"; do
        ask "$(server_url "${prefix}coordinator" toast)" --set="group=$group" \
            --set="port=$(port_of "$prefix${NODES[group]}")" <<'SQL'
SELECT citus_update_node(nodeid, '127.0.0.1', :port) FROM pg_dist_node WHERE groupid = :group AND nodeport <> :port;
SELECT citus_set_coordinator_host('127.0.0.1', :port)
WHERE :group = 0 AND NOT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0);
SELECT citus_add_node('127.0.0.1', :port, :group)
WHERE :group > 0 AND NOT EXISTS (SELECT FROM pg_dist_node WHERE groupid = :group);
SQL
    done
    # Without it Citus takes up to a minute to synchronize the metadata of a changed node.
    ask "$(server_url "${prefix}coordinator" toast)" <<'SQL'
SELECT start_metadata_sync_to_all_nodes() WHERE EXISTS (SELECT FROM pg_dist_node WHERE NOT metadatasynced);
SQL
}

# Citus propagates the role from the coordinator to the workers.
make_role() {
    ask "$(server_url "${1}coordinator" toast)" --set="password=$(server_password)" <<'SQL'
SELECT 'CREATE ROLE toast LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toast') \gexec
ALTER ROLE toast PASSWORD :'password';
GRANT ALL ON DATABASE toast TO toast;
GRANT ALL ON SCHEMA public TO toast;
SQL
}

ask() { psql "$1" --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 "${@:2}"; }

stop_cluster() {
    local node
    for node in "${NODES[@]}"; do stop_server "$1$node"; done
}

remove_cluster() {
    local node
    for node in "${NODES[@]}"; do remove_server "$1$node"; done
}

cluster_url() { printf 'postgres://toast:%s@127.0.0.1:%s/toast' "$(server_password)" "$(port_of "${1}coordinator")"; }

print_status() {
    local node
    for node in "${NODES[@]}"; do
        if is_running "$node"; then print "$node  running, port $(port_of "$node")"; else print "$node  stopped"; fi
    done
}

cluster_command() {
    open_servers_folder
    case ${1:-} in
    start)
        has_citus || citus_is_missing
        must "Starting a coordinator and three workers" start_cluster ''
        print "  ${BOLD}TOAST_DATABASE_URL=$(cluster_url '')$PLAIN"
        note "  Use it with make run; stop it with scripts/cluster.sh stop"
        ;;
    stop) must "Stopping the cluster" stop_cluster '' ;;
    status) print_status ;;
    url) cluster_url '' && echo ;;
    *) fail "usage: cluster.sh start|stop|status|url" ;;
    esac
}

if is_command; then cluster_command "$@"; fi
