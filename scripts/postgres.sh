# shellcheck shell=bash
# Private PostgreSQL servers: created, started, stopped and removed below .toast/postgres, each in a folder of its own.
#
# They listen on the loopback address only (the path of a socket file is limited to 107 bytes, which a clone in a deep folder
# exceeds), and their password can be read by the owner of this clone only.

SERVERS=''

# PostgreSQL does not run as root; for root it runs as the user that its package created. That user cannot enter a clone in
# a private home such as root's own: then the data is in /var/lib and .toast/postgres is a link to it.
open_servers_folder() {
    local link=$STATE/postgres
    [ -z "$SERVERS" ] || return 0
    if [ ! -e "$link" ]; then
        if as_postgres test -x "$STATE"; then mkdir "$link"; else link_to_servers_elsewhere "$link"; fi
        [ "$(id -u)" -ne 0 ] || chown "$(postgres_user)" "$link/"
    fi
    SERVERS=$(cd "$link" && pwd -P)
}

link_to_servers_elsewhere() {
    local elsewhere
    elsewhere=/var/lib/toast-$(printf '%s' "$PROJECT" | sha256sum | cut -c1-10)
    mkdir -p "$elsewhere"
    ln -sfn "$elsewhere" "$1"
}

postgres_user() {
    id -u postgres >/dev/null 2>&1 ||
        fail "PostgreSQL cannot run as root, and there is no user postgres to run it as. Run this as an ordinary user."
    printf postgres
}

as_postgres() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        (cd / && exec setpriv --reuid="$(postgres_user)" --regid="$(id -g "$(postgres_user)")" --clear-groups "$@")
    fi
}

as_postgres_write() { (umask 077 && as_postgres tee "$1" >/dev/null); }

folder_of() { printf '%s/%s' "$SERVERS" "$1"; }
has_server() { [ -e "$SERVERS/$1/data/PG_VERSION" ]; }

# make_server name [folder of binaries]. The folder gets its final name last, so that an interrupted initdb is repeated.
make_server() {
    local name=$1 bin=${2:-$(newest_postgres)} folder
    open_servers_folder
    if has_server "$name"; then return 0; fi
    [ -n "$bin" ] || fail "No PostgreSQL $POSTGRES_OLDEST or newer is installed."
    folder=$(folder_of "$name")
    as_postgres rm -rf "$folder"
    as_postgres mkdir -p "$folder"
    server_password | as_postgres_write "$folder/password"
    as_postgres "$bin/initdb" --pgdata="$folder/new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
        --auth=scram-sha-256 --pwfile="$folder/password" >/dev/null
    as_postgres rm "$folder/password"
    printf "include 'toast.conf'\n" | as_postgres tee -a "$folder/new/postgresql.conf" >/dev/null
    as_postgres mv "$folder/new" "$folder/data"
}

server_password() {
    local file=$STATE/postgres-password
    [ -s "$file" ] || (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$file")
    cat "$file"
}

# start_server name [setting…]: safe to repeat. A port that is taken is replaced by a free one, also when another process
# takes it between the look and the start.
start_server() {
    local name=$1 folder bin version tries
    shift
    folder=$(folder_of "$name")
    if is_running "$name"; then return 0; fi
    version=$(cat "$folder/data/PG_VERSION")
    bin=$(postgres_of_version "$version")
    [ -n "$bin" ] || fail "The data in $folder is of PostgreSQL $version, which is not installed any more.
  Install postgresql-$version, or delete the data with: make clean"
    # A crash leaves the file; is_running has just found no process of it.
    as_postgres rm -f "$folder/data/postmaster.pid"
    for tries in 1 2 3; do
        if [ ! -s "$folder/port" ] || port_is_taken "$(port_of "$name")"; then free_port | as_postgres_write "$folder/port"; fi
        settings "$name" "$@" | as_postgres_write "$folder/data/toast.conf"
        if as_postgres "$bin/pg_ctl" start --wait --timeout=60 --silent --pgdata="$folder/data" --log="$folder/log" \
            </dev/null >/dev/null; then return 0; fi
        port_is_taken "$(port_of "$name")" || break
    done
    as_postgres tail -n 30 "$folder/log" >&2
    fail "PostgreSQL did not start (tries: $tries); its log: $folder/log"
}

settings() {
    local name=$1
    shift
    printf '%s\n' "port = $(port_of "$name")" "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" \
        "max_connections = 200" "timezone = 'UTC'" "log_timezone = 'UTC'" "$@"
}

stop_server() {
    local bin
    is_running "$1" || return 0
    bin=$(postgres_of_version "$(cat "$SERVERS/$1/data/PG_VERSION")")
    as_postgres "$bin/pg_ctl" stop --mode=fast --wait --timeout=60 --silent --pgdata="$SERVERS/$1/data" ||
        as_postgres "$bin/pg_ctl" stop --mode=immediate --wait --silent --pgdata="$SERVERS/$1/data"
}

remove_server() {
    stop_server "$1"
    as_postgres rm -rf "$SERVERS/$1"
}

# By the folder that the process works in: the process id in an old file may belong to another program by now.
is_running() {
    local data=$SERVERS/$1/data pid
    pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
    [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]
}

port_of() { cat "$SERVERS/$1/port"; }
port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range of ports that the system uses for outgoing connections.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        port_is_taken "$port" || break
    done
    printf '%s\n' "$port"
}

server_url() { printf 'postgres://postgres:%s@127.0.0.1:%s/%s' "$(server_password)" "$(port_of "$1")" "${2:-postgres}"; }
