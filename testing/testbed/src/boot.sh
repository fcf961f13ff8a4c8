#!/bin/sh
# The first process of a node: gives it file systems, a name and services of its own, then becomes what keeps those up.
# boot.sh FOLDER NAME PROGRAM
set -eu
folder=$1 name=$2 program=$3
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /

# /proc is still the host's here, so this is how the host knows this process.
read -r pid rest </proc/self/stat
# shellcheck disable=SC2086
set -- $rest
shift 20
printf '%s %s\n' "$pid" "$1" >"$folder/init.new"
mv "$folder/init.new" "$folder/init"
exec 3>"$folder/standing"
trap 'echo failed >&3' EXIT

own_folder() {
    mkdir -p "$folder/$1" "$root$2"
    mount --bind "$folder/$1" "$root$2"
}

# A bare machine has a system of its own, made from an image; the others see the host's.
root=
inside() {
    if [ -n "$root" ]; then chroot "$root" "$@"; else "$@"; fi
}
own_root() {
    root=$folder/root
    mkdir -p "$root" "$folder/root.upper" "$folder/root.work"
    layers="lowerdir=$(cat "$folder/image"),upperdir=$folder/root.upper,workdir=$folder/root.work"
    if ! mount -t overlay overlay -o "$layers" "$root" 2>/dev/null; then
        [ -e "$root/etc" ] || cp -a --reflink=auto "$(cat "$folder/image")/." "$root"
        mount --bind "$root" "$root"
    fi
    mount --rbind /dev "$root/dev"
    own_folder delivery /mnt
    touch "$root/usr/local/sbin/toast-testbed"
    mount --bind "$program" "$root/usr/local/sbin/toast-testbed"
    program=/usr/local/sbin/toast-testbed
}
if [ -e "$folder/image" ]; then own_root; fi

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o nosuid,nodev,size=1g shm "$root/dev/shm"
mount -t tmpfs -o nosuid,nodev,size=1g,mode=1777 tmp "$root/tmp"
mount -t tmpfs -o nosuid,nodev,size=64m,mode=755 run "$root/run"
mkdir -p -m 1777 "$root/run/lock"
echo "$name" >"$root/proc/sys/kernel/hostname"
# A machine that comes back must not give an old postmaster's id to somebody else.
boots=$(($(cat "$folder/boots" 2>/dev/null || echo 0) + 1))
echo "$boots" >"$folder/boots"
echo $((boots * 1500 % 30000)) >"$root/proc/sys/kernel/ns_last_pid"

# Where the host's disk is an overlay itself, there can be none on top, and a copy does.
own_settings() {
    mkdir -p "$folder/etc" "$folder/etc.work"
    if ! mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/etc,workdir=$folder/etc.work" /etc 2>/dev/null; then
        [ -e "$folder/etc.copy" ] || cp -a /etc "$folder/etc.copy"
        mount --bind "$folder/etc.copy" /etc
    fi
}
[ -n "$root" ] || own_settings
if [ "$boots" = 1 ]; then
    (cd "$root/etc" && rm -rf resolv.conf hosts hostname service toast)
    cp "$folder/resolv.conf" "$root/etc/resolv.conf"
    cp "$folder/hosts" "$root/etc/hosts"
    echo "$name" >"$root/etc/hostname"
fi

own_folder toast /etc/toast
own_folder opt /opt/toast
own_folder varlog /var/log
own_folder log /var/log/toast
mkdir -p "$root/var/log/nginx"
own_folder lib /var/lib/toast
own_folder lib.nginx /var/lib/nginx
own_folder lib.gdnsd /var/lib/gdnsd
own_folder cache /var/cache/nginx
if [ -e "$folder/disk" ]; then
    mkdir -p /run/disk /var/lib/toast/pg
    mount -o loop,nosuid,nodev "$folder/disk" /run/disk
    mkdir -p /run/disk/pg
    mount --bind /run/disk/pg /var/lib/toast/pg
fi

rm -rf "$folder/service"
own_folder service /etc/service
units=/run/toast-units
mkdir -p "$root$units"
if [ -e "$root/etc/toast/node.toml" ]; then inside /opt/toast/current/bin/toast-agent units --out "$units"; fi
for unit in "$folder"/units/*.service; do
    if [ -e "$unit" ]; then cp "$unit" "$root$units/"; fi
done
inside "$program" services --units "$units" --out /etc/service

# As many files as the host allows; units may ask for fewer.
ulimit -n "$(ulimit -Hn)"
if [ -n "$root" ]; then
    mkdir "$root/run/host"
    cd "$root"
    pivot_root . run/host
    cd /
    umount -l /run/host
    rmdir /run/host
fi
trap - EXIT
echo up >&3
exec 3>&-
exec env -i "PATH=$PATH" LANG=C.UTF-8 SVDIR=/etc/service runsvdir -P /etc/service
