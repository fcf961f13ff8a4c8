#!/usr/bin/env bash
# Installs the named Debian packages, as root. Of PostgreSQL only the binaries: no cluster is created and no service started.
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
CLUSTERS=/etc/postgresql-common/createcluster.conf

install() { apt-get install -y --no-install-recommends "$@"; }

without_a_system_cluster() {
    install postgresql-common
    cp -p "$CLUSTERS" "$CLUSTERS.before-toast"
    trap 'mv "$CLUSTERS.before-toast" "$CLUSTERS"' EXIT
    echo 'create_main_cluster = false' >>"$CLUSTERS"
    install "$@"
}

# One at a time: apt-get fails instead of waiting when another clone's installation holds its locks.
exec 6>/run/lock/toast-apt
flock 6
apt-get update
case " $* " in
*' postgresql '*) without_a_system_cluster "$@" ;;
*) install "$@" ;;
esac
