#!/bin/sh
# Installations that are broken in one way each: what the agent says of them, and whether what it tells to do mends them.
# ctest runs it as broken.check and broken.why.
#
#     test/broken/run.sh check AGENT [NAME...]
#     test/broken/run.sh why AGENT SERVER [NAME...]
#
# NAME.sh beside this file is one of them, read by /bin/sh in a folder that holds an installation that works; a few lines
# break it. It finds $dir (that folder, the base directory), $cfg (etc/trafikito.cfg), $list (available_commands.sh) and
# $agent; for `why` also $work/server (the data of $server, which the agent reports to), and `. "$here/start_agent"`, after
# which an agent runs as process $pid, until its `# ends:` ends it. The comments at its top say what is expected (DIR stands for $dir):
#
#     # check: TEXT   stands in the first line that `check` prints
#     # why: TEXT     stands in the last line that `why` prints
#     # mend: LINE    what somebody types who reads that: a shell runs it, and afterwards nothing is wrong any more. It
#                     must stand in what `check` says, where there is a `# check:`, else in what `why` says
#     # edit: LINE    the same, for what is done with an editor: it need not stand there
#     # args: WORDS   for `check`, besides --config
#     # path: FOLDER  in the PATH of whoever runs `check`
#     # needs: WORD   root, or the name of a program; where it is missing the installation is left out, and that is said
#     # ends: LINE    run at the end, whatever came of it
#
# NAME.check holds all that `check` says. GOLDEN=renew (./dev golden) writes those files anew, for a reader to look at
# the difference. What it says of the machine and not of the installation is left out of them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mode=$1 agent=$2
shift 2
server=''
if [ "$mode" = why ]; then
    server=$1
    shift
fi

work=$(mktemp -d)
chmod 755 "$work"
server_pid=''
trap 'end_test' EXIT
trap 'exit 130' INT TERM HUP
end_test() {
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
    rm -rf "$work"
}
failures=0 looked_at=0
fail() {
    echo "test/broken/$name.sh: $*" >&2
    [ ! -s "$said" ] || sed 's/^/    /' "$said" >&2
    failures=$((failures + 1))
}

# Who this machine is, and to whom; `why` asks a server that is really there.
identity() {
    if [ -z "$server" ]; then
        printf '%s\n' 'server_id = web-1' 'api_key = key-of-web-1' 'api_url = https://127.0.0.1:8443'
        return
    fi
    cat "$work/identity"
}

start_server() {
    "$server" serve --data "$work/server" --listen 127.0.0.1:0 --port-file "$work/port" --min-interval 0s \
        2>"$work/server.log" &
    server_pid=$!
    tries=0
    while [ ! -s "$work/port" ] && [ "$tries" -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    "$agent" enroll --api-url "https://127.0.0.1:$(cat "$work/port")" --user-api-key-file "$work/server/user_api_key" \
        --ca-file "$work/server/ca.pem" --workspace-id default --server-name web-1 --base-dir "$work/enrolled" >"$work/enroll.log" 2>&1 || {
        cat "$work/enroll.log" "$work/server.log" >&2
        exit 1
    }
    # The key first, as everywhere; its file is where the others are.
    sed -n 's/^ *\(server_id\|api_key\|api_url\) *= */\1 = /p' "$work/enrolled/etc/trafikito.cfg" >"$work/identity"
    cp "$work/server/ca.pem" "$work/ca.pem"
    chmod 644 "$work/ca.pem"
    echo "ca_file = $work/ca.pem" >>"$work/identity"
    "$server" order web-1 load df --data "$work/server" >/dev/null
}

# An installation that works. Its commands are there wherever a shell is.
make_healthy() {
    mkdir "$dir" "$dir/etc" "$dir/var"
    identity >"$cfg"
    chmod 600 "$cfg"
    cat >"$list" <<'LIST'
trafikito_load="cat /proc/loadavg"
trafikito_df="df -P | awk 'NR > 1 { print \$5 }'"
LIST
}

# said_of KEY: what the comments say of it
said_of() { sed -n "s/^# $1: //p" "$here/$name.sh" | sed "s|DIR|$dir|g"; }

# Without what is said of the machine, and what that counts.
without_machine() {
    awk '
        /^this machine: / { ++left_out; skipping = 1; next }
        skipping && /^    / { next }
        { skipping = 0 }
        match($0, /[0-9]+ warnings?$/) {
            count = substr($0, RSTART) + 0 - left_out
            $0 = substr($0, 1, RSTART - 1) count (count == 1 ? " warning" : " warnings")
        }
        { print }'
}

# Prints what `check` says, DIR in place of the folder, and sets $code.
ask_check() {
    code=0
    # shellcheck disable=SC2046 # words
    PATH=$PATH$(said_of path | sed 's/^/:/') "$agent" check --config "$cfg" $(said_of args) >"$said" 2>&1 </dev/null ||
        code=$?
    without_machine <"$said" | sed "s|$dir|DIR|g; s|user $(id -un) |user ME |g" >"$said.plain"
    mv "$said.plain" "$said"
}
ask_why() {
    code=0
    timeout 120 "$agent" why --config "$cfg" >"$said" 2>&1 </dev/null || code=$?
    sed "s|$dir|DIR|g" "$said" >"$said.plain"
    mv "$said.plain" "$said"
}

# Whether $said holds LINE.
is_said() { grep -qF -- "$(printf '%s\n' "$1" | sed "s|$dir|DIR|g")" "$said"; }

# has_what_it_needs: else says what is missing
has_what_it_needs() {
    for word in $(said_of needs); do
        if [ "$word" = root ] && [ "$(id -u)" != 0 ] || { [ "$word" != root ] && ! command -v "$word" >/dev/null; }; then
            echo "test/broken/$name.sh is left out: it needs $word"
            return 1
        fi
    done
}

look_at_check() {
    ask_check
    first=$(head -n 1 "$said")
    expected=$(said_of check | sed "s|$dir|DIR|g")
    case $first in
    *"$expected"*) ;;
    *) fail "the first line does not say: $expected" ;;
    esac
    case $first in
    *': error: '*) [ "$code" = 2 ] || fail "exit $code, not 2" ;;
    *': warning: '*) [ "$code" = 0 ] || fail "exit $code, not 0" ;;
    esac
    if [ "${GOLDEN:-}" = renew ]; then
        cp "$said" "$here/$name.check"
    elif ! diff -u "$here/$name.check" "$said" >"$said.diff" 2>&1; then
        cp "$said.diff" "$said"
        fail 'other words than in its .check (./dev golden renews them)'
    fi
}

