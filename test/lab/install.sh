#!/bin/sh
# The installer on machines of its own, as root. ./dev lab install calls it, with the programs built.
#
#     test/lab/install.sh [systemd|sysv|openrc|none]... [bookworm|trixie]...
#
# On each: the line of `trafikito-server enroll-command`, by curl and by wget, and a report within a minute; upgrade,
# controller, uninstall with nothing left over; the installer killed at each of its steps; a shell agent's installation
# taken over, and returned to. systemd: booted by systemd-nspawn, bookworm and trixie; sysv, openrc and none: in a chroot
# of bookworm. STRIDE=N kills at each N-th step only. What was tried is printed, a line each; exits 0 when all of it went well.
set -eu
# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"
find_programs

kinds='' releases=''
for word; do
    case $word in
    systemd | sysv | openrc | none) kinds="$kinds $word" ;;
    bookworm | trixie) releases="$releases $word" ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    esac
done

# What a server hands out, beside the server.
with_archive() {
    install -m 755 "$programs/trafikito-server" "$system/usr/sbin/"
    name=trafikito-agent-0-linux-$(uname -m)
    mkdir -p "$system/lab/$name/share" "$system/lab/agent-files"
    cp "$tree"/deploy/install/* "$programs/trafikito-agent" "$system/lab/$name/"
    cp -R "$tree/deploy/systemd" "$tree/deploy/sysv" "$tree/deploy/openrc" "$system/lab/$name/share/"
    tar -C "$system/lab" -czf "$system/lab/agent-files/$name.tar.gz" "$name"
    cp "$tree/deploy/install/install.sh" "$system/lab/agent-files/"
    mv "$system/lab/$name" "$system/lab/archive"
    cp -R "$system/lab/archive" "$system/lab/interrupted"
    install -m 755 "$tree/test/deploy/interrupt_install.sh" "$tree/test/lab/inside/install_shell_agent" "$system/lab/"
    echo "${STRIDE:-1}" >"$system/lab/stride"
    host=$(cat "$system/etc/hostname")
    printf '127.0.0.1 localhost\n127.0.1.1 %s.example %s\n' "$host" "$host" >"$system/etc/hosts"
}

judge() {
    [ -f "$system/result" ] || fail "it never ran: $system.boot.log"
    cat "$system/result"
    if grep -qv '^ok: ' "$system/result" || [ "$(tail -n 1 "$system/result")" != 'ok: end' ]; then
        cp "$system/log" "$system.log" 2>/dev/null || true
        fail "$1 is not as it should be (the whole story: $system.log)"
    fi
}

packages='procps openssl libsqlite3-0 libpq5 libzstd1 libsodium23 curl wget cron'

for kind in ${kinds:-systemd sysv openrc none}; do
    case $kind in
    systemd)
        for release in ${releases:-bookworm trixie}; do
            # shellcheck disable=SC2086 # a list
            make_system "$release" "install-$release" systemd systemd-sysv dbus $packages
            with_archive
            on_boot "$tree/test/lab/inside/install"
            boot_system 1200
            judge "systemd of $release"
            remove_system
        done
        ;;
    *)
        case $kind in
        sysv) init='sysvinit-core' ;;
        openrc) init='sysvinit-core openrc' ;;
        none) init='' ;;
        esac
        # shellcheck disable=SC2086 # a list
        make_system bookworm "install-$kind" iproute2 $packages $init
        with_archive
        [ "$kind" != none ] || rm -f "$system/usr/sbin/update-rc.d"
        install -m 755 "$tree/test/lab/inside/install" "$system/inside.sh"
        OFFLINE=1 in_system "/inside.sh $kind >/log 2>&1" || true
        judge "$kind"
        remove_system
        ;;
    esac
done
say "all of it went well"
