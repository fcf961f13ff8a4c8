# shellcheck shell=bash
# The engines of a world of many nodes: Debian packages, Go programs, and Patroni in an environment of its own.

ENGINE_PACKAGES=(
    "ip iproute2" "nft nftables" "runsvdir runit" "nginx nginx-light" "haproxy haproxy" "etcd etcd-server"
    "etcdctl etcd-client" "gdnsd gdnsd" "pebble pebble" "dehydrated dehydrated" "sshd openssh-server" "kill procps"
    "openssl openssl" "jq jq" "mkfs.ext4 e2fsprogs" "faketime faketime" "debootstrap debootstrap" "tcpdump tcpdump"
)
HEADSCALE_MODULE=$PROJECT/testing/third_party/headscale
ENGINES=$TOOLS/engines
PATRONI=$TOOLS/patroni-$PATRONI_VERSION

# Administrators' programs are not in everybody's path.
need_engine_packages() {
    local pair
    MISSING=()
    PATH=$PATH:/usr/sbin:/sbin
    for pair in "${ENGINE_PACKAGES[@]}"; do need_command "${pair% *}" "${pair#* }"; done
    has_venv || MISSING+=(python3-venv)
}

has_venv() { /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; }

# The packages bring services of their own, which are not to run: their ports and data are the nodes'.
install_engine_packages() {
    [ "${#MISSING[@]}" -gt 0 ] || return 0
    RUNLEVEL=1 install_missing_packages
}

has_go_program() { [ -x "$ENGINES/$1" ] && [ "$(cat "$ENGINES/$1.version" 2>/dev/null)" = "$2" ]; }

# Called last, so that an interrupted build is made again.
keep_version() { printf '%s\n' "$2" >"$ENGINES/$1.version"; }

has_mesh_programs() {
    has_go_program headscale "$HEADSCALE_VERSION" && has_go_program derper "$TAILSCALE_VERSION" &&
        has_go_program tailscale "$TAILSCALE_VERSION" && has_go_program tailscaled "$TAILSCALE_VERSION"
}

has_go() { command -v go >/dev/null 2>&1; }

need_go() {
    has_mesh_programs || has_go ||
        fail "Headscale and Tailscale are built from source, which needs Go: https://go.dev/dl, or Debian's package golang.
  A newer Go than the system's is fetched by Go itself where GOTOOLCHAIN=auto."
}

ensure_mesh_programs() {
    local name
    mkdir -p "$ENGINES"
    if ! has_go_program headscale "$HEADSCALE_VERSION"; then
        must "Building headscale $HEADSCALE_VERSION (once for all clones)" build_headscale
        keep_version headscale "$HEADSCALE_VERSION"
    fi
    for name in tailscale tailscaled derper; do
        has_go_program "$name" "$TAILSCALE_VERSION" && continue
        must "Building $name $TAILSCALE_VERSION (once for all clones)" build_tailscale_program "$name"
        keep_version "$name" "$TAILSCALE_VERSION"
    done
}

# Headscale cannot be built by its version alone: its module has to be asked for by another, with all sums known. That one
# names the version, too.
build_headscale() {
    local module
    module=$(mktemp -d)
    cp "$HEADSCALE_MODULE"/* "$module/"
    (cd "$module" && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$ENGINES/headscale" \
        github.com/juanfont/headscale/cmd/headscale)
    rm -rf "$module"
}

build_tailscale_program() {
    CGO_ENABLED=0 GOBIN=$ENGINES go install -trimpath -ldflags='-s -w' "tailscale.com/cmd/$1@v$TAILSCALE_VERSION"
}

# The system's Python: whoever runs Patroni on a node has no home of another.
ensure_patroni() {
    if [ -e "$PATRONI/.made" ]; then return 0; fi
    must "Installing Patroni $PATRONI_VERSION (once for all clones)" make_patroni
}

make_patroni() {
    rm -rf "$PATRONI"
    /usr/bin/python3 -m venv --copies "$PATRONI"
    "$PATRONI/bin/pip" install --quiet --disable-pip-version-check \
        "patroni[etcd3,psycopg3]==$PATRONI_VERSION" "psycopg[binary]==$PSYCOPG_VERSION"
    touch "$PATRONI/.made"
}

ensure_engines() {
    need_go
    need_engine_packages
    install_engine_packages
    ensure_mesh_programs
    ensure_patroni
}
