#!/bin/sh
# What ./dev package made, where it is meant to run. As root; ./dev lab packages calls it, after ./dev package.
#
#     test/lab/packages.sh [plain|systemd|lintian|jammy]... [bookworm|trixie|noble]...
#
# plain: without an init; apt-get fetches what the packages need, and then, without a network: install, enrol with a
# server of the server's package, run by the init script, upgrade, remove, purge. systemd: the same under a real one, and
# beside an agent that install.sh installed. The list of all files before and after is compared. lintian: that of
# bookworm and of trixie finds no error. jammy: the program of the tarball on Ubuntu 22.04.
# What was tried is printed, a line each; exits 0 when all of it went well.
set -eu
# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"
made=$tree/build/package
[ -f "$made/SHA256SUMS" ] || fail "make them first: ./dev package"

kinds='' releases=''
for word; do
    case $word in
    plain | systemd | lintian | jammy) kinds="$kinds $word" ;;
    bookworm | trixie | noble) releases="$releases $word" ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    esac
done

judge() {
    [ -f "$system/result" ] || fail "it never ran: $system.boot.log"
    sed "s/: /: $1: /" "$system/result"
    if grep -qv '^ok: ' "$system/result" || [ "$(tail -n 1 "$system/result")" != 'ok: end' ]; then
        cp "$system/log" "$system.log"
        tail -n 30 "$system.log" >&2
        fail "$1: not as it should be (the whole story: $system.log)"
    fi
}

# The packages, and the agent's once more with a higher version.
with_packages() {
    mkdir "$system/made"
    cp "$made"/trafikito-*.deb "$made"/trafikito-agent-*.tar.gz "$system/made/"
    for name in agent server; do
        next=$system/next-$name
        dpkg-deb -R "$system"/made/trafikito-"$name"_*.deb "$next"
        sed -i 's/^Version: .*/&+next/' "$next/DEBIAN/control"
        dpkg-deb --root-owner-group -Zgzip --build "$next" "$system/made/next-$name.deb" >/dev/null
        rm -r "$next"
    done
    sed "s/@MODE@/$1/" "$(dirname "$0")/inside/packages" >"$system/inside.sh"
    chmod 755 "$system/inside.sh"
}

# Whatever they need comes from the mirror, and only they go again.
fetch_needs() {
    in_system 'apt-get update -qq && apt-get install -y -qq /made/trafikito-agent_*.deb \
        /made/trafikito-server_*.deb && apt-get purge -y -qq trafikito-agent trafikito-server && apt-get clean' >"$system.apt.log" 2>&1 || {
        tail -n 20 "$system.apt.log" >&2
        fail "apt-get cannot install them (the whole story: $system.apt.log)"
    }
}

plain() {
    make_system "$1" "packages-$1" procps
    with_packages plain
    fetch_needs
    OFFLINE=1 in_system /inside.sh || true
    judge "$1, no init"
    remove_system
}

systemd() {
    make_system "$1" "packages-systemd-$1" systemd systemd-sysv dbus procps
    with_packages systemd
    fetch_needs
    cp "$system/inside.sh" "$lab/packages.inside"
    on_boot "$lab/packages.inside"
    boot_system 300
    judge "$1, systemd"
    remove_system
}

lintian() {
    make_system "$1" "packages-lintian-$1" lintian
    mkdir "$system/made"
    cp "$made"/*.deb "$system/made/"
    log=$lab/packages-lintian-$1.log
    in_system 'lintian --fail-on error --allow-root /made/*.deb 2>/dev/null || lintian --fail-on error /made/*.deb' >"$log" 2>&1 || {
        cat "$log" >&2
        fail "lintian of $1 finds errors"
    }
    echo "ok: lintian of $1: no error, $(grep -c '^W: ' "$log" || true) warnings"
    remove_system
}

# Ubuntu 22.04 has the oldest glibc that is meant. The server's package is of another release; it runs there, too.
jammy() {
    make_system jammy packages-jammy openssl ca-certificates libsqlite3-0 libpq5 libzstd1 libsodium23 procps
    mkdir "$system/made"
    cp "$made"/trafikito-agent-*.tar.gz "$made"/trafikito-server_*.deb "$system/made/"
    cat >"$system/inside.sh" <<'INSIDE'
#!/bin/sh
set -eu
cd /made
tar -xzf trafikito-agent-*.tar.gz
dpkg-deb -x trafikito-server_*.deb server
agent=$(echo /made/trafikito-agent-*-linux-*/trafikito-agent)
"$agent" --version
grep -q 22.04 /etc/os-release
server/usr/sbin/trafikito-server serve --data /srv/data --listen 127.0.0.1:8443 --port-file /srv/port --min-interval 0s &
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s /srv/port ] || sleep 1; done
"$agent" enroll --base-dir /srv/agent --api-url https://127.0.0.1:8443 --ca-file /srv/data/ca.pem --workspace-id default \
    --user-api-key-file /srv/data/user_api_key
"$agent" --config /srv/agent/etc/trafikito.cfg --once
server/usr/sbin/trafikito-server outputs --data /srv/data | grep -q trafikito_
kill $!
INSIDE
    chmod 755 "$system/inside.sh"
    OFFLINE=1 in_system /inside.sh >"$lab/packages-jammy.log" 2>&1 || {
        cat "$lab/packages-jammy.log" >&2
        fail "the tarball's program does not do on Ubuntu 22.04"
    }
    echo "ok: the tarball's program on Ubuntu 22.04"
    remove_system
}

for kind in ${kinds:-plain systemd lintian jammy}; do
    case $kind in
    jammy) jammy ;;
    lintian)
        for release in ${releases:-bookworm trixie}; do lintian "$release"; done
        ;;
    *) for release in ${releases:-bookworm trixie noble}; do "$kind" "$release"; done ;;
    esac
done
say "all of it went well"
