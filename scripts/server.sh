# shellcheck shell=bash
# The Toast server of `make run`: its data, its address, its process.

SERVER_LOG=$LOGS/server.log
SERVER_PID_FILE=$STATE/server.pid
SERVER_PID=''

lock_run() {
    exec 8>"$STATE/run.lock"
    flock --nonblock 8 || fail "Toast already runs from this clone: $(cat "$STATE/url" 2>/dev/null || echo starting)"
    printf '%s\n' "$$" >"$STATE/run.pid"
}

# Stops a run in another terminal, as Ctrl-C does there.
stop_run() {
    exec 8>>"$STATE/run.lock"
    flock --nonblock 8 || kill -TERM "$(cat "$STATE/run.pid")"
    flock 8
}

# A run that was killed with SIGKILL leaves its server. The program is compared because process ids are reused.
stop_orphaned_toast() {
    local pid
    pid=$(cat "$SERVER_PID_FILE" 2>/dev/null) || return 0
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in
    "$SERVER" | "$SERVER (deleted)")
        note "Stopping the server of an earlier run."
        end_process "$pid"
        ;;
    esac
    rm -f "$SERVER_PID_FILE"
}

# TOAST_ADDR is used as it is; without it, the first free port from 3000 on.
choose_address() {
    local port=3000
    if [ -n "${TOAST_ADDR:-}" ]; then return 0; fi
    while port_is_taken "$port"; do port=$((port + 1)); done
    [ "$port" = 3000 ] || note "Port 3000 is taken; using $port. Set another with TOAST_ADDR=127.0.0.1:PORT make run"
    export TOAST_ADDR=127.0.0.1:$port
}

prepare_data() {
    must "Migrating the database" "$SERVER" migrate
    must "Placing tables" "$SERVER" distribute
    SIGN_INS=$(sign_ins_file)
    if [ -s "$SIGN_INS" ] || ! wants_demo; then return 0; fi
    must "Loading twelve demo restaurants" seed
}

# The output of `toast seed` is kept, and shown again by later starts, which do not change the data.
seed() {
    "$SERVER" seed >"$SIGN_INS.new"
    mv "$SIGN_INS.new" "$SIGN_INS"
}

sign_ins_file() {
    if [ "$TOAST_DATABASE_URL" = "$(database_url 2>/dev/null)" ]; then
        printf '%s/sign-ins' "$STATE"
    else
        printf '%s/sign-ins-%s' "$STATE" "$(printf '%s' "$TOAST_DATABASE_URL" | sha256sum | cut -c1-10)"
    fi
}

# A database of the caller's gets demo restaurants only while it has no restaurants.
wants_demo() {
    [ "$SIGN_INS" = "$STATE/sign-ins" ] ||
        [ "$(psql "$TOAST_DATABASE_URL" -XAtc 'SELECT count(*) FROM (SELECT FROM restaurants LIMIT 1) r')" = 0 ]
}

start_toast() {
    export TOAST_SITE_ROOT=${TOAST_SITE_ROOT:-$SITE}
    # Without a mail server the links of mails are opened from a page.
    if [ -z "${TOAST_SMTP_URL:-}" ]; then export TOAST_DEV_MAIL=${TOAST_DEV_MAIL:-true}; fi
    # Passkeys need it. A phone in the network has another address, and could send no forms.
    case $TOAST_ADDR in
    127.0.0.1:* | '[::1]':*) export TOAST_PUBLIC_URL=${TOAST_PUBLIC_URL:-$(local_url)} ;;
    esac
    set -m
    "$SERVER" serve </dev/null >"$SERVER_LOG" 2>&1 8>&- 9>&- &
    SERVER_PID=$!
    set +m
    printf '%s\n' "$SERVER_PID" >"$SERVER_PID_FILE"
    must "Starting the server" wait_until_ready
    local_url >"$STATE/url"
}

wait_until_ready() {
    local tries
    for tries in {1..300}; do
        if ! kill -0 "$SERVER_PID" 2>/dev/null; then break; fi
        if curl --silent --fail --max-time 2 --output /dev/null "$(local_url)/readyz"; then return 0; fi
        sleep 0.1
    done
    tail -n 40 "$SERVER_LOG"
    print "The server is not ready after $tries probes."
    return 1
}

local_url() { printf 'http://localhost:%s' "${TOAST_ADDR##*:}"; }

network_url() {
    case $TOAST_ADDR in
    0.0.0.0:* | '[::]':*) printf 'http://%s:%s' "$(hostname -I | cut -d' ' -f1)" "${TOAST_ADDR##*:}" ;;
    esac
}

welcome() {
    print ""
    if [ -s "$SIGN_INS" ]; then
        grep -m 4 "owner" "$SIGN_INS" || true
        note "  All sign-ins, cooks and floor staff too: $SIGN_INS"
        print ""
    fi
    print "  ${BOLD}Toast is open:  $(local_url)$PLAIN"
    if [ -n "$(network_url)" ]; then
        print "  On a phone:     $(network_url)"
    else
        note "  On a phone in this network: TOAST_ALLOW_PUBLIC_BIND=true TOAST_ADDR=0.0.0.0:${TOAST_ADDR##*:} make run"
    fi
    if [ "${TOAST_DEV_MAIL:-}" = true ]; then print "  Mail it would send: $(local_url)/dev/mail"; fi
    note "  Restaurant side: $(local_url)/dashboard   Log: $SERVER_LOG   Stop: Ctrl-C"
}

# Until a signal stops this command; a server that ends without one has failed.
follow_toast() {
    local status=0
    trap 'exit 0' INT TERM HUP
    wait "$SERVER_PID" || status=$?
    SERVER_PID=''
    tail -n 20 "$SERVER_LOG" >&2
    fail "The server exited (status $status). Its log: $SERVER_LOG"
}

stop_toast() {
    if [ -z "$SERVER_PID" ]; then return 0; fi
    trap 'kill -KILL "$SERVER_PID" 2>/dev/null' INT
    clear_live_line
    note "Stopping after open requests are finished. Press Ctrl-C again to stop immediately."
    end_process "$SERVER_PID"
    SERVER_PID=''
    rm -f "$SERVER_PID_FILE" "$STATE/url"
}

# Thirty seconds, longer than the server waits for its open requests.
end_process() {
    local tries
    kill -TERM "$1" 2>/dev/null || return 0
    for tries in {1..300}; do
        is_alive "$1" || return 0
        sleep 0.1
    done
    warn "The server did not exit within $((tries / 10)) s and was killed."
    kill -KILL "$1" 2>/dev/null || true
}

# Zombies have a process id, too.
is_alive() { [ -e "/proc/$1/stat" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }
