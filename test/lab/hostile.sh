#!/bin/sh
# Runs the hostile commands (hostile_commands.sh) through a real agent that talks to a real trafikito-server on loopback, as fast
# as cycles go, and counts what they come to: zombies, processes left behind, the agent's descriptors and its memory.
#
#     test/lab/hostile.sh foreground [--cycles=N] [--user=UID]
#     test/lab/hostile.sh pid1       [--cycles=N] --root=DIR
#     test/lab/hostile.sh systemd    [--cycles=N] --root=DIR
#
# foreground: as a program of this machine, as UID (numeric) when given; pid1: as PID 1 of a pid namespace without an init, in
# DIR; systemd: as a unit of a machine that systemd-nspawn boots from DIR. DIR is a debootstrapped bookworm with libssl3, perl and
# procps, for systemd also with systemd and dbus. DIR itself is not changed but for /opt/hostile and, for systemd, the unit. All
# but foreground take root. The programs are those of build/release (BIN=... for others); KEEP=1 keeps the logs. Exits 0 when, after N cycles (200), no
# zombie and no process is left, and descriptors and memory are those of the tenth cycle (memory: within 4 MiB).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=${BIN:-$here/../../build/release}

mode=${1:-} cycles=200 root='' user=''
[ $# -eq 0 ] || shift
for argument; do
    case $argument in
    --cycles=*) cycles=${argument#*=} ;;
    --root=*) root=${argument#*=} ;;
    --user=*) user=${argument#*=} ;;
    *) mode='' ;;
    esac
done
case $mode in
foreground) ;;
pid1 | systemd) [ -d "$root" ] || mode='' ;;
*) mode='' ;;
esac
[ -n "$mode" ] || {
    sed -n '2,14s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

work=$(mktemp -d /var/tmp/hostile.XXXXXX)
base=$work/base   # as this script sees it
inside=$base      # as the agent sees it
[ -z "$root" ] || inside=/opt/hostile
started='' run=''
agent() { [ -z "$run" ] || pgrep -fx "$run" | head -n 1; }
# shellcheck disable=SC2317 # called by the trap
finish() {
    for pid in $(agent) $started; do kill "$pid" 2>/dev/null || true; done # unshare(1) hears no TERM
    for pid in $started; do wait "$pid" 2>/dev/null || true; done
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# --- the server, and an installation that is enrolled with it --------------------------------------------------------------------

chmod 755 "$work"
"$bin/trafikito-server" serve --data "$work/data" --listen 127.0.0.1:0 --min-interval 0 --port-file "$work/port" \
    >"$work/server.log" 2>&1 &
started=$!
until [ -s "$work/port" ]; do sleep 0.05; done
url=https://127.0.0.1:$(head -n 1 "$work/port")
"$bin/trafikito-agent" enroll --api-url "$url" --user-api-key-file "$work/data/user_api_key" --workspace-id default \
    --server-name hostile --base-dir "$work/enrolled" --ca-file "$work/data/ca.pem" >"$work/enroll.log" 2>&1 || {
    cat "$work/enroll.log" >&2
    exit 1
}
mkdir -p "$base/etc" "$base/var"
: >"$base/var/agent.log"
{
    grep -E '^(export )?(server_id|api_key|SERVER_ID|API_KEY) *=' "$work/enrolled/etc/trafikito.cfg"
    cat <<CONFIG
api_url = $url
base_dir = $inside
ca_file = etc/ca.pem
log_file = var/agent.log
random_number = 0
interval = 1s
command_timeout = 400ms
kill_grace = 100ms
max_parallel = 60
max_output = 64KiB
max_report = 1MiB
log_level = ${LOG_LEVEL:-info}
CONFIG
} >"$base/etc/trafikito.cfg"
cp "$work/data/ca.pem" "$base/etc/"
cp "$bin/trafikito-agent" "$bin/test/exec_tricks" "$base/"
mv "$base/exec_tricks" "$base/tricks"
cp "$here/hostile_commands.sh" "$base/available_commands.sh"
[ -z "${MORE_COMMANDS:-}" ] || cat "$MORE_COMMANDS" >>"$base/available_commands.sh"
chmod 600 "$base/etc/trafikito.cfg"
chmod 644 "$base/available_commands.sh"
[ -z "$user" ] || chown -R "$user:$user" "$base"

# --- the agent -------------------------------------------------------------------------------------------------------------------

run="$inside/trafikito-agent --config $inside/etc/trafikito.cfg"
case $mode in
foreground)
    # shellcheck disable=SC2086 # words
    ${user:+setpriv --reuid=$user --regid=$user --clear-groups --} $run >"$work/agent.out" 2>&1 &
    ;;
pid1)
    mkdir -p "$root/opt/hostile"
    # shellcheck disable=SC2016,SC2086 # for the inner shell; words
    unshare -mpf --kill-child sh -c '
        root=$1 base=$2
        shift 2
        mount --bind "$base" "$root/opt/hostile" && mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" &&
            exec chroot "$root" "$@"' sh "$root" "$base" $run >"$work/agent.out" 2>&1 &
    ;;
