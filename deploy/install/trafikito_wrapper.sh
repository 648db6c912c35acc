#!/bin/sh
# Stands where the shell agent's wrapper stood, for what still names it (a crontab, an rc.local, a check):
#
#     trafikito_wrapper.sh SERVER_ID BASE_DIR
#
# Runs the agent, and stays as long as that does. Where the agent runs already, it says so and ends well.
set -eu
[ $# -eq 2 ] || {
    echo "Usage: $0 <server_id> <trafikito-home>" >&2
    exit 1
}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd /
program=$2/lib/trafikito-agent
config=$2/etc/trafikito.cfg
case $("$2/trafikito" status 2>&1) in
*'running (pid='*)
    "$2/trafikito" status
    exit 0
    ;;
esac
# Its log is where it was, unless the configuration says another place.
grep -qiE '^[[:space:]]*(export[[:space:]]+)?log_file[[:space:]]*=' "$config" || export TRAFIKITO_LOG_FILE="$2/var/trafikito.log"
"$program" --config "$config" &
agent=$!
trap 'kill -TERM "$agent" 2>/dev/null' TERM INT HUP
code=0
wait "$agent" || code=$?
# A signal ends the wait before the agent ends.
while kill -0 "$agent" 2>/dev/null; do
    code=0
    wait "$agent" || code=$?
done
exit "$code"
