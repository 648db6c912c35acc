#!/bin/sh
# Two processes of trafikito-server on one PostgreSQL behind a balancer of TCP, and three machines that report to them: one as
# the first shell agent did, one as the second (by curl, what PROTOCOL says of them), and one with ours. A process is killed,
# comes back, and the database is restarted meanwhile. As root, for PostgreSQL wants a user that is not; ./dev lab calls it,
# with the programs built.
#
#     test/lab/balancer.sh
#
# Needs curl, haproxy and postgresql. Everything is on loopback and below a directory that is removed afterwards (KEEP=1 keeps
# it). Exits 0 when each report that was accepted is found once, of ours each that was ever made, and no machine was given two
# orders within the interval, whichever process it asked.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=${BIN:-$here/../../build/release}

say() { echo "==> $*" >&2; }
fail() {
    echo "test/lab/balancer.sh: error: $*" >&2
    tail -n 5 "$work"/*.log >&2
    exit 1
}
work=$(mktemp -d /var/tmp/balancer.XXXXXX)
postgres=$(find /usr/lib/postgresql -path '*/bin/initdb' | sort -V | tail -n 1)
postgres=${postgres%/*}
[ -n "$postgres" ] || fail "it needs postgresql"

as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups env -C / "$@"; }
# shellcheck disable=SC2317 # called by the trap
finish() {
    code=$?
    trap - EXIT
    : >"$work/end"
    for file in "$work"/*.pid; do
        [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
    wait
    [ ! -d "$work/postgres/data" ] || as_postgres "$postgres/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null 2>&1 || true
    [ -n "${KEEP:-}" ] || rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

wait_for() { # what seconds condition
    tries=0
    until eval "$3"; do
        tries=$((tries + 1))
        [ $tries -lt $(($2 * 10)) ] || fail "never came: $1"
        sleep 0.1
    done
}

# --- the database, the two, and the balancer --------------------------------------------------------------------------------------

chmod 755 "$work"
install -d -o postgres -g postgres "$work/postgres"
as_postgres "$postgres/initdb" -D "$work/postgres/data" -A trust -U trafikito -E UTF8 >/dev/null
printf "unix_socket_directories = '%s'\nlisten_addresses = ''\n" "$work/postgres" >>"$work/postgres/data/postgresql.conf"
start_database() { as_postgres "$postgres/pg_ctl" -w -D "$work/postgres/data" -l "$work/postgres/log" start >/dev/null; }
start_database
export PGHOST="$work/postgres" PGUSER=trafikito
psql -q -d postgres -c 'CREATE DATABASE trafikito'
database="postgresql://trafikito@/trafikito?host=$work/postgres"

serve() { # name address
    rm -f "$work/$1.port"
    "$bin/trafikito-server" serve --data "$work/$1" --database "$database" --listen "127.0.0.1:$2" --min-interval 2s \
        --port-file "$work/$1.port" >>"$work/$1.log" 2>&1 &
    echo $! >"$work/$1.pid"
    wait_for "$1" 30 "[ -s '$work/$1.port' ]"
}
serve one 0
serve two 0

port_of() { head -n 1 "$work/$1.port"; }
port=8400
while port=$((port + 1)); ss -Htln | grep -q ":$port "; do :; done
cat >"$work/haproxy.cfg" <<CONFIG
defaults
    mode tcp
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    retries 3
    option redispatch
listen trafikito
    bind 127.0.0.1:$port
    balance roundrobin
    option httpchk GET /healthz
    default-server check check-ssl verify none inter 500ms
    server one 127.0.0.1:$(port_of one)
    server two 127.0.0.1:$(port_of two)
CONFIG
haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
echo $! >"$work/haproxy.pid"
url=https://127.0.0.1:$port ca=$work/one/ca.pem
wait_for 'the balancer' 30 "curl -fsS -o /dev/null --cacert '$ca' '$url/healthz' 2>/dev/null"

# --- the machines -----------------------------------------------------------------------------------------------------------------

for machine in v1 v2 ours; do
    "$bin/trafikito-agent" enroll --api-url "$url" --ca-file "$ca" --user-api-key-file "$work/two/user_api_key" \
        --workspace-id default --server-name "$machine" --base-dir "$work/agent-$machine" >"$work/enroll-$machine.log" 2>&1 ||
        fail "$machine could not be enrolled"
    "$bin/trafikito-server" order --database "$database" "$machine" sequence >/dev/null
done
value_of() { sed -n "s/^$2 = //p" "$work/agent-$1/etc/trafikito.cfg"; }

post() { curl -sS --max-time 30 --cacert "$ca" "$@" 2>>"$work/curl.log" || true; }
report() { # number
    printf '\n*-*-*-*------------ Trafikito command: trafikito_sequence\n%s\n*-*-*-*------------ Available commands:\n' "$1"
    # shellcheck disable=SC2016 # as it stands in the list
    printf 'trafikito_sequence="cat sequence"\n\n'
}

ask_v1() {
    post -H "Authorization: $key" --data-urlencode "serverId=$id" -d agentVersion=14 -d os=debian -d osCodename=bookworm \
        -d osRelease=12 -d centosFlavor=centos "$url/v1/agent/get"
}
send_v1() {
    code=$(post -o /dev/null -w '%{http_code}' -H "Authorization: $key" -F "output=@$work/v1.report;type=text/plain" \
        "$url/v1/agent/output?callToken=${order%%,*}")
    case $code in 2??) return 0 ;; *) return 1 ;; esac
}
ask_v2() {
    post -H 'Content-Type: application/json' -d "{ \"serverId\": \"$id\", \"serverApiKey\": \"$key\", \"previous\": \"\" }" \
        "$url/v2/agent/get_config"
}
send_v2() {
    [ "$(post -F "output=@$work/v2.report;filename=trafikito.tmp;type=application/octet-stream" -F timeTookLastTime=0 \
        -F "serverId=$id" -F "serverApiKey=$key" "$url/v2/agent/save_output")" = OK ]
}

# What was accepted is written down once the answer is there. Each time it asks twice, of two processes as a rule; while the
# database is away each gives orders from its own memory, and they cannot know of each other's.
shell_agent() { # v1|v2
    machine=$1 id=$(value_of "$1" server_id) key=$(value_of "$1" api_key) number=0
    while [ ! -e "$work/end" ]; do
        order=$("ask_$machine")
        case $order in
        '' | *'"error"'*)
            sleep 0.2
            continue
            ;;
        esac
        case $("ask_$machine") in
        *ANOTHER_REQUEST_IN_PROGRESS* | *SEND_DATA_ONCE_PER_MINUTE*) echo "$order" >>"$work/$machine.once" ;;
        '' | *'"error"'*) ;;
        *) [ -e "$work/away" ] || echo "$(date +%T) $order" >>"$work/$machine.twice" ;;
        esac
        number=$((number + 1))
        report $number >"$work/$machine.report"
        if "send_$machine"; then echo $number >>"$work/$machine.accepted"; fi
    done
}
for machine in v1 v2 ours; do : >"$work/$machine.accepted"; done
for machine in v1 v2; do
    shell_agent $machine &
    echo $! >"$work/$machine.pid"
done

# Ours counts what it ever ran, and whether it was accepted or not has to be there.
cat >"$work/sequence" <<'SCRIPT'
file=$1/var/sequence
number=$(($(cat "$file" 2>/dev/null || echo 0) + 1))
echo $number >"$file"
echo $number
SCRIPT
echo "trafikito_sequence=\"sh $work/sequence \$BASEDIR\"" >"$work/agent-ours/available_commands.sh"
TRAFIKITO_INTERVAL=2s TRAFIKITO_RANDOM_NUMBER=0 "$bin/trafikito-agent" --config "$work/agent-ours/etc/trafikito.cfg" \
    >"$work/ours.log" 2>&1 &
echo $! >"$work/ours.pid"

# --- what happens to the two ------------------------------------------------------------------------------------------------------

count() { wc -l <"$work/$1.accepted"; }
of_ours() { grep -c 'report accepted' "$work/ours.log" || true; }
# So many more of each, wherever they are by now.
go_on() { # reports
    v1_then=$(($(count v1) + $1)) v2_then=$(($(count v2) + $1)) ours_then=$(($(of_ours) + $1))
    wait_for "$1 more reports" 120 "[ \$(count v1) -ge $v1_then ] && [ \$(count v2) -ge $v2_then ] && [ \$(of_ours) -ge $ours_then ]"
}
say "both serve"
go_on 10
say "one is killed"
kill -KILL "$(cat "$work/one.pid")"
go_on 10
say "it is back"
serve one "$(port_of one)"
go_on 10
say "the database is killed, and is back"
: >"$work/away"
as_postgres "$postgres/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null
sleep 3 # that they find it away
start_database
for name in one two; do
    wait_for "$name's database" 60 "tail -n 3 '$work/$name.log' | grep -q 'takes reports again'"
done
rm "$work/away"
go_on 10
: >"$work/end"
kill "$(cat "$work/ours.pid")"
for machine in v1 v2 ours; do wait "$(cat "$work/$machine.pid")" || true; done
rm "$work/v1.pid" "$work/v2.pid" "$work/ours.pid"

# --- what is there ----------------------------------------------------------------------------------------------------------------

wrong=''
complain() { wrong=yes && echo "wrong: $*" >&2; }
seq 1 "$(cat "$work/agent-ours/var/sequence")" >"$work/ours.accepted"
for machine in v1 v2 ours; do
    "$bin/trafikito-server" outputs --database "$database" "$machine" --command sequence --last 100000 --raw |
        sort >"$work/$machine.stored"
    sort -o "$work/$machine.accepted" "$work/$machine.accepted"
    uniq -d "$work/$machine.stored" >"$work/$machine.doubles"
    comm -23 "$work/$machine.accepted" "$work/$machine.stored" >"$work/$machine.lost"
    [ ! -s "$work/$machine.doubles" ] || complain "$machine: stored twice: $(tr '\n' ' ' <"$work/$machine.doubles")"
    [ ! -s "$work/$machine.lost" ] || complain "$machine: accepted and lost: $(tr '\n' ' ' <"$work/$machine.lost")"
    say "$machine: $(wc -l <"$work/$machine.accepted") accepted, $(wc -l <"$work/$machine.stored") stored"
done
for machine in v1 v2; do
    [ ! -e "$work/$machine.twice" ] || complain "$machine: two orders within the interval, last at $(tail -n 1 "$work/$machine.twice")"
    [ -s "$work/$machine.once" ] || complain "$machine: never asked twice"
done
"$bin/trafikito-server" check --data "$work/two" --database "$database" --full >"$work/check.out" 2>&1 ||
    complain "check: $(cat "$work/check.out")"
[ -z "$wrong" ] || fail "that is not as it should be"
say "all of it went well"
