#!/bin/sh
# First process of a node: mounts its file systems, sets its hostname, then becomes systemd.
# boot.sh FOLDER NAME CGROUP
set -eu
folder=$1 name=$2 cgroup=$3
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /

# /proc is still the host's here: pid and start time (field 22) as the host sees them.
read -r pid rest </proc/self/stat
# shellcheck disable=SC2086
set -- $rest
shift 20
printf '%s %s\n' "$pid" "$1" >"$folder/init.new"
mv "$folder/init.new" "$folder/init"
exec 3>"$folder/boot-status"
trap 'echo failed >&3' EXIT
echo 0 >"$cgroup/cgroup.procs"

bind() {
    mkdir -p "$folder/$1" "$root$2"
    mount --bind "$folder/$1" "$root$2"
}

# A bare node has a root file system made from an image; the others use the host's.
root=
inside() {
    if [ -n "$root" ]; then chroot "$root" "$@"; else "$@"; fi
}
mount_root() {
    root=$folder/root
    mkdir -p "$root" "$folder/root.upper" "$folder/root.work"
    layers="lowerdir=$(cat "$folder/image"),upperdir=$folder/root.upper,workdir=$folder/root.work"
    if ! mount -t overlay overlay -o "$layers" "$root" 2>/dev/null; then
        [ -e "$root/etc" ] || cp -a --reflink=auto "$(cat "$folder/image")/." "$root"
        mount --bind "$root" "$root"
    fi
    mount --rbind /dev "$root/dev"
    bind delivery /mnt
}
if [ -e "$folder/image" ]; then mount_root; fi

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o nosuid,nodev,noexec sysfs "$root/sys"
# The root of this mount is the node's cgroup.
unshare --cgroup mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o nosuid,nodev,size=1g shm "$root/dev/shm"
mount -t tmpfs -o nosuid,nodev,size=1g,mode=1777 tmp "$root/tmp"
mount -t tmpfs -o nosuid,nodev,size=64m,mode=755 run "$root/run"
mkdir -m 1777 "$root/run/lock"
echo "$name" >"$root/proc/sys/kernel/hostname"
# systemd raises limits in this folder, which all nodes share with the host.
mount --bind "$root/proc/sys/fs" "$root/proc/sys/fs"
mount -o remount,bind,ro "$root/proc/sys/fs"
# After a reboot no other process may get the pid in a stale postmaster.pid.
boots=$(($(cat "$folder/boots" 2>/dev/null || echo 0) + 1))
echo "$boots" >"$folder/boots"
echo $((boots * 1500 % 30000)) >"$root/proc/sys/kernel/ns_last_pid"

# An overlay cannot be mounted on an overlay, as the root of a container is; there a copy is used.
mount_etc() {
    mkdir -p "$folder/etc" "$folder/etc.work"
    if ! mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/etc,workdir=$folder/etc.work" /etc 2>/dev/null; then
        [ -e "$folder/etc.copy" ] || cp -a /etc "$folder/etc.copy"
        mount --bind "$folder/etc.copy" /etc
    fi
}
[ -n "$root" ] || mount_etc
if [ "$boots" = 1 ]; then
    (cd "$root/etc" && rm -rf resolv.conf hosts hostname toast)
    cp "$folder/resolv.conf" "$root/etc/resolv.conf"
    cp "$folder/hosts" "$root/etc/hosts"
    echo "$name" >"$root/etc/hostname"
fi

bind toast /etc/toast
bind opt /opt/toast
bind varlog /var/log
bind log /var/log/toast
mkdir -p "$root/var/log/nginx"
bind lib /var/lib/toast
bind lib.nginx /var/lib/nginx
bind lib.gdnsd /var/lib/gdnsd
bind cache /var/cache/nginx
if [ -e "$folder/disk" ]; then
    mkdir -p /run/disk /var/lib/toast/pg
    mount -o loop,nosuid,nodev "$folder/disk" /run/disk
    mkdir -p /run/disk/pg
    mount --bind /run/disk/pg /var/lib/toast/pg
fi

# Only the units in this folder: those of the host's own services must not run once for each node.
units=/etc/systemd/system
bind systemd $units
for target in sysinit basic network-online multi-user shutdown; do
    printf '[Unit]\nDescription=%s\n' "$target" >"$root$units/$target.target"
done
mkdir -p "$root$units/service.d"
printf '[Service]\nStandardOutput=append:/var/log/toast/%%N.log\n' >"$root$units/service.d/log.conf"
if [ -e "$root/etc/toast/node.toml" ]; then inside /opt/toast/current/bin/toast-agent units --out $units; fi
for unit in "$root$units"/*.service; do
    if [ -e "$unit" ]; then inside systemctl --quiet enable "${unit##*/}"; fi
done

# Messages of systemd go to the boot log.
if [ -e "$root/dev/console" ]; then mount --bind "$folder/boot.log" "$root/dev/console"; fi
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
exec env -i "PATH=$PATH" LANG=C.UTF-8 container=toast-testbed SYSTEMD_UNIT_PATH=$units \
    unshare --cgroup /lib/systemd/systemd --unit=multi-user.target --log-target=console
