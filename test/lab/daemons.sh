#!/bin/sh
# What a `daemon=yes` command leaves under a real systemd: it outlives restart, kill -9, the watchdog and stop of the
# agent's unit, and what any other command leaves does not. As root; ./dev lab calls it, with the programs built.
#
#     test/lab/daemons.sh
#
# Boots a Debian 12 of debootstrap's smallest variant with systemd and dbus, as a container of systemd-nspawn without a
# network, once with the bus and once without (test/lab/systems.sh). Exits 0 when all went well.
set -eu
# shellcheck source=test/lab/systems.sh
. "$(dirname "$0")/systems.sh"
find_programs

prepare() {
    make_system bookworm daemons systemd systemd-sysv dbus procps openssl libsqlite3-0 libpq5 libzstd1 libsodium23
    cp "$programs/trafikito-agent" "$programs/trafikito-server" "$system/usr/sbin/"
    # The key stands in trafikito.cfg, and only root may ask systemd for a scope.
    sed -e 's,@PROGRAM@,/usr/sbin/trafikito-agent,; s,@CONFIG@,/opt/trafikito/etc/trafikito.cfg,' \
        -e 's,@VAR_DIR@,/opt/trafikito/var,; s,@USER@,root,; /@API_KEY_FILE@/d; s,^WatchdogSec=.*,WatchdogSec=3s,' \
        "$tree/deploy/systemd/trafikito-agent.service.in" >"$system/etc/systemd/system/trafikito-agent.service"
    mkdir "$system/etc/systemd/system/trafikito-agent.service.d"
    cp "$tree/deploy/systemd/trafikito-agent.service.d/as-root.conf" "$system/etc/systemd/system/trafikito-agent.service.d/"
    write_inside
    on_boot "$lab/daemons.inside"
}

# What runs in there. Its verdict is /result: one line for each thing that was tried.
write_inside() {
    cat >"$lab/daemons.inside" <<'INSIDE'
#!/bin/sh
set -u
: >/result
if [ -e /without-bus ]; then
    systemctl mask --now dbus.socket dbus.service
    rm -f /run/dbus/system_bus_socket
fi
wait_for() {
    tries=0
    until eval "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "never: $1" | tee -a /result; return 1; }
        sleep 0.1
    done
}
count() { pgrep -f -x -c "sleep $1"; }
expect() { # what happened
    wait_for '[ "$(count 77001)" = 2 ] && [ "$(count 77003)" = 1 ] && [ "$(count 77002)" = 0 ]' &&
        echo "ok: $1" >>/result
}
rm -rf /srv/trafikito /srv/port /opt/trafikito /run/systemd/system/trafikito-agent.service.d
trafikito-server serve --data /srv/trafikito --listen 127.0.0.1:8443 --port-file /srv/port --min-interval 0s &
wait_for '[ -s /srv/port ]'
cp /srv/trafikito/ca.pem /etc/trafikito-ca.pem
trafikito-agent enroll --api-url https://127.0.0.1:8443 --workspace-id default \
    --user-api-key-file /srv/trafikito/user_api_key --ca-file /etc/trafikito-ca.pem
cat >/opt/trafikito/available_commands.sh <<'LIST'
#: daemon=yes every=1h
trafikito_stay="setsid sh -c '(sleep 77001 &) ; exec sleep 77001' >/dev/null 2>&1 & sleep 0.2; echo ok"
trafikito_go="setsid sleep 77002 >/dev/null 2>&1 & echo ok"
#: daemon=yes every=1h user=nobody
trafikito_nobody="setsid sleep 77003 >/dev/null 2>&1 & echo ok"
LIST
printf 'interval = 2s\nrandom_number = 0\n' >>/opt/trafikito/etc/trafikito.cfg
id=$(sed -n 's/^server_id = //p' /opt/trafikito/etc/trafikito.cfg)
trafikito-server order --data /srv/trafikito "$id" stay go nobody
systemctl start trafikito-agent
wait_for 'journalctl -u trafikito-agent | grep -q "report accepted"'
expect started
# From now on nothing but the other command is run: what is there was left by the first agent.
trafikito-server order --data /srv/trafikito "$id" go
systemctl restart trafikito-agent && expect restart
pid() { systemctl show -p MainPID --value trafikito-agent; }
# Until it says that it is ready, nobody waits for its watchdog.
next_pid() { wait_for 'systemctl is-active -q trafikito-agent && [ "$(pid)" != "$before" ]'; }
sed -i 's/^RestartSec=.*/RestartSec=1s/' /etc/systemd/system/trafikito-agent.service
systemctl daemon-reload
before=$(pid)
systemctl kill -s KILL --kill-who=main trafikito-agent && next_pid && expect 'kill -9'
before=$(pid)
kill -STOP "$before" && next_pid && expect watchdog
systemctl stop trafikito-agent && expect stop
# Who may not ask systemd is told so.
chown -R nobody /opt/trafikito/var
export TRAFIKITO_RUN_AS=nobody
trafikito-agent check --config /opt/trafikito/etc/trafikito.cfg | grep 'trafikito_stay .*will not survive' &&
    echo 'ok: check' >>/result
mkdir -p /run/systemd/system/trafikito-agent.service.d
printf '[Service]\nEnvironment=TRAFIKITO_RUN_AS=nobody\n' >/run/systemd/system/trafikito-agent.service.d/nobody.conf
systemctl daemon-reload
trafikito-server order --data /srv/trafikito "$id" stay
systemctl start trafikito-agent
wait_for 'journalctl -u trafikito-agent | grep "what trafikito_stay leaves running ends"' && echo 'ok: log' >>/result
systemctl stop trafikito-agent
journalctl -u trafikito-agent --no-pager
systemctl list-units --type=scope --no-legend
INSIDE
}

boot() {
    rm -f "$system/result" "$system/log"
    boot_system 300
    [ -f "$system/result" ] || fail "it did not boot: $system.boot.log"
    cat "$system/result"
    if [ "$(cat "$system/result")" != "$(printf 'ok: %s\n' started restart 'kill -9' watchdog stop \
        check log)" ]; then
        cat "$system/log" >&2
        fail "$1: what should stay did not, or what should go did not"
    fi
}

prepare
say "with systemd's bus"
boot 'with the bus'
grep -q 'trafikito-daemon-trafikito_stay-[0-9]*.scope' "$system/log" || fail "systemd made no scope"
say "without it"
touch "$system/without-bus"
boot 'without the bus'
say "all of it went well"
