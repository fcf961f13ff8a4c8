#!/usr/bin/env bash
# A testbed: a whole installation on this host, each node with its own network: `regions.sh up|down|map|status`;
# `third-party` only installs and builds the services of its nodes.
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
# The folder of agent, testbed and chaos programs; the whole check has built them already.
PROGRAMS=${TESTBED_PROGRAMS:-$TARGET/quick}
TESTBED=$PROGRAMS/toast-testbed

need_root() {
    [ "$(id -u)" -eq 0 ] || fail "Network and mount namespaces need root: sudo --preserve-env=PATH,HOME make ${1:-regions}"
}

profiles() { find deploy/inventory -name '*.toml' ! -name access.toml -printf '%f\n' | sed 's/\.toml$//' | sort; }

need_inventory() {
    [ -e "$INVENTORY" ] || fail "PROFILE=$PROFILE is unknown; choose one of: $(profiles | tr '\n' ' ')"
}

# In a profile that compiles in a third of the time; these programs need not be fast.
build_testbed() {
    [ -z "${TESTBED_PROGRAMS:-}" ] || return 0
    cargo build --profile quick --package agent --package testbed --package chaos --bins
}

# All files of a machine, as in its /opt/toast/current.
make_bundle() {
    local new=$BUNDLE.new name
    rm -rf "$new"
    mkdir -p "$new/bin"
    for name in headscale tailscale tailscaled derper; do link_or_copy "$MESH_PROGRAMS/$name" "$new/bin/$name"; done
    link_or_copy "$SERVER" "$new/bin/toast"
    link_or_copy "$PROGRAMS/toast-agent" "$new/bin/toast-agent"
    cp -Rp "$SITE" "$new/site"
    cp -R deploy/templates "$new/templates"
    cp -R "$PATRONI" "$new/patroni"
    move_patroni "$new/patroni"
    cp deploy/inventory/access.toml "$new/access.toml"
    cp "$INVENTORY" "$new/inventory.toml"
    rm -rf "$BUNDLE"
    mv "$new" "$BUNDLE"
}

link_or_copy() { cp --reflink=auto --preserve=mode,timestamps "$1" "$2"; }

# The commands of a virtual environment begin with the path of its Python, which is different on a node.
move_patroni() {
    local command
    for command in "$1"/bin/*; do
        [ ! -L "$command" ] || continue
        sed -i '1s|^#!.*/bin/python3\?[0-9.]*$|#!/opt/toast/current/patroni/bin/python3|' "$command"
    done
}

# The units use the newest installed PostgreSQL, which must have the extension.
database_kind() { if [ -n "$(newest_postgres citus)" ]; then echo --citus; else echo --plain; fi; }

# Disks of limited size for the databases (in MB), so that tests can fill them: loop devices, which some containers lack.
disks() { if [ -e /dev/loop-control ]; then echo --small-disks=2048; fi; }

note_missing_citus() {
    [ "$(database_kind)" = --plain ] || return 0
    note "The extension citus is not installed here: each group of the testbed has plain PostgreSQL.
  Not tested then: sharding, queries and transactions over shards, moving a restaurant to another worker.
  How to install it: scripts/cluster.sh start"
}

up() {
    need_root
    need_inventory
    install_for run
    ensure_third_party
    "$SCRIPTS/build.sh"
    must "Building agent and testbed" build_testbed
    must "Assembling the bundle" make_bundle
    note_missing_citus
    local disks
    disks=$(disks)
    "$TESTBED" up --inventory "$INVENTORY" --bundle "$BUNDLE" "$(database_kind)" ${disks:+"$disks"} "$@"
}

# After `make clean` the copy of the program in the testbed is used.
testbed() {
    local program
    need_root "${2:-regions}"
    for program in "$TESTBED" /var/lib/toast-testbed/toast-testbed; do
        if [ -x "$program" ]; then
            "$program" "$1"
            return
        fi
    done
    note "No testbed was started from this clone."
}

if is_command; then
    verb=${1:-up}
    [ "$#" -eq 0 ] || shift
    case $verb in
    up) up "$@" ;;
    down)
        testbed down regions-down
        rm -f "$STATE/testbed-of-the-check"
        ;;
    third-party)
        need_root
        ensure_third_party
        ;;
    map | status) testbed "$verb" ;;
    *) fail "unknown command $verb; regions.sh has up, down, map, status and third-party" ;;
    esac
fi
