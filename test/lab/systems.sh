# What the labs share: systems that are made, entered or booted, and removed again; sourced by
# scripts that stand beside it.
#
#     make_system RELEASE NAME [PACKAGE...]  $system is one of debootstrap's smallest variant, and has those packages
#     in_system COMMAND                      on $system as on a machine of its own; OFFLINE=1: without a network
#     boot_system SECONDS                    boots $system with systemd, without a network, until it powers itself off
#     remove_system
#
# Each system is a directory below build/lab (LAB_DIR=...). Packages come from apt's own mirror, Ubuntu's from `ubuntu`
# beside its `debian`; DEBIAN_MIRROR=... and UBUNTU_MIRROR=... say otherwise. LAB_BASES=DIR copies DIR/RELEASE instead of
# making it, KEEP=1 keeps the systems.
# shellcheck shell=sh

tree=$(cd "$(dirname "$0")/../.." && pwd)
lab=${LAB_DIR:-$tree/build/lab}

say() { echo "==> $*" >&2; }
fail() {
    echo "test/lab/${0##*/}: error: $*" >&2
    exit 1
}
[ "$(id -u)" = 0 ] || fail "it makes whole systems and enters them: that takes root"

# $programs: where those are that a lab tries.
find_programs() {
    programs=$tree/build/release
    if [ ! -x "$programs/trafikito-agent" ] || [ ! -x "$programs/trafikito-server" ]; then
        fail "build them first: ./dev build"
    fi
}

