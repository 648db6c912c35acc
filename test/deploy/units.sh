#!/bin/sh
# ctest's deploy.units: systemd reads the units of deploy/systemd without a complaint, and finds them as closed as they are
# meant to be. Whether things work in them: ./dev lab units.
#
# usage: units.sh DIRECTORY-OF-deploy AGENT SERVER
# 77: there is no systemd-analyze here that can tell.
set -eu
deploy=$1 agent=$2 server=$3
systemd-analyze security --offline=true --help >/dev/null 2>&1 || exit 77 # systemd 250

units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
trap 'exit 130' INT TERM HUP
failures=0
fail() {
    echo "$*" >&2
    failures=$((failures + 1))
}

# fill TEMPLATE PROGRAM FILE
fill() {
    sed -e "s,@PROGRAM@,$2,g; s,@CONFIG@,/etc/trafikito/trafikito.cfg,g; s,@BASE_DIR@,/etc/trafikito,g" \
        -e "s,@VAR_DIR@,/var/lib/trafikito,g; s,@API_KEY_FILE@,/etc/trafikito/api_key,g; s,@USER@,trafikito,g" \
        "$deploy/$1" >"$3"
    ! grep -nE '@[A-Z_]+@' "$3" || fail "deploy/$1: a placeholder that nobody fills"
}

# closed UNIT TENTHS: its exposure is at most that
closed() {
    systemd-analyze security --offline=true --no-pager --threshold="$2" "$units/$1" >"$units/report" 2>&1 || {
        grep -E '^(✗|→)' "$units/report" >&2
        fail "$1 is more exposed than $2 tenths"
    }
}

# sound UNIT. It has no say about a page that is not installed.
sound() {
    said=$(systemd-analyze verify --man=no --recursive-errors=yes "$units/$1" 2>&1) || fail "$1: $said"
    [ -z "$said" ] || fail "$1: $said"
}

# What an instance has otherwise than the one agent, it has on purpose.
same_settings() {
    for unit in trafikito-agent trafikito-agent@; do
        sed -n '/^\[Service\]/,/^\[Install\]/p' "$deploy/systemd/$unit.service.in" |
            grep -Ev '^(#|$|ExecStart(Pre)?=|LoadCredential=|ReadWritePaths=|StateDirectory(Mode)?=)' | sort >"$units/$unit.settings"
    done
    diff "$units/trafikito-agent.settings" "$units/trafikito-agent@.settings" >&2 ||
        fail "trafikito-agent.service and trafikito-agent@.service differ"
}

fill systemd/trafikito-agent.service.in "$agent" "$units/trafikito-agent.service"
fill systemd/trafikito-agent@.service.in "$agent" "$units/trafikito-agent@web.service"
fill systemd/trafikito-server.service.in "$server" "$units/trafikito-server.service"
fill sysv/trafikito-agent "$agent" "$units/sysv"
fill openrc/trafikito-agent "$agent" "$units/openrc"
for script in sysv openrc; do sh -n "$units/$script" || fail "deploy/$script/trafikito-agent is no shell script"; done
for unit in trafikito-agent trafikito-agent@web trafikito-server; do sound "$unit.service"; done
closed trafikito-agent.service 30
closed trafikito-agent@web.service 30
closed trafikito-server.service 15
same_settings

# The drop-ins, the second with all that it offers.
mkdir "$units/trafikito-agent.service.d"
drop_in="$units/trafikito-agent.service.d/lab.conf"
cp "$deploy/systemd/trafikito-agent.service.d/as-root.conf" "$drop_in"
sound trafikito-agent.service
closed trafikito-agent.service 40
sed 's/^#\([A-Z][A-Za-z]*=\)/\1/' "$deploy/systemd/trafikito-agent.service.d/more-rights.conf" >"$drop_in"
sound trafikito-agent.service

[ "$failures" = 0 ]
