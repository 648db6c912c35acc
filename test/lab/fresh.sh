#!/bin/sh
# What a newcomer meets, tried on systems that are made for it and removed again. As root; ./dev lab calls it.
#
#     test/lab/fresh.sh fresh    [bookworm|trixie|noble|sid]...    (default: bookworm trixie noble)
#     test/lab/fresh.sh troubles [bookworm|trixie|noble|sid]...    (default: bookworm)
#
# fresh: on a system of debootstrap's smallest variant, in a copy of this tree without .git and build/, types
# `./dev demo --once` and `./dev test`, then Ctrl-C into `./dev demo`, and looks at what that left behind.
# troubles: types `./dev demo --once` where it must fail, and reads what it says: without root and sudo, with a sudo
# that refuses, without a network, with packages that are not to be had or are in the way. Nothing is built.
#
# Each system is a directory below build/lab (LAB_DIR=...), entered in namespaces of its own. Packages come from apt's
# own mirror, Ubuntu's from `ubuntu` beside its `debian`; DEBIAN_MIRROR=... and UBUNTU_MIRROR=... say otherwise.
# LAB_BASES=DIR copies DIR/RELEASE instead of making it, KEEP=1 keeps the systems, LAB_CCACHE=DIR gives them a ccache
# to begin with (the times are not a newcomer's then). Exits 0 when all went well; logs stay in build/lab.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
lab=${LAB_DIR:-$tree/build/lab}

mode=${1:-}
[ $# -eq 0 ] || shift
case $mode in
fresh) [ $# -gt 0 ] || set -- bookworm trixie noble ;;
troubles) [ $# -gt 0 ] || set -- bookworm ;;
*) mode='' ;;
esac
for release; do
    case $release in
    bookworm | trixie | noble | sid) ;;
    *) mode='' ;;
    esac
