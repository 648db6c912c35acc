#!/bin/sh
# The units and init scripts of deploy/, with a real service manager. As root; ./dev lab units calls it, with the programs
# built.
#
#     test/lab/units.sh [systemd|sysv|openrc]... [bookworm|trixie]...
#
# systemd: boots bookworm and trixie: the agent as an ordinary user and as root, each default command compared with what
# it prints outside of the unit, watchdog, reload, what must not be tried for ever, the drop-ins, an instance, and the
# server's unit. sysv, openrc: the scripts in a bookworm that has them. What was tried is printed, a line each; exits 0
# when all of it went well.
set -eu
# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"
find_programs

kinds='' releases=''
for word; do
    case $word in
    systemd | sysv | openrc) kinds="$kinds $word" ;;
    bookworm | trixie) releases="$releases $word" ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    esac
done

# fill TEMPLATE PROGRAM FILE: as a package does
fill() {
    sed -e "s,@PROGRAM@,/usr/sbin/$2,g; s,@CONFIG@,/etc/trafikito/trafikito.cfg,g; s,@BASE_DIR@,/etc/trafikito,g" \
        -e "s,@VAR_DIR@,/var/lib/trafikito,g; s,@API_KEY_FILE@,/etc/trafikito/api_key,g; s,@USER@,trafikito,g" \
        "$tree/deploy/$1" >"$system$3"
}

with_programs() {
    install -m 755 "$programs/trafikito-agent" "$programs/trafikito-server" "$system/usr/sbin/"
    name=$(cat "$system/etc/hostname")
    printf '127.0.0.1 localhost\n127.0.1.1 %s.example %s\n' "$name" "$name" >"$system/etc/hosts"
    in_system 'useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin trafikito'
}

judge() {
    [ -f "$system/result" ] || fail "it never ran: $system.boot.log"
    cat "$system/result"
    if grep -qv '^ok: ' "$system/result" || [ "$(tail -n 1 "$system/result")" != 'ok: end' ]; then
        cp "$system/log" "$system.log"
        fail "$1 is not as it should be (the whole story: $system.log)"
    fi
}

with_systemd() {
    make_system "$1" "units-$1" systemd systemd-sysv dbus procps openssl libsqlite3-0 libpq5 libzstd1 libsodium23 lsof net-tools hostname sudo \
        iputils-ping iproute2
    with_programs
    for unit in trafikito-agent trafikito-agent@ trafikito-server; do
        fill "systemd/$unit.service.in" "${unit%@}" "/etc/systemd/system/$unit.service"
    done
    mkdir "$system/examples"
    cp "$tree"/deploy/systemd/trafikito-agent.service.d/*.conf "$system/examples/"
    echo 'TRAFIKITO_SERVER_OPTIONS="--listen 127.0.0.1:8443 --min-interval 0s"' >"$system/etc/default/trafikito-server"
    echo 'trafikito ALL=(root) NOPASSWD: /usr/bin/id -u' >"$system/etc/sudoers.d/trafikito"
    # It comes and goes without a terminal, and with it a mount that df shows.
    ln -s /dev/null "$system/etc/systemd/system/console-getty.service"
    on_boot "$tree/test/lab/inside/units_systemd"
    boot_system 400
    judge "systemd of $1"
    remove_system
}

with_init() { # sysv|openrc PACKAGE...
    kind=$1
    shift
    make_system bookworm "units-$kind" procps openssl libsqlite3-0 libpq5 libzstd1 libsodium23 iproute2 "$@"
    with_programs
    fill "$kind/trafikito-agent" trafikito-agent /etc/init.d/trafikito-agent
    chmod 755 "$system/etc/init.d/trafikito-agent"
    install -m 755 "$tree/test/lab/inside/units_init" "$system/inside.sh"
    OFFLINE=1 in_system "/inside.sh $kind" || true
    judge "$kind"
    remove_system
}

for release in ${releases:-bookworm trixie}; do
    case ${kinds:-systemd} in *systemd*) with_systemd "$release" ;; esac
done
case ${kinds:-sysv} in *sysv*) with_init sysv sysvinit-core sysv-rc ;; esac
case ${kinds:-openrc} in *openrc*) with_init openrc openrc ;; esac
say "all of it went well"
