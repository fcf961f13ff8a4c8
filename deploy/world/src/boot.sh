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
trap 'echo failed >"$folder/standing"' EXIT

own_folder() {
    mkdir -p "$folder/$1" "$2"
    mount --bind "$folder/$1" "$2"
}

mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t tmpfs -o nosuid,nodev,size=1g shm /dev/shm
mount -t tmpfs -o nosuid,nodev,size=1g,mode=1777 tmp /tmp
mount -t tmpfs -o nosuid,nodev,size=64m,mode=755 run /run
mkdir -p -m 1777 /run/lock
echo "$name" >/proc/sys/kernel/hostname
# A machine that comes back must not give an old postmaster's id to somebody else.
boots=$(($(cat "$folder/boots" 2>/dev/null || echo 0) + 1))
echo "$boots" >"$folder/boots"
echo $((boots * 1500 % 30000)) >/proc/sys/kernel/ns_last_pid

# Where the host's disk is an overlay itself, there can be none on top, and a copy does.
mkdir -p "$folder/etc" "$folder/etc.work"
if ! mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/etc,workdir=$folder/etc.work" /etc 2>/dev/null; then
    [ -e "$folder/etc.copy" ] || cp -a /etc "$folder/etc.copy"
    mount --bind "$folder/etc.copy" /etc
fi
if [ "$boots" = 1 ]; then
    rm -rf /etc/resolv.conf /etc/hosts /etc/hostname /etc/service /etc/toast
    cp "$folder/resolv.conf" /etc/resolv.conf
    cp "$folder/hosts" /etc/hosts
    echo "$name" >/etc/hostname
fi

own_folder toast /etc/toast
own_folder opt /opt/toast
own_folder varlog /var/log
own_folder log /var/log/toast
mkdir -p /var/log/nginx
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
mkdir -p "$units"
if [ -e /etc/toast/node.toml ]; then /opt/toast/current/bin/toast-agent units --out "$units"; fi
for unit in "$folder"/units/*.service; do
    if [ -e "$unit" ]; then cp "$unit" "$units/"; fi
done
"$program" services --units "$units" --out /etc/service

# As many files as the host allows; units may ask for fewer.
ulimit -n "$(ulimit -Hn)"
trap - EXIT
echo up >"$folder/standing"
exec env -i "PATH=$PATH" LANG=C.UTF-8 SVDIR=/etc/service runsvdir -P /etc/service
