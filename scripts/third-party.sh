# shellcheck shell=bash
# Third-party services of a testbed: Debian packages, Go programs, and Patroni in a virtual environment.

THIRD_PARTY_PACKAGES=(
    "ip iproute2" "nft nftables" "systemctl systemd" "nginx nginx-light" "haproxy haproxy" "etcd etcd-server"
    "etcdctl etcd-client" "gdnsd gdnsd" "pebble pebble" "dehydrated dehydrated" "sshd openssh-server" "kill procps"
    "openssl openssl" "jq jq" "mkfs.ext4 e2fsprogs" "faketime faketime" "debootstrap debootstrap" "tcpdump tcpdump"
)
HEADSCALE_MODULE=$PROJECT/testing/third_party/headscale
MESH_PROGRAMS=$TOOLS/engines
PATRONI=$TOOLS/patroni-$PATRONI_VERSION

# The sbin folders are not in the PATH of every user.
need_third_party_packages() {
    local pair
    MISSING=()
    PATH=$PATH:/usr/sbin:/sbin
    for pair in "${THIRD_PARTY_PACKAGES[@]}"; do need_command "${pair% *}" "${pair#* }"; done
    has_venv || MISSING+=(python3-venv)
}

has_venv() { /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; }

# The services of the packages must not start: the nodes use their ports. RUNLEVEL=1 makes Debian's policy deny it.
install_third_party_packages() {
    [ "${#MISSING[@]}" -gt 0 ] || return 0
    RUNLEVEL=1 install_missing_packages
}

has_go_program() { [ -x "$MESH_PROGRAMS/$1" ] && [ "$(cat "$MESH_PROGRAMS/$1.version" 2>/dev/null)" = "$2" ]; }

# Called last, so that an interrupted build is repeated.
keep_version() { printf '%s\n' "$2" >"$MESH_PROGRAMS/$1.version"; }

has_mesh_programs() {
    has_go_program headscale "$HEADSCALE_VERSION" && has_go_program derper "$TAILSCALE_VERSION" &&
        has_go_program tailscale "$TAILSCALE_VERSION" && has_go_program tailscaled "$TAILSCALE_VERSION"
}

has_go() { command -v go >/dev/null 2>&1; }

need_go() {
    has_mesh_programs || has_go ||
        fail "Headscale and Tailscale are built from source, which needs Go: https://go.dev/dl, or Debian's package golang.
  With GOTOOLCHAIN=auto, an older Go downloads the version that is needed."
}

ensure_mesh_programs() {
    local name
    mkdir -p "$MESH_PROGRAMS"
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

# `go install` of Headscale fails because of replace directives in its go.mod, so a module of ours requires it.
build_headscale() {
    local module
    module=$(mktemp -d)
    cp "$HEADSCALE_MODULE"/* "$module/"
    (cd "$module" && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$MESH_PROGRAMS/headscale" \
        github.com/juanfont/headscale/cmd/headscale)
    rm -rf "$module"
}

build_tailscale_program() {
    CGO_ENABLED=0 GOBIN=$MESH_PROGRAMS go install -trimpath -ldflags='-s -w' "tailscale.com/cmd/$1@v$TAILSCALE_VERSION"
}

# With the system's Python, because nodes have no other.
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

# Several clones share the folder of tools.
ensure_third_party() {
    need_go
    need_third_party_packages
    install_third_party_packages
    mkdir -p "$TOOLS"
    exec 6>"$TOOLS/.lock"
    flock 6
    ensure_mesh_programs
    ensure_patroni
    exec 6>&-
}
