#!/usr/bin/env bash
# Checks the sizes of the built site, in brotli bytes as they are sent: `budget.sh`, after a build.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

OVER=0

# at_most "Title" limit-in-KB file…
at_most() {
    local title=$1 limit=$2 bytes
    shift 2
    [ "$#" -gt 0 ] || fail "$title: no compressed file of it in $SITE. Build the site: scripts/build.sh"
    bytes=$(cat "$@" | wc -c)
    printf '%-44s %8d bytes of %d\n' "$title" "$bytes" $((limit * 1000))
    if [ "$bytes" -gt $((limit * 1000)) ]; then OVER=1; fi
}

shopt -s nullglob globstar
at_most "WebAssembly of the customer pages" 75 "$SITE"/**/toast.*wasm.br
at_most "Scripts of the customer pages without it" 6 "$SITE"/boot.js.br "$SITE"/**/guest.js.br
at_most "Style and script of the customer pages" 30 "$SITE"/**/toast.*css.br "$SITE"/**/toast.*js.br
at_most "WebAssembly of the dashboard" 200 "$SITE"/**/toast-dashboard.*wasm.br
[ "$OVER" -eq 0 ] || fail "Over the size budget."
