#!/bin/sh
# Makes a bare Debian with the packages of a role, as an image is made before its node has a name. Safe to repeat.
# debian.sh FOLDER ROLE BOOTSTRAP [--plain]
# Debian's own packages come from wherever this host gets its own.
set -eu
folder=$1 role=$2 bootstrap=$3
shift 3
base=$folder/debian-base
image=$folder/debian-$role
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

# In a root of its own, with what packages expect to find there.
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
    debootstrap --variant=minbase "$suite" "$base.part" "$mirror" >&2
    sources >"$base.part/etc/apt/sources.list"
    cp /etc/resolv.conf "$base.part/etc/resolv.conf"
    # runit stands where a machine has systemd.
    inside "$base.part" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends runit && apt-get clean' >&2
    mv "$base.part" "$base"
}

# Citus has packages of its own for Debian; here it comes from this host, if it is there.
copy_citus() {
    for part in lib/postgresql/15/lib share/postgresql/15/extension; do
        mkdir -p "$image.part/usr/$part"
        cp -a /usr/"$part"/citus* "$image.part/usr/$part/"
    done
}

rm -rf "$base.part" "$image.part"
[ -e "$base" ] || make_base
[ ! -e "$image" ] || exit 0
cp -a --reflink=auto "$base" "$image.part"
if [ "$role" = db ] && [ "$*" != --plain ]; then copy_citus; fi
install -m 755 "$bootstrap" "$image.part/root/bootstrap.sh"
inside "$image.part" bash /root/bootstrap.sh "$role" --packages-only "$@" >&2
inside "$image.part" apt-get clean
rm "$image.part/etc/resolv.conf"
mv "$image.part" "$image"
