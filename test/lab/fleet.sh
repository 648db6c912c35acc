#!/bin/sh
# What deploy/fleet has for many machines, tried against a fresh one: the Ansible role and the cloud-init file. As root;
# ./dev lab fleet calls it, with the programs built.
#
#     test/lab/fleet.sh
#
# Boots a bookworm with systemd twice: with ansible-core and the role, then with cloud-init and a NoCloud seed. The server is
# on its loopback. What was tried is printed, a line each; exits 0 when all of it went well.
set -eu
# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"
find_programs

# What a server hands out, as ./dev package makes it.
make_agent_files() {
    version=$("$programs/trafikito-agent" --version | sed -n '1s/^[^ ]* \([^ ]*\).*/\1/p')
    files=$system/usr/share/trafikito-server/agent-files
    name=trafikito-agent-$version-linux-$(uname -m)
    mkdir -p "$files/$name/share"
    cp "$tree"/deploy/install/* "$programs/trafikito-agent" "$files/$name/"
    for kind in systemd sysv openrc examples completions; do cp -r "$tree/deploy/$kind" "$files/$name/share/"; done
    mkdir "$files/$name/share/man" && cp "$programs"/*.[58] "$files/$name/share/man/"
    cp "$tree/deploy/install/install.sh" "$files/"
    tar -C "$files" --owner=0 --group=0 -czf "$files/$name.tar.gz" "$name"
    rm -rf "${files:?}/$name"
}

boot() {
    rm -f "$system/result"
    boot_system 400
    [ -f "$system/result" ] || fail "it never ran: $system.boot.log"
    cat "$system/result"
    if grep -qv '^ok: ' "$system/result" || [ "$(tail -n 1 "$system/result")" != 'ok: end' ]; then
        cp "$system/log" "$system.log"
        fail "that is not as it should be (the whole story: $system.log)"
    fi
}

make_system bookworm fleet systemd systemd-sysv dbus procps openssl libsqlite3-0 libpq5 libzstd1 libsodium23 iproute2 curl lsof net-tools hostname \
    ansible-core cloud-init netbase
install -m 755 "$programs/trafikito-server" "$system/usr/sbin/"
make_agent_files
sed 's,@PROGRAM@,/usr/sbin/trafikito-server,' "$tree/deploy/systemd/trafikito-server.service.in" \
    >"$system/etc/systemd/system/trafikito-server.service"
echo 'TRAFIKITO_SERVER_OPTIONS="--listen 127.0.0.1:8443 --min-interval 0s"' >"$system/etc/default/trafikito-server"
mkdir -p "$system/etc/systemd/system/multi-user.target.wants"
ln -s ../trafikito-server.service "$system/etc/systemd/system/multi-user.target.wants/"
ln -s /dev/null "$system/etc/systemd/system/console-getty.service"
cp -r "$tree/deploy/fleet" "$system/fleet"
echo 'datasource_list: [NoCloud]' >"$system/etc/cloud/cloud.cfg.d/99-lab.cfg"
touch "$system/etc/cloud/cloud-init.disabled"
on_boot "$tree/test/lab/inside/fleet"
# cloud-init's last step waits for multi-user.target, which would wait for us.
mkdir "$system/etc/systemd/system/inside.service.d"
printf '[Unit]\nDefaultDependencies=no\nAfter=basic.target network.target\n' >"$system/etc/systemd/system/inside.service.d/lab.conf"
say "Ansible"
boot
say "cloud-init"
boot
say "all of it went well"
