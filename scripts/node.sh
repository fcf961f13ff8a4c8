# shellcheck shell=bash
# Node: the packages of end2end (wasm-opt, terser, Playwright, the official Tailwind compiler for comparison).

need_node() {
    local found
    found=$(node --version 2>/dev/null | sed 's/^v//; s/\..*//') || true
    if [ "${found:-0}" -ge "$NODE_OLDEST" ] && command -v npm >/dev/null 2>&1; then return 0; fi
    fail "Toast needs Node $NODE_OLDEST or newer with npm; found ${found:-none}. See https://nodejs.org/en/download or your system's packages."
}

ensure_node_packages() {
    local stamp=end2end/node_modules/.lock-of-toast
    cmp -s end2end/package-lock.json "$stamp" && return 0
    must "Installing npm packages" \
        env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix end2end --no-audit --no-fund
    cp end2end/package-lock.json "$stamp"
}

# For systems without a browser of their own.
ensure_browser() {
    [ -n "$(browser)" ] || must "Installing Playwright's browser" playwright install chromium
}
