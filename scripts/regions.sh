#!/usr/bin/env bash
# A whole installation on this host, every node with a network of its own: `regions.sh up|down|map|status`; `engines` only
# installs and builds what its nodes run.
# PROFILE=host (two regions and a witness, sized for one host), multi (the same in full), small or dev.

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in install third-party; do
    # shellcheck source=/dev/null
    source "$SCRIPTS/$part.sh"
done

PROFILE=${PROFILE:-host}
INVENTORY=$PROJECT/deploy/inventory/$PROFILE.toml
BUNDLE=$STATE/bundle
# The programs around the server; the whole check has built them already, and says where.
PROGRAMS=${WORLD_PROGRAMS:-$TARGET/quick}
WORLD=$PROGRAMS/toast-testbed

need_root() {
    [ "$(id -u)" -eq 0 ] || fail "Networks and machines of their own need root: sudo --preserve-env=PATH,HOME make ${1:-regions}"
}

profiles() { find deploy/inventory -name '*.toml' ! -name access.toml -printf '%f\n' | sed 's/\.toml$//' | sort; }

need_inventory() {
    [ -e "$INVENTORY" ] || fail "PROFILE=$PROFILE is none of: $(profiles | tr '\n' ' ')"
}

# For these programs a quick build is worth more than the quickest programs.
build_world() {
    [ -z "${WORLD_PROGRAMS:-}" ] || return 0
    cargo build --profile quick --package agent --package testbed --package chaos --bins
}

# Everything that a machine gets, as it will stand in /opt/toast/current.
make_bundle() {
    local new=$BUNDLE.new name
    rm -rf "$new"
    mkdir -p "$new/bin"
    for name in headscale tailscale tailscaled derper; do link_or_copy "$ENGINES/$name" "$new/bin/$name"; done
    link_or_copy "$TARGET/release/toast" "$new/bin/toast"
    link_or_copy "$PROGRAMS/toast-agent" "$new/bin/toast-agent"
    cp -R "$SITE" "$new/site"
    cp -R deploy/templates "$new/templates"
    cp -R "$PATRONI" "$new/patroni"
    move_patroni "$new/patroni"
    cp deploy/inventory/access.toml "$new/access.toml"
    cp "$INVENTORY" "$new/inventory.toml"
    rm -rf "$BUNDLE"
    mv "$new" "$BUNDLE"
}

link_or_copy() { cp --reflink=auto --preserve=mode,timestamps "$1" "$2"; }

# The commands of an environment begin with the path of its Python, which is another one on a node.
move_patroni() {
    local command
    for command in "$1"/bin/*; do
        [ ! -L "$command" ] || continue
        sed -i '1s|^#!.*/bin/python3\?[0-9.]*$|#!/opt/toast/current/patroni/bin/python3|' "$command"
    done
}

# The extension must be for the PostgreSQL that the units name, which is the newest installed.
database_kind() { if [ -n "$(newest_postgres citus)" ]; then echo --citus; else echo --plain; fi; }

# Bounded disks of databases can be filled. They are sparse files behind loop devices, which some containers lack.
disks() { if [ -e /dev/loop-control ]; then echo --small-disks=2048; fi; }

say_what_is_not_shown() {
    [ "$(database_kind)" = --plain ] || return 0
    note "The extension citus is not installed here: the same world with plain PostgreSQL in each group.
  Not shown then: sharding, queries and transactions over shards, moving a restaurant to another worker.
  How to get it: scripts/cluster.sh start"
}

up() {
    need_root
    need_inventory
    install_for run
    ensure_engines
    "$SCRIPTS/build.sh"
    must "Building agent and world" build_world
    must "Putting the bundle together" make_bundle
    say_what_is_not_shown
    local disks
    disks=$(disks)
    "$WORLD" up --inventory "$INVENTORY" --bundle "$BUNDLE" "$(database_kind)" ${disks:+"$disks"} "$@"
}

# The copy in the world itself serves where the build is gone.
world() {
    local program
    need_root "${2:-regions}"
    for program in "$WORLD" /var/lib/toast-testbed/toast-testbed; do
        if [ -x "$program" ]; then
            "$program" "$1"
            return
        fi
    done
    note "No world was started from here."
}

if is_command; then
    verb=${1:-up}
    [ "$#" -eq 0 ] || shift
    case $verb in
    up) up "$@" ;;
    down)
        world down regions-down
        rm -f "$STATE/world-of-the-check"
        ;;
    engines)
        need_root
        ensure_engines
        ;;
    map | status) world "$verb" ;;
    *) fail "regions.sh knows up, down, map, status and engines, not $verb." ;;
    esac
fi
