#!/usr/bin/env bash
# Fuzzes the API from its OpenAPI document: no 5xx, and no response that the document does not describe.
#
# Needs TOAST_TEST_DATABASE_URL (a superuser of a throw-away PostgreSQL), TOAST_BIN and TOAST_SITE_ROOT. The last line
# counts as cargo does: “test result: ok. 6 passed; 0 failed; 0 ignored”.

set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
PROJECT=$(cd "$HERE/../.." && pwd -P)
TOAST=${TOAST_BIN:-$PROJECT/target/release/toast}
SITE=${TOAST_SITE_ROOT:-$PROJECT/target/site}
SECONDS_AT_MOST=${TOAST_FUZZ_SECONDS:-60}
SEED=${TOAST_FUZZ_SEED:-20261121}
VERSION=$(sed -n 's/^schemathesis==//p' "$HERE/requirements.txt")
FOLDER=${TOAST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/toast/tools}/schemathesis/$VERSION
DATABASE=toast_fuzz_$$
WORK=$(mktemp -d)
SERVER=''

fail() { printf '%s\n' "$*" >&2; exit 1; }

install_fuzzer() {
    [ ! -e "$FOLDER/.complete" ] || return 0
    python3 -m venv --clear "$FOLDER" || fail "Python's venv is missing. Install python3-venv, then try again."
    "$FOLDER/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$HERE/requirements.txt"
    touch "$FOLDER/.complete"
}

# sql database statements
sql() { psql "$1" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --command "$2"; }

# The same server with another database in its address.
database_address() { printf '%s\n' "${TOAST_TEST_DATABASE_URL%/*}/$DATABASE"; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    printf '%s\n' "$port"
}

start_toast() {
    local tries
    export TOAST_DATABASE_URL TOAST_ADDR TOAST_METRICS_ADDR TOAST_SITE_ROOT=$SITE TOAST_LOG=info TOAST_FUZZ_URL
    TOAST_DATABASE_URL=$(database_address)
    TOAST_ADDR=127.0.0.1:$(free_port)
    TOAST_METRICS_ADDR=127.0.0.1:$(free_port)
    TOAST_FUZZ_URL=http://$TOAST_ADDR
    "$TOAST" migrate
    "$TOAST" seed >/dev/null
    open_around_the_clock
    "$TOAST" serve >"$WORK/server.log" 2>&1 &
    SERVER=$!
    for tries in {1..150}; do
        if curl --silent --fail --output /dev/null "$TOAST_FUZZ_URL/readyz"; then return 0; fi
        kill -0 "$SERVER" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 20 "$WORK/server.log" >&2
    fail "The server is not ready after $tries looks."
}

# Orders are to be placed at any hour.
open_around_the_clock() {
    sql "$(database_address)" "
        DELETE FROM hours_exceptions;
        DELETE FROM section_hours;
        DELETE FROM opening_hours;
        INSERT INTO opening_hours (restaurant_id, weekday, opens_minute, closes_minute)
            SELECT restaurant_id, weekday, 0, 1440 FROM restaurants, generate_series(1, 7) AS weekday;
        UPDATE restaurants SET last_order_minutes = 0;
        UPDATE service_modes SET orders_per_slot = NULL;"
}

leave() {
    if [ -n "$SERVER" ]; then
        kill -TERM "$SERVER" 2>/dev/null || true
        wait "$SERVER" 2>/dev/null || true
    fi
    sql "$TOAST_TEST_DATABASE_URL" "DROP DATABASE IF EXISTS $DATABASE WITH (FORCE)" || true
    rm -rf "$WORK"
}

fuzz() {
    cd "$WORK"
    PYTHONPATH=$HERE PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=real_orders \
        "$FOLDER/bin/schemathesis" --config-file "$HERE/schemathesis.toml" run "$TOAST_FUZZ_URL/api/v1/openapi.json" \
        --checks all --mode all --seed "$SEED" --max-examples "${TOAST_FUZZ_EXAMPLES:-150}" --max-time "$SECONDS_AT_MOST" \
        --continue-on-failure --generation-database none --request-timeout 20 \
        --report junit --report-junit-path "$WORK/junit.xml" --no-color || true
}

# One test for each operation; a run that could not even begin is one failure.
count() {
    "$FOLDER/bin/python" - "$WORK/junit.xml" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

try:
    cases = tree.parse(sys.argv[1]).getroot().iter("testcase")
    failed = [any(child.tag in ("failure", "error") for child in case) for case in cases]
except (OSError, tree.ParseError):
    failed = []
if not failed:
    failed = [True]
verdict = "FAILED" if any(failed) else "ok"
print(f"test result: {verdict}. {failed.count(False)} passed; {failed.count(True)} failed; 0 ignored")
sys.exit(any(failed))
PYTHON
}

# A panic or an error in the log is a failure that no answer showed.
look_into_the_log() {
    if grep -E 'panicked|"level":"ERROR"' "$WORK/server.log"; then
        printf 'test result: FAILED. 0 passed; 1 failed; 0 ignored\n'
        return 1
    fi
    printf 'test result: ok. 1 passed; 0 failed; 0 ignored\n'
}

[ -n "${TOAST_TEST_DATABASE_URL:-}" ] || fail "Set TOAST_TEST_DATABASE_URL to a superuser of a throw-away PostgreSQL."
trap leave EXIT
install_fuzzer
sql "$TOAST_TEST_DATABASE_URL" "CREATE DATABASE $DATABASE"
start_toast
fuzz
status=0
count || status=1
look_into_the_log || status=1
exit "$status"
