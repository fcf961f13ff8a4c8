#!/usr/bin/env bash
# `make dev`: watches the sources, rebuilds what changed and reloads the browser, on the private database.
# It follows the customer's islands; `FOLLOW=toast-dashboard make dev` follows the dashboard's instead.

# shellcheck source=deploy/local/everything.sh
source "$(dirname "${BASH_SOURCE[0]}")/everything.sh"
for part in install database server; do
    # shellcheck source=/dev/null
    source "$LOCAL/$part.sh"
done

FOLLOWED=${FOLLOW:-toast}
case $FOLLOWED in
toast) BESIDE=toast-dashboard ;;
toast-dashboard) BESIDE=toast ;;
*) fail "FOLLOW=$FOLLOWED: choose toast or toast-dashboard" ;;
esac
COMPANION=''
WATCH=''

leave() {
    set +e
    end_step
    end_group "$WATCH"
    end_group "$COMPANION"
    leave_database
}

end_group() {
    if [ -n "$1" ]; then kill -TERM -- "-$1" 2>/dev/null || true; fi
}

# Names without hashes, so that a changed stylesheet is swapped in the open page.
export LEPTOS_HASH_FILES=false LEPTOS_SITE_ADDR LEPTOS_RELOAD_PORT

# The bundle that is not followed is built once, beside the site.
build_first() {
    cargo run --package style -- build --sources app/src --out target/style/toast.css
    LEPTOS_SITE_ROOT=$SITE-beside cargo leptos build --project "$BESIDE" --frontend-only
    cargo leptos build --project "$FOLLOWED"
}

# What cargo-leptos does not do by itself: new classes in the pages become rules in the stylesheet, which it then swaps
# in the open page; and the other bundle comes back whenever it has emptied the site.
accompany() {
    local seen='' now
    while sleep 1; do
        if [ -d "$SITE/pkg" ] && [ ! -e "$SITE/pkg/$BESIDE.js" ]; then cp -R "$SITE-beside/pkg/." "$SITE/pkg/"; fi
        now=$(find app/src style/src -type f -printf '%T@ %p\n' | sort | sha256sum)
        if [ "$now" = "$seen" ]; then continue; fi
        seen=$now
        "$TARGET/debug/style" build --sources app/src --out target/style/toast.css || true
    done
}

trap leave EXIT
install_for run
choose_address
LEPTOS_SITE_ADDR=$TOAST_ADDR
LEPTOS_RELOAD_PORT=$(free_port)
enter_database
# shellcheck disable=SC2034
TOAST=$TARGET/debug/toast
must "Building for development" build_first
prepare_data
say "  ${BOLD}$(local_url)$PLAIN  follows your edits; Ctrl-C ends it."
export TOAST_SITE_ROOT=$SITE
set -m
accompany >"$LOGS/accompany.log" 2>&1 9>&- &
COMPANION=$!
cargo leptos watch --project "$FOLLOWED" </dev/null 9>&- &
WATCH=$!
set +m
trap 'exit 0' INT TERM HUP
wait "$WATCH"
