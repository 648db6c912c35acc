#!/bin/sh
# The images of deploy/docker, built by buildah and run by podman as a platform would; and the compose file, carried out
# by docker-compose. As root; ./dev lab calls it, with the programs built.
#
#     test/lab/container.sh [--compile] [CASE...]
#
# The images are made from a Debian 12 of debootstrap's smallest variant, with the programs of build/release;
# --compile compiles them in the builder's stage instead, which takes a quarter of an hour.
# Cases: sizes alone init nothing mounted node enrol tokens health stop secrets server manifests compose; default: all.
# What it makes is below build/lab (LAB_DIR=...) and in namespaces of its own, and goes when all is over. Exits 0 when all
# went well.
set -eu
# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"
# shellcheck source=test/lab/container_cases.sh
. "$(dirname "$0")/container_cases.sh"
all_cases='sizes alone init nothing mounted node enrol tokens health stop secrets server manifests compose'
place=$lab/container
base=localhost/base:bookworm
secrets=$place/secrets

for program in podman buildah; do
    command -v "$program" >/dev/null || fail "it takes $program (package $program)"
done

# --- outside: images, and a place to run them ---------------------------------------------------------

# podman in namespaces of its own: what it mounts and starts goes with them. $1: with a network or without.
in_podman() {
    network=$1
    shift
    unshare -m -p -f --kill-child --mount-proc ${network:+-n} "$0" --inside "$@" &
    running=$!
    result=0
    wait "$running" || result=$?
    running=''
    return "$result"
}

write_settings() {
    mkdir -p "$place"
    cat >"$place/containers.conf" <<'CONF'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
    cat >"$place/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$place/images"
runroot = "/run/containers"
CONF
}

remove_place() {
    # A mount could only be left of a run that was killed.
    rm -rf --one-file-system "$place"
}

outside() {
    trap 'code=$?; remove_place; (exit "$code"); finish' EXIT
    compile=''
    if [ "${1:-}" = --compile ]; then
        compile=yes
        shift
    elif [ ! -x "$tree/build/release/trafikito-agent" ] || [ ! -x "$tree/build/release/trafikito-server" ]; then
        fail "build them first: ./dev build"
    fi
    # shellcheck disable=SC2086 # a list
    [ $# -gt 0 ] || set -- $all_cases
    for case in "$@"; do
        case " $all_cases " in *" $case "*) ;; *) fail "there is no case $case, but: $all_cases" ;; esac
    done
    remove_place
    write_settings
    mkdir -p "$place/programs"
    for program in trafikito-agent trafikito-server; do
        [ -n "$compile" ] || strip -o "$place/programs/$program" "$tree/build/release/$program"
    done
    make_system bookworm container.base
    in_podman '' build "$compile"
    remove_system
    case " $* " in *' compose '*) make_system trixie container.compose docker-compose ;; esac
    in_podman offline cases "$@"
    case " $* " in *' manifests '*) check_manifests ;; esac
    say "all of it went well"
}

check_manifests() {
    command -v npm >/dev/null || { say "manifests: not checked, there is no npm here"; return; }
    mkdir -p "$place/manifests"
    (cd "$place/manifests" && npm install --silent --no-audit --no-fund kubernetes-models@4 @kubernetes/client-node@1 js-yaml@4) >&2 ||
        fail "npm could not install Kubernetes' schemas"
    node "$tree/test/lab/manifests.mjs" "$place/manifests/node_modules" "$tree"/deploy/kubernetes/*.yaml >&2 ||
        fail "Kubernetes would not take deploy/kubernetes"
    ok "manifests"
}

# --- inside -------------------------------------------------------------------------------------------

ok() { echo "ok: $*" >&2; }

inside() {
    trap - EXIT
    umount /sys/fs/cgroup/unified 2>/dev/null || true # else podman takes cgroups for those of version 1 and 2 at once
    # What podman keeps in /run and its locks are apart from those of this machine's own; who resolves names is not.
    mkdir -p "$place/outer-run"
    mount --bind /run "$place/outer-run"
    mount -t tmpfs -o mode=755 run /run
    if [ -d "$place/outer-run/systemd/resolve" ]; then
        mkdir -p /run/systemd/resolve
        mount --bind "$place/outer-run/systemd/resolve" /run/systemd/resolve
    fi
    umount -l "$place/outer-run"
    mount -t tmpfs shm /dev/shm
    export CONTAINERS_CONF="$place/containers.conf" CONTAINERS_STORAGE_CONF="$place/storage.conf"
    what=$1
    shift
    "$what" "$@"
}

build() {
    say "the images"
    tar -C "$lab/container.base" --one-file-system --exclude=./var/cache/apt/archives/*.deb --exclude=./var/lib/apt/lists/* -c . |
        podman import -q - "$base" >/dev/null
    for target in server agent agent-tools; do
        if [ -n "$1" ]; then set -- "$1"; else set -- '' --build-context "programs=$place/programs"; fi
        compiled=$1
        shift
        buildah bud --isolation chroot --format docker --layers "$@" --build-arg BASE="$base" \
            --build-arg COMMIT="$(git -C "$tree" rev-parse HEAD 2>/dev/null || true)" \
            -f "$tree/deploy/docker/Dockerfile" --target "$target" -t "localhost/trafikito-$target" "$tree" >"$lab/container.$target.log" 2>&1 || {
            tail -n 20 "$lab/container.$target.log" >&2
            fail "the image $target could not be built (the whole story: $lab/container.$target.log)"
        }
        set -- "$compiled"
    done
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
else
    outside "$@"
fi