done
[ -n "$mode" ] || {
    sed -n '2,16s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

say() { echo "==> $*" >&2; }
fail() {
    echo "test/lab/fresh.sh: error: $*" >&2
    exit 1
}
[ "$(id -u)" = 0 ] || fail "it makes whole systems and enters them: that takes root"

running='' system=''
# shellcheck disable=SC2317 # called by the trap
finish() {
    code=$?
    trap - EXIT
    # With its first process everything goes that runs in there, and with the last one the mounts.
    [ -z "$running" ] || { kill -KILL "$running" 2>/dev/null && wait "$running" 2>/dev/null; } || true
    remove_system
    exit "$code"
}
remove_system() { [ -z "$system" ] || [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$system"; }
trap finish EXIT
trap 'exit 130' INT TERM HUP

# --- a system ------------------------------------------------------------------------------------------------------

# Of all that apt knows of here, the Debian or Ubuntu itself.
own_mirror() {
    # shellcheck disable=SC2016 # apt's variable
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Origin: $1" 2>/dev/null |
        grep -v security | head -n 1 | sed 's,/*$,,'
}

mirror_of() {
    case $1 in
    noble) mirror=${UBUNTU_MIRROR:-$(own_mirror Ubuntu)} other=$(own_mirror Debian) name=ubuntu ;;
    *) mirror=${DEBIAN_MIRROR:-$(own_mirror Debian)} other=$(own_mirror Ubuntu) name=debian ;;
    esac
    [ -n "$mirror" ] || mirror=${other:+${other%/*}/$name}
    [ -n "$mirror" ] || fail "apt names no mirror here: give one, DEBIAN_MIRROR=URL or UBUNTU_MIRROR=URL"
    echo "$mirror"
}

# How this machine reaches a mirror, the new one must, too.
apt_settings() { apt-config dump --no-empty | grep -E '^Acquire::(.*Proxy|Check-Valid-Until|Check-Date)' || true; }

make_system() {
    system=$lab/$1
    mirror=$(mirror_of "$1")
    say "$1: a fresh system"
    mkdir -p "$lab"
    rm -rf --one-file-system "$system"
    if [ -n "${LAB_BASES:-}" ]; then
        # Of that file system only: somebody may be in there, with /proc and more mounted.
        cp -a --one-file-system --reflink=auto "$LAB_BASES/$1" "$system"
    else
        run_debootstrap "$1"
    fi
    components=main
    [ "$1" != noble ] || components='main universe'
    echo "deb $mirror $1 $components" >"$system/etc/apt/sources.list"
    apt_settings >"$system/etc/apt/apt.conf.d/99lab"
    rm -rf "$system"/var/lib/apt/lists/*
    cp /etc/resolv.conf "$system/etc/resolv.conf"
    echo "fresh-$1" >"$system/etc/hostname"
    printf '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 fresh-%s\n' "$1" >"$system/etc/hosts"
    mkdir "$system/root/trafikito"
    tar -C "$tree" --exclude=./build --exclude='./.git*' --exclude=./.cache -c . |
        tar -C "$system/root/trafikito" --no-same-owner -x
    [ -z "${LAB_CCACHE:-}" ] || { mkdir "$system/root/.cache" && cp -a "$LAB_CCACHE" "$system/root/.cache/ccache"; }
}

run_debootstrap() {
    log=$lab/$1.debootstrap.log
    # debootstrap may be older than the release; each of them is made as its ancestors were.
    script=''
    [ -e "/usr/share/debootstrap/scripts/$1" ] || script=sid
    [ "$1" != noble ] || script=gutsy
    checked='' keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ "$1" != noble ] || keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
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
            /bin/sh -c "cd /root/trafikito && $command"
        exit $?' sh "$system" "$1" "${OFFLINE:-}" </dev/null &
    running=$!
    result=0
    wait "$running" || result=$?
    running=''
    return "$result"
}

# --- what is looked at ------------------------------------------------------------------------------------------------

failed=0
report() {
    printf '%-10s %-44s %5s s   %s\n' "$release" "$1" "$2" "$3"
    case $3 in ok*) ;; *) failed=1 ;; esac
}

# step NAME COMMAND: must exit 0
step() {
    log=$lab/$release.$(echo "$1" | tr -cs 'A-Za-z\n' '-' | sed 's/^-//;s/-$//').log
    begun=$(date +%s)
    if in_system "$2" >"$log" 2>&1; then verdict=ok; else verdict="FAILED ($result): $log"; fi
    report "$1" "$(($(date +%s) - begun))" "$verdict"
    [ "$verdict" = ok ] || tail -n 15 "$log" >&2
}

try_fresh() {
    step './dev demo --once' './dev demo --once'
    step './dev test' './dev test'
    # shellcheck disable=SC2016 # for the inner shell
    step 'Ctrl-C into ./dev demo' '
        timeout --preserve-status -s INT 25 ./dev demo >build/demo.out 2>&1 || exit 1
        cat build/demo.out
        grep -q "the demo is over: [2-9] reports" build/demo.out || { echo "too few reports, or no farewell"; exit 1; }
        for process in /proc/[0-9]*/exe; do
            case $(readlink "$process") in */trafikito-*) echo "left running: $process"; exit 1 ;; esac
        done'
    # shellcheck disable=SC2016 # for the inner shell
    step 'what is left behind' '
        ls -d /etc/rc[2-5].d/S*nginx /etc/systemd/system/*/nginx.service /usr/sbin/policy-rc.d 2>/dev/null && { echo "that is left"; exit 1; }
        [ -x /usr/sbin/nginx ] || { echo "nginx was not installed"; exit 1; }
        left=$(find /root /home /tmp /var/tmp /opt /srv /usr/local -newer /root/.begun ! -type d |
            grep -v -e "^/root/trafikito/build/" -e "^/root/.cache/ccache/" -e /__pycache__/ || true)
        [ -z "$left" ] || { echo "written outside build/:"; echo "$left"; exit 1; }
        ./dev clean
        [ ! -e build ]'
}

# refused NAME PATTERN COMMAND: must exit 1 and say what matches
refused() {
    log=$lab/$release.$(echo "$1" | tr -cs 'A-Za-z\n' '-').log
    begun=$(date +%s) verdict=ok
    if in_system "$3" >"$log" 2>&1; then
        verdict="FAILED: exit 0"
    elif ! tr '\n' ' ' <"$log" | grep -qE "$2"; then
        verdict="FAILED: says nothing of '$2'"
    elif [ "$(wc -l <"$log")" -gt 20 ]; then
        verdict="FAILED: says too much"
    fi
    report "$1" "$(($(date +%s) - begun))" "$verdict"
    [ "$verdict" = ok ] || tail -n 15 "$log" >&2
}

try_troubles() {
    in_system 'useradd -m -s /bin/sh newcomer && cp -a . /home/newcomer/trafikito && chown -R newcomer: /home/newcomer' >/dev/null
    as_newcomer="su -l newcomer -c 'cd trafikito && ./dev demo --once'"
    OFFLINE=1 refused 'no network, no lists' 'list of packages could not be fetched: is there a network' './dev demo --once'
    refused 'no root, no sudo, no lists' 'only root.* newcomer, and there is no sudo.* apt-get update && apt-get install .*g\+\+.*lsof.*libboost' "$as_newcomer"
    step 'apt-get update' 'apt-get update -q'
    refused 'no root, no sudo' 'only root.* newcomer, and there is no sudo.*  apt-get install .*g\+\+.*lsof.*libboost' "$as_newcomer"
    step 'what root was told to type' "$(sed -n 's/^    \(apt-get install\)/\1 -s -q/p' "$log")"
    refused 'no root, no sudo, test' 'This starts nginx' "su -l newcomer -c 'cd trafikito && ./dev test'"
    OFFLINE=1 refused 'no network' 'packages could not be fetched: is there a network' './dev demo --once'
    step 'a sudo is installed' 'apt-get install -q -y --no-install-recommends sudo'
    refused 'a sudo that refuses' 'sudo wants a password or refuses.*  apt-get install ' "$as_newcomer"
    refused 'a directory that is not ours' 'newcomer cannot write to .*/build' \
        "chown root: /home/newcomer/trafikito/build && $as_newcomer"
    case $release in
    bookworm)
        step 'an older Boost is installed' 'apt-get install -q -y --no-install-recommends libboost-dev'
        refused 'an older Boost is in the way' 'in the way: libboost1.74-dev libboost-dev|in the way: libboost-dev libboost1.74-dev' './dev demo --once'
        ;;
    noble)
        step 'a system without universe' 'sed -i s/universe// /etc/apt/sources.list && apt-get update -q'
        refused 'no universe' 'no package of the name.*ninja-build.*universe' './dev demo --once'
        ;;
    esac
    step 'nothing was installed on the way' '! dpkg-query -W g++ 2>/dev/null && [ ! -e /usr/sbin/policy-rc.d ]'
}

for release; do
    make_system "$release"
    touch "$system/root/.begun"
    "try_$mode"
    remove_system
    system=''
done
[ "$failed" = 0 ] || fail "something failed; it stands above, and whole in $lab"
