#!/bin/sh
# Creates the image of Debian with the packages of a role, as `bootstrap.sh` installs them. Idempotent.
# debootstrap.sh FOLDER ROLE BOOTSTRAP [--plain]
# Debian packages come from the mirror that this host uses.
set -eu
folder=$1 role=$2 bootstrap=$3
shift 3
base=$folder/debian-base
image=$folder/debian-$role
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

# Runs a command in the image, with the /proc that package scripts need.
inside() (
    root=$1
    shift
    mount -t proc proc "$root/proc"
    trap 'umount "$root/proc"' EXIT
    chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL="$LC_ALL" \
        DEBIAN_FRONTEND="$DEBIAN_FRONTEND" "$@"
)

sources() {
    # shellcheck disable=SC2016
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 'Origin: Debian'
}

make_base() {
    # shellcheck source=/dev/null
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(sources | sed -n "s/^deb \([^ ]*\) $suite main$/\1/p" | head -n 1)
    debootstrap --variant=minbase --include=systemd "$suite" "$base.part" "$mirror" >&2
    sources >"$base.part/etc/apt/sources.list"
    cp /etc/resolv.conf "$base.part/etc/resolv.conf"
    inside "$base.part" sh -c 'apt-get update -qq && apt-get clean' >&2
    rm -rf "$base"
    mv "$base.part" "$base"
}

# Citus has no package in Debian; it is copied from this host.
copy_citus() {
    for part in lib/postgresql/15/lib share/postgresql/15/extension; do
        mkdir -p "$image.part/usr/$part"
        cp -a /usr/"$part"/citus* "$image.part/usr/$part/"
    done
}

rm -rf "$base.part" "$image.part"
[ -e "$base/lib/systemd/systemd" ] || make_base
cp -a --reflink=auto "$base" "$image.part"
if [ "$role" = db ] && [ "$*" != --plain ]; then copy_citus; fi
install -m 755 "$bootstrap" "$image.part/root/bootstrap.sh"
inside "$image.part" bash /root/bootstrap.sh "$role" --packages-only "$@" >&2
inside "$image.part" apt-get clean
rm -rf "$image.part/etc/resolv.conf" "$image"
mv "$image.part" "$image"
