#!/usr/bin/env bash
# The private database of this clone: `database.sh start|stop|status|url|psql`. Other commands source it.
# Several commands may use it at the same time: each holds a shared lock, and the last one stops the server.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

DATABASE_LOCK=$STATE/database.lock

# TOAST_DATABASE_URL of the caller is used as it is.
enter_database() {
    [ -z "${TOAST_DATABASE_URL:-}" ] || return 0
    exec 9>"$DATABASE_LOCK"
    flock --shared 9
    must "Starting the private PostgreSQL" start_database
    open_servers_folder
    TOAST_DATABASE_URL=$(database_url)
    export TOAST_DATABASE_URL
}

leave_database() {
    { : >&9; } 2>/dev/null || return 0
    if flock --exclusive --nonblock 9 && [ ! -e "$STATE/database-stays" ]; then
        open_servers_folder
        stop_server run
    fi
    exec 9>&-
}

start_database() {
    open_servers_folder
    has_server run || rm -f "$STATE/sign-ins"
    make_server run
    start_server run
    make_role_and_database
}

make_role_and_database() {
    psql "$(server_url run)" --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --set="password=$(server_password)" <<'SQL'
SELECT 'CREATE ROLE toast LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toast') \gexec
ALTER ROLE toast PASSWORD :'password';
SELECT 'CREATE DATABASE toast OWNER toast' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'toast') \gexec
SQL
}

database_url() { printf 'postgres://toast:%s@127.0.0.1:%s/toast' "$(server_password)" "$(port_of run)"; }

database_command() {
    open_servers_folder
    case ${1:-} in
    start) touch "$STATE/database-stays" && start_database && print "$(database_url)" ;;
    stop) rm -f "$STATE/database-stays" && stop_server run ;;
    status) if is_running run; then print "running: $(database_url)"; else print "stopped"; fi ;;
    url) database_url && echo ;;
    psql) exec psql "$(database_url)" "${@:2}" ;;
    *) fail "usage: database.sh start|stop|status|url|psql" ;;
    esac
}

if is_command; then database_command "$@"; fi