look_at_why() {
    ask_why
    last=$(tail -n 1 "$said")
    expected=$(said_of why | sed "s|$dir|DIR|g")
    case $last in
    *"$expected"*) ;;
    *) fail "the last line does not say: $expected" ;;
    esac
}

# Does what the text tells to do.
mend() {
    said_of mend | while IFS= read -r line; do
        is_said "$line" || echo "    it does not tell: $line" >>"$said.untold"
    done
    if [ -s "$said.untold" ] && { [ "$mode" = check ] || [ -z "$(said_of check)" ]; }; then
        cat "$said.untold" >>"$said"
        fail 'what mends it does not stand there'
    fi
    rm -f "$said.untold"
    { said_of mend; said_of edit; } >"$work/mend"
    (cd "$dir" && export dir cfg list agent here work server && sh -eu "$work/mend") >"$work/mended" 2>&1 || {
        cat "$work/mended" >>"$said"
        fail 'what mends it fails'
    }
}

look_again() {
    if [ "$mode" = check ]; then
        ask_check
        grep -q '0 errors, 0 warnings$' "$said" && [ "$code" = 0 ] || [ -n "$(said_of args)" ] ||
            fail 'something is still wrong after it was mended'
    else
        ask_why
        # That is not started here which is told to be started: most of these installations have no agent.
        case $code$(tail -n 1 "$said") in
        0* | '1no agent runs'*) ;;
        *) fail 'something is still wrong after it was mended' ;;
        esac
    fi
}

look_at() {
    name=$1
    dir=$work/$name cfg=$work/$name/etc/trafikito.cfg list=$work/$name/available_commands.sh said=$work/said
    : >"$said"
    [ -n "$(said_of "$mode")" ] && has_what_it_needs || return 0
    looked_at=$((looked_at + 1))
    make_healthy
    if ! (cd "$dir" && export dir cfg list agent here work server && sh -eu "$here/$name.sh") >"$said" 2>&1; then
        fail 'cannot be made'
        return 0
    fi
    "look_at_$mode"
    if [ -n "$(said_of mend)$(said_of edit)" ]; then
        mend
        look_again
    fi
    said_of ends >"$work/ends"
    (cd "$dir" && export dir cfg list agent work server && sh "$work/ends") || true
    rm -rf "$dir"
}

umask 022
[ "$mode" != why ] || start_server
if [ $# = 0 ]; then
    for file in "$here"/*.sh; do
        case $file in
        */run.sh) ;;
        *) set -- "$@" "$(basename "$file" .sh)" ;;
        esac
    done
fi
for one in "$@"; do
    look_at "$one"
done
[ "$looked_at" != 0 ] || echo "test/broken/run.sh: no installation says what \`$mode\` is to print of it" >&2
echo "$looked_at installations, $failures failures"
[ "$failures" = 0 ]
