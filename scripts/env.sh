# shellcheck shell=bash disable=SC2034,SC2164
# Folders, and the environment of all commands of `make`.

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
SCRIPTS=$PROJECT/scripts
STATE=$PROJECT/.toast
LOGS=$STATE/logs
TARGET=${CARGO_TARGET_DIR:-$PROJECT/target}
# The Cargo profile of the server; `make test` takes the one of its tests.
export SERVER_PROFILE=${SERVER_PROFILE:-release}
SERVER=$TARGET/${SERVER_PROFILE/#dev/debug}/toast
# The same packages and features in every step, so that cargo compiles each dependency once. The frontend is compiled for
# browsers, and its features contradict the server's; the site builder would add features to the server's dependencies.
HOST=(--workspace --exclude frontend --exclude site-builder --features app/ssr)
SITE=$PROJECT/target/site
TOOLS=${TOAST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/toast/tools}

# Our own tools precede other versions on the machine.
PATH=$TOOLS/bin:$PROJECT/end2end/node_modules/.bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
export PATH
# Statements are checked against the committed .sqlx folder, not against a database.
export SQLX_OFFLINE=true
unset DATABASE_URL

cd "$PROJECT"

make_state_folders() {
    if [ -e "$STATE" ] && [ ! -w "$STATE" ]; then
        fail "$STATE belongs to another user ($(stat -c %U "$STATE")). Remove it as that user (make clean), then try again."
    fi
    mkdir -p "$LOGS"
    chmod a+x "$STATE"
}
