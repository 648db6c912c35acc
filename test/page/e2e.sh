#!/bin/sh
# ctest's page.e2e: a browser looks at a real server, to which two real agents report: one of this machine, and one whose
# commands print what is hostile. What the browser does there, and must find, stands in server/page/e2e.
#
# usage: e2e.sh AGENT SERVER FOLDER-OF-THE-BUILT-PAGE FOLDER-FOR-SCREENSHOTS
# 77: there is no Chromium here.
set -eu
agent=$1 server=$2 page=$3 shots=$4

# Ubuntu's is a snap, which runs in no container.
browser=$(command -v chromium || true)
case $(readlink -f "${browser:-/}") in */snap) browser='' ;; esac
[ -n "$browser" ] || {
    echo "skipped: there is no Chromium here (Debian's package chromium has one)"
    exit 77
}

work=$(mktemp -d)
pids=''
# shellcheck disable=SC2317 # called by the trap
end() {
    code=$?
    trap - EXIT
    # shellcheck disable=SC2086 # numbers
    [ -z "$pids" ] || kill $pids 2>/dev/null || true
    wait
    [ "$code" = 0 ] || tail -n 20 "$work"/server.log "$work"/agent-*.log >&2
    rm -rf "$work"
    exit "$code"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

# until_true SECONDS WHAT COMMAND...
until_true() {
    end_at=$(($(date +%s) + $1)) what=$2
    shift 2
    until "$@"; do
        [ "$(date +%s)" -lt "$end_at" ] || {
            echo "$what: not within time" >&2
            exit 1
        }
        sleep 0.1
    done
}

export TRAFIKITO_PROXY=none TRAFIKITO_STRICT_MODES=no TRAFIKITO_INTERVAL=2s TRAFIKITO_RANDOM_NUMBER=0
export TRAFIKITO_MAX_OUTPUT=12MiB TRAFIKITO_MAX_REPORT=16MiB

"$server" serve --data "$work/server" --listen 127.0.0.1:0 --port-file "$work/port" --min-interval 0s \
    --machine-rate 1GiB 2>"$work/server.log" &
pids="$pids $!"
until_true 30 "the server's start" test -s "$work/port"
url=https://127.0.0.1:$(cat "$work/port")

# enrol NAME
enrol() {
    "$agent" enroll --api-url "$url" --ca-file "$work/server/ca.pem" --user-api-key-file "$work/server/user_api_key" \
        --workspace-id default --server-name "$1" --base-dir "$work/$1" >"$work/enrol-$1.log" 2>&1
}
# run NAME
run() {
    "$agent" --config "$work/$1/etc/trafikito.cfg" 2>"$work/agent-$1.log" &
    pids="$pids $!"
}
reported() { [ "$(grep -c 'report accepted' "$work/agent-$1.log")" -ge "$2" ]; }

enrol web
enrol x-hostile
cat >"$work/x-hostile/available_commands.sh" <<'COMMANDS'
trafikito_uptime="uptime"
trafikito_html="printf '%s\n' '<img src=x onerror=window.pwned=1><script>window.pwned=1</script><svg onload=window.pwned=1>'"
trafikito_escape="printf '\033]0;pwned\007\033[2J\033[31mred\033[0m \033[1;38;5;208morange\033[0m \033P\033\\\\ \302\233 \r\b\b over\n'"
trafikito_turned="printf 'a\342\200\256b\342\201\246c\n'"
trafikito_binary="head -c 3000 /dev/urandom"
trafikito_line="head -c 10485760 /dev/zero | tr '\\\\0' x"
trafikito_labels="printf 'OK | %s=1;2;3 <b>=4\n' '<img src=x onerror=window.pwned=1>'"
trafikito_fails="echo no; exit 3"
COMMANDS
plugins=/usr/lib/nagios/plugins
[ ! -x "$plugins/check_load" ] || cat >>"$work/web/available_commands.sh" <<COMMANDS
trafikito_check_load="$plugins/check_load -w 500,400,300 -c 1000,800,600"
trafikito_check_disk="$plugins/check_disk -w 1% -c 1% -p /"
COMMANDS
run web
run x-hostile
until_true 60 "five reports of this machine" reported web 5
until_true 60 "two reports of the hostile one" reported x-hostile 2

# What a Prometheus gets: as Prometheus wants it, and with what the plugins say, of which nobody said anything here.
token=$("$server" api-tokens make scraper --data "$work/server" 2>/dev/null)
curl -fsS --cacert "$work/server/ca.pem" -H "Authorization: Bearer $token" "$url/metrics" >"$work/metrics"
! command -v promtool >/dev/null || promtool check metrics <"$work/metrics"
[ ! -x "$plugins/check_load" ] || for command in check_load check_disk; do
    grep -q "^trafikito_.*command=\"trafikito_$command\"" "$work/metrics" || {
        echo "nothing of $command is in /metrics" >&2
        exit 1
    }
done

# What the page hands out for a new machine is good for it: done here as somebody would there, but for installing.
cat >"$work/enrol.sh" <<'SCRIPT'
printf '%s\n' "$TRAFIKITO_LINE" | grep -o 'enroll-[0-9a-zA-Z_-]*' | head -n 1 >token
"$1" enroll --api-url "$2" --ca-file server/ca.pem --user-api-key-file token --workspace-id default \
    --base-dir "$PWD/added" >enrol-added.log 2>&1
exec "$1" --config added/etc/trafikito.cfg 2>agent-added.log
SCRIPT

link=$("$server" password --link --data "$work/server" 2>/dev/null)
mkdir -p "$shots"
cd "$page"
node e2e/run.mjs --base "$url" --link "$link" --hostile x-hostile --shots "$shots" \
    --enrol "cd '$work' && exec sh enrol.sh '$agent' '$url'"
