#!/bin/sh
# Stands where the shell agent stood, for what still names it (a crontab): one cycle, as that did.
#
#     trafikito_agent.sh BASE_DIR
#
# Exits 0 when the report was accepted. Where the agent runs, it reports every minute: nothing is left to do.
set -eu
[ $# -eq 1 ] || {
    echo "Usage: $0 <trafikito_base_dir>" >&2
    exit 1
}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd /
program=$1/lib/trafikito-agent
config=$1/etc/trafikito.cfg
case $("$1/trafikito" status 2>&1) in
*'running (pid='*)
    "$1/trafikito" status
    exit 0
    ;;
esac
exec "$program" --config "$config" --once
