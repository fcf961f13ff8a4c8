#!/usr/bin/env bash
# Sets up a bare Debian host as a node of an installation: packages, bundle, node.toml, services. Its agent then joins the mesh.
#
#   bootstrap.sh ROLE --name NAME --site SITE --bundle FILE --joining FOLDER [--group N] [--plain]
#
# ROLE     app, db, ingress, etcd, control, operator, edge or dns; several with commas (app,ingress)
# --bundle   a tar archive of .toast/bundle, which `make regions` builds, with the inventory of this installation
# --joining  a directory with this node's own files: join.key (a single-use key of the mesh), secrets.toml, ca.pem
# --plain    plain PostgreSQL instead of Citus
# --packages-only and --no-packages split the work, for images that are built before their node has a name
# Idempotent: existing files are kept, and a newer bundle replaces the older one.

set -euo pipefail

TOAST=/opt/toast
declare -A OPTION=([name]='' [site]='' [bundle]='' [joining]='' [group]='')
PACKAGES=yes
JOIN=yes
SHARDED=true

fail() {
    printf 'bootstrap: %s\n' "$1" >&2
    exit 1
}

usage() { fail "$1
$(sed -n '3,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}")"; }

read_arguments() {
    [ $# -gt 0 ] || usage "The role is missing."
    ROLES=$(printf '%s' "$1" | sed 's/\bdb\b/database/g')
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            --packages-only) JOIN=no ;;
            --no-packages) PACKAGES=no ;;
            --plain) SHARDED=false ;;
            --name | --site | --bundle | --joining | --group)
                [ $# -gt 1 ] || usage "$1 needs a value."
                OPTION[${1#--}]=$2
                shift
                ;;
            *) usage "Unknown option $1." ;;
        esac
        shift
    done
}

has_role() { [[ ",$ROLES," == *",$1,"* ]]; }

packages() {
    printf '%s\n' ca-certificates curl iproute2 nftables openssl openssh-server procps
    if has_role app; then printf '%s\n' haproxy; fi
    if has_role database; then printf '%s\n' postgresql python3-venv; fi
    if has_role etcd; then printf '%s\n' etcd-server etcd-client; fi
    if has_role ingress || has_role edge; then printf '%s\n' nginx-light dehydrated; fi
    if has_role dns; then printf '%s\n' gdnsd; fi
}

# Debian starts services when it installs them; here the agent starts them with their configuration.
install_packages() {
    local wanted
    mapfile -t wanted < <(packages)
    command -v apt-get >/dev/null || fail "apt-get is missing: this is not Debian. Please install: ${wanted[*]}"
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"
    rm -f /usr/sbin/policy-rc.d
    trap - EXIT
    if has_role database && [ ! -x /usr/lib/postgresql/15/bin/initdb ]; then
        fail "PostgreSQL 15 is missing. Please install it, then run this again."
    fi
    if has_role database && [ "$SHARDED" = true ] && [ ! -e /usr/share/postgresql/15/extension/citus.control ]; then
        fail "The extension citus is missing. Install it from Citus' own packages for PostgreSQL 15, or pass --plain."
    fi
}

# Releases are named by content: the same bundle is unpacked once, and the link moves after it is complete.
unpack_bundle() {
    local release
    release=$TOAST/releases/$(sha256sum "${OPTION[bundle]}" | cut -c1-16)
    if [ ! -d "$release" ]; then
        mkdir -p "$release.part"
        tar --extract --file "${OPTION[bundle]}" --directory "$release.part"
        mv "$release.part" "$release"
    fi
    ln -sfn "$release" "$TOAST/next"
    mv -T "$TOAST/next" "$TOAST/current"
}

write_node_config() {
    local separator='", "'
    mkdir -p /etc/toast
    {
        printf 'name = "%s"\nsite = "%s"\n' "${OPTION[name]}" "${OPTION[site]}"
        printf 'roles = ["%s"]\n' "${ROLES//,/"$separator"}"
        if [ -n "${OPTION[group]}" ]; then printf 'group = %s\n' "${OPTION[group]}"; fi
        printf 'citus = %s\n' "$SHARDED"
        if has_role database && [ -e /dev/watchdog ]; then printf 'watchdog = true\n'; fi
    } >/etc/toast/node.toml
    install -m 600 "${OPTION[joining]}/secrets.toml" /etc/toast/secrets.toml
    install -m 644 "${OPTION[joining]}/ca.pem" /etc/toast/ca.pem
    # The key is for a single use, and a node that has joined needs none.
    if [ ! -e /var/lib/toast/mesh/tailscaled.state ]; then
        install -m 600 "${OPTION[joining]}/join.key" /etc/toast/join.key
    fi
}

start_services() {
    local boot=(toast-agent)
    if has_role dns || has_role edge; then :; else boot=(toast-mesh toast-agent); fi
    if has_role control; then boot+=(toast-headscale toast-relay); fi
    "$TOAST/current/bin/toast-agent" units
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        systemctl enable --now "${boot[@]/%/.service}"
        systemctl restart toast-agent.service
    else
        printf 'bootstrap: systemd is not running; start the units in /etc/systemd/system with another supervisor.\n'
    fi
}

read_arguments "$@"
[ "$(id -u)" -eq 0 ] || fail "Setting up a machine needs root."
if [ "$PACKAGES" = yes ]; then install_packages; fi
[ "$JOIN" = yes ] || exit 0
for needed in name site bundle joining; do
    [ -n "${OPTION[$needed]}" ] || usage "--$needed is missing."
done
if has_role database && [ -z "${OPTION[group]}" ]; then usage "A database node needs --group."; fi
unpack_bundle
write_node_config
start_services
