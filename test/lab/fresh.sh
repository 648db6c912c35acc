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
# test/lab/systems.sh says where the systems come from and which variables change that; LAB_CCACHE=DIR gives them a ccache
# to begin with (the times are not a newcomer's then). Exits 0 when all went well; logs stay in build/lab.
set -eu

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
    sed -n '2,14s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"

# A fresh system with a copy of this tree, and what must not be older than what is left behind.
prepare() {
    make_system "$1" "$1"
    mkdir "$system/root/trafikito"
    tar -C "$tree" --exclude=./build --exclude='./.git*' --exclude=./.cache -c . |
        tar -C "$system/root/trafikito" --no-same-owner -x
    [ -z "${LAB_CCACHE:-}" ] || { mkdir "$system/root/.cache" && cp -a "$LAB_CCACHE" "$system/root/.cache/ccache"; }
    touch "$system/root/.begun"
}

in_tree() { in_system "cd trafikito && $1"; }

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
    if in_tree "$2" >"$log" 2>&1; then verdict=ok; else verdict="FAILED ($result): $log"; fi
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
    if in_tree "$3" >"$log" 2>&1; then
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
    in_tree 'useradd -m -s /bin/sh newcomer && cp -a . /home/newcomer/trafikito && chown -R newcomer: /home/newcomer' >/dev/null
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
    prepare "$release"
    "try_$mode"
    remove_system
done
[ "$failed" = 0 ] || fail "something failed; it stands above, and whole in $lab"