systemd)
    mkdir -p "$root/opt/hostile" "$root/etc/systemd/system/multi-user.target.wants"
    unit=$root/etc/systemd/system/trafikito-agent.service
    sed -e 's,@SBINDIR@/trafikito-agent,/opt/hostile/trafikito-agent,' -e 's,/opt/trafikito/,/opt/hostile/,g' \
        -e '/network-online/d' "$here/../../deploy/systemd/trafikito-agent.service.in" >"$unit"
    ln -sf ../trafikito-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
    systemd-nspawn -q -D "$root" --volatile=overlay --register=no --keep-unit --bind="$base:/opt/hostile" \
        -b systemd.show_status=0 </dev/null >"$work/agent.out" 2>&1 &
    ;;
esac
started="$started $!"

# --- what it comes to ------------------------------------------------------------------------------------------------------------

# Processes with our base directory in their environment are commands, or what they left.
commands() {
    for process in /proc/[0-9]*; do
        if tr '\0' '\n' <"$process/environ" 2>/dev/null | grep -qx "BASEDIR=$inside" &&
            tr '\0' '\n' <"$process/environ" 2>/dev/null | grep -qx LC_ALL=C.UTF-8; then
            echo "${process#/proc/}"
        fi
    done 2>/dev/null
}
zombies_of() { ps --ppid "$1" -o stat= | awk "/^Z/ { n++ } END { print n + 0 }"; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
peak() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }
# The fewest of more than a second: a cycle that runs meanwhile has some more.
descriptors() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
        find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l
        sleep 0.1
    done | sort -n | head -n 1
}
accepted() { grep -c 'report accepted' "$base/var/agent.log" || true; }
wait_for_cycles() {
    while [ "$(accepted)" -lt "$1" ]; do
        if [ -z "$(agent)" ] && [ -s "$base/var/agent.log" ]; then
            echo "the agent is gone" >&2
            tail -n 5 "$base/var/agent.log" "$work/agent.out" >&2
            exit 1
        fi
        sleep 0.5
    done
}
server_id=$(sed -n 's/^.*server_id *= *"\{0,1\}\([^"]*\).*$/\1/ip' "$base/etc/trafikito.cfg" | head -n 1)
# Between cycles: one that runs nothing has just ended.
calm() {
    "$bin/trafikito-server" order --data "$work/data" "$server_id" --none >/dev/null
    wait_for_cycles $(($(accepted) + 3))
    sleep 0.3
}
storm() { "$bin/trafikito-server" order --data "$work/data" "$server_id" --all >/dev/null; }
measure() {
    pid=$(agent)
    echo "$1: pid $pid, resident $(resident "$pid") KiB (peak $(peak "$pid") KiB), $(descriptors "$pid") descriptors," \
        "$(zombies_of "$pid") zombies, $(commands | wc -l) left behind"
}

begun=$(date +%s)
wait_for_cycles 10
calm
measure 'after 10 cycles'
resident_before=$(resident "$pid") descriptors_before=$(descriptors "$pid") pid_before=$pid
storm
wait_for_cycles $((cycles + 3))
calm
measure "after $(accepted) cycles in $(($(date +%s) - begun)) s"
grep 'report accepted' "$base/var/agent.log" | sed -n '10p;$p'
grep -vE 'report accepted|skipped' "$base/var/agent.log" | sort | uniq -c | sort -rn | head -n 10 || true
skipped=$(grep -c skipped "$base/var/agent.log" || true)
echo "cycles skipped while one ran: $skipped"

failed=0
complain() {
    echo "WRONG: $*"
    failed=1
}
[ "$pid" = "$pid_before" ] || complain "the agent was started anew"
[ "$(zombies_of "$pid")" = 0 ] || complain "zombies"
left=$(commands)
if [ -n "$left" ]; then
    complain "left behind:"
    for one in $left; do ps -o pid=,ppid=,stat=,args= -p "$one"; done
fi
[ "$(descriptors "$pid")" -le "$descriptors_before" ] || complain "more descriptors than before"
[ "$(resident "$pid")" -le $((resident_before + 4096)) ] || complain "more memory than before"
exit $failed