running='' system=''
# shellcheck disable=SC2317 # called by the trap
finish() {
    code=$?
    trap - EXIT
    # With its first process everything goes that runs in there, and with the last one the mounts.
    [ -z "$running" ] || { kill -KILL "$running" 2>/dev/null && wait "$running" 2>/dev/null; } || true
    remove_groups
    remove_system
    exit "$code"
}
remove_system() {
    [ -z "$system" ] || [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$system"
    system=''
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# Of all that apt knows of here, the Debian or Ubuntu itself.
own_mirror() {
    # shellcheck disable=SC2016 # apt's variable
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Origin: $1" 2>/dev/null |
        grep -v security | head -n 1 | sed 's,/*$,,'
}

mirror_of() {
    case $1 in
    noble | jammy) mirror=${UBUNTU_MIRROR:-$(own_mirror Ubuntu)} other=$(own_mirror Debian) name=ubuntu ;;
    *) mirror=${DEBIAN_MIRROR:-$(own_mirror Debian)} other=$(own_mirror Ubuntu) name=debian ;;
    esac
    [ -n "$mirror" ] || mirror=${other:+${other%/*}/$name}
    [ -n "$mirror" ] || fail "apt names no mirror here: give one, DEBIAN_MIRROR=URL or UBUNTU_MIRROR=URL"
    echo "$mirror"
}

# How this machine reaches a mirror, the new one must, too.
apt_settings() { apt-config dump --no-empty | grep -E '^Acquire::(.*Proxy|Check-Valid-Until|Check-Date)' || true; }

make_system() {
    release=$1 system=$lab/$2
    shift 2
    mirror=$(mirror_of "$release")
    say "$release: a fresh system"
    mkdir -p "$lab"
    rm -rf --one-file-system "$system"
    if [ -n "${LAB_BASES:-}" ]; then
        # Of that file system only: somebody may be in there, with /proc and more mounted.
        cp -a --one-file-system --reflink=auto "$LAB_BASES/$release" "$system"
    else
        run_debootstrap "$release"
    fi
    components=main
    case $release in noble | jammy) components='main universe' ;; esac
    echo "deb $mirror $release $components" >"$system/etc/apt/sources.list"
    apt_settings >"$system/etc/apt/apt.conf.d/99lab"
    rm -rf "$system"/var/lib/apt/lists/*
    cp /etc/resolv.conf "$system/etc/resolv.conf"
    echo "fresh-$release" >"$system/etc/hostname"
    printf '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 fresh-%s\n' "$release" >"$system/etc/hosts"
    [ $# -eq 0 ] || install_packages "$@"
}

install_packages() {
    in_system "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $*" \
        >"$system.packages.log" 2>&1 || {
        tail -n 5 "$system.packages.log" >&2
        fail "packages could not be installed: $* (the whole story: $system.packages.log)"
    }
}

run_debootstrap() {
    log=$lab/$1.debootstrap.log
    # debootstrap may be older than the release; each of them is made as its ancestors were.
    script=''
    [ -e "/usr/share/debootstrap/scripts/$1" ] || script=sid
    case $1 in noble | jammy) script=gutsy ;; esac
    checked='' keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    case $1 in noble | jammy) keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg ;; esac
    if [ -e "$keyring" ]; then
        # shellcheck disable=SC2086 # a script or none
        debootstrap --keyring="$keyring" --variant=minbase "$1" "$system" "$mirror" $script >"$log" 2>&1 && checked=yes
    fi
    [ -z "$checked" ] || return 0
    if [ -e "$keyring" ] && ! grep -qiE 'signature|signed|keyring' "$log"; then
        tail -n 5 "$log" >&2
        fail "debootstrap could not make $1 (the whole story: $log)"
    fi
    say "$1: this machine has no key of that release: its packages are taken unchecked"
    rm -rf --one-file-system "$system"
    # shellcheck disable=SC2086 # a script or none
    debootstrap --no-check-gpg --variant=minbase "$1" "$system" "$mirror" $script >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "debootstrap could not make $1 (the whole story: $log)"
    }
}
# in_system COMMAND: on $system as on a machine of its own; OFFLINE=1: without a network
in_system() {
    # shellcheck disable=SC2016 # for the inner shell
    unshare -m -p -u -i ${OFFLINE:+-n} -f --kill-child sh -euc '
        system=$1 command=$2
        mount --make-rprivate /
        mount --bind "$system" "$system" # who makes namespaces in there wants a / that is a mount
        [ -z "$3" ] || ip link set lo up 2>/dev/null || true
        hostname "$(cat "$system/etc/hostname")"
        mount -t proc proc "$system/proc"
        mount -t sysfs -o ro sysfs "$system/sys"
        mount -t tmpfs -o mode=755 dev "$system/dev"
        mkdir "$system/dev/pts" "$system/dev/shm"
        for name in null zero full random urandom tty; do
            : >"$system/dev/$name"
            mount --bind "/dev/$name" "$system/dev/$name"
        done
        mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$system/dev/pts"
        mount -t tmpfs -o mode=1777 shm "$system/dev/shm"
        ln -s pts/ptmx "$system/dev/ptmx"
        ln -s /proc/self/fd "$system/dev/fd"
        for name in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${name#*:}" "$system/dev/${name%:*}"; done
        # This shell stays: as process 1 it waits for whatever loses its parent.
        chroot "$system" /usr/bin/env -i --default-signal=INT HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            /bin/sh -c "cd /root && $command"
        exit $?' sh "$system" "$1" "${OFFLINE:-}" </dev/null &
    running=$!
    result=0
    wait "$running" || result=$?
    running=''
    return "$result"
}

# boot_system SECONDS: what happens in there is up to its units; one of them powers it off.
boot_system() {
    command -v systemd-nspawn >/dev/null || fail "it takes systemd-nspawn (package systemd-container)"
    rm -f "$system/log"
    make_groups
    # shellcheck disable=SC2016 # for the inner shell
    timeout "$1" sh -c 'for group in $1; do echo $$ >"$group/cgroup.procs"; done; shift && exec "$@"' sh "$groups" \
        systemd-nspawn -q -D "$system" --private-network --register=no --keep-unit -b systemd.show_status=0 \
        </dev/null >"$system.boot.log" 2>&1 &
    running=$!
    wait "$running" || true
    running=''
    remove_groups
}

# systemd-nspawn makes the groups of what it boots below the one that it is started in. Two that share that would share
# their units' groups, and one's stop would end the other's.
make_groups() {
    groups=''
    for group in "/sys/fs/cgroup/unified$(sed -n 's/^0:://p' /proc/self/cgroup)" \
        "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)" \
        "/sys/fs/cgroup/systemd$(sed -n 's/^[0-9]*:name=systemd://p' /proc/self/cgroup)"; do
        group=${group%/}/trafikito-lab-$$
        if [ -e "${group%/*}/cgroup.procs" ] && mkdir "$group" 2>/dev/null; then groups="$groups $group"; fi
    done
}
remove_groups() {
    for group in ${groups:-}; do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    groups=''
}

# on_boot SCRIPT: what $system runs when it is up; then it powers itself off. Its output goes to /log.
on_boot() {
    cat >"$system/etc/systemd/system/inside.service" <<'UNIT'
[Unit]
After=dbus.socket
[Service]
Type=oneshot
ExecStart=/inside.sh
StandardOutput=append:/log
StandardError=inherit
ExecStopPost=/usr/bin/systemctl poweroff --no-block
UNIT
    mkdir -p "$system/etc/systemd/system/multi-user.target.wants"
    ln -sf ../inside.service "$system/etc/systemd/system/multi-user.target.wants/inside.service"
    cp "$1" "$system/inside.sh"
    chmod 755 "$system/inside.sh"
}
