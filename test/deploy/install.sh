#!/bin/sh
# What install.sh, uninstall.sh and the controller do to a user without root: installs, upgrades, is interrupted at each
# of its steps, uninstalls. ctest runs it as `deploy.install`; what takes root is in test/lab/install.sh.
#
#     test/deploy/install.sh AGENT SERVER [SHELL...]
#
# AGENT and SERVER are the programs; each SHELL (default: sh, and busybox where it is there) runs the installer. Works in
# a temporary directory and leaves nothing. Exits 0 when all went well. STRIDE=1 interrupts at each step, not each seventh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)

fail() {
    echo "test/deploy/install.sh: error: $*" >&2
    [ ! -s "$work/said" ] || sed 's/^/    /' "$work/said" >&2
    exit 1
}

# Root's installations change the machine: the test becomes somebody else.
if [ "$(id -u)" = 0 ]; then
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    trap 'exit 130' INT TERM HUP
    chmod 755 "$copy"
    mkdir -p "$copy/tree/deploy" "$copy/tree/test/deploy" "$copy/home"
    cp -R "$tree/deploy/install" "$tree/deploy/systemd" "$tree/deploy/sysv" "$tree/deploy/openrc" "$copy/tree/deploy/"
    cp "$tree/test/deploy/install.sh" "$tree/test/deploy/interrupt_install.sh" "$copy/tree/test/deploy/"
    cp "$1" "$copy/agent"
    cp "$2" "$copy/server"
    shift 2
    chown -R nobody "$copy"
    setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env HOME="$copy/home" TMPDIR="$copy/home" \
        sh "$copy/tree/test/deploy/install.sh" "$copy/agent" "$copy/server" "$@"
    exit
fi

agent=$1 server=$2
shift 2
work=$(mktemp -d)
server_pid=''
trap 'end_test' EXIT
trap 'exit 130' INT TERM HUP
end_test() {
    [ ! -x "$base/trafikito" ] || "$base/trafikito" stop >/dev/null 2>&1 || true
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
    rm -rf "$work"
}
base=$work/trafikito

start_server() {
    "$server" serve --data "$work/server" --listen 127.0.0.1:0 --port-file "$work/port" --min-interval 0s \
        2>"$work/server.log" &
    server_pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ ! -s "$work/port" ] || break
        sleep 0.2
    done
    api=https://127.0.0.1:$(cat "$work/port")
    cp "$work/server/user_api_key" "$work/key"
}

# The directory that the archive has inside.
assemble() {
    from=$work/trafikito-agent-0-linux-$(uname -m)
    mkdir -p "$from/share"
    cp "$tree"/deploy/install/* "$from/"
    cp -R "$tree/deploy/systemd" "$tree/deploy/sysv" "$tree/deploy/openrc" "$from/share/"
    cp "$agent" "$from/trafikito-agent"
    tar -C "$work" -czf "$work/agent.tar.gz" "${from##*/}"
}

# expect STATUS COMMAND...: what it says is in $work/said
expect() {
    wanted=$1
    shift
    got=0
    "$@" >"$work/said" 2>&1 </dev/null || got=$?
    [ "$got" = "$wanted" ] || fail "exit status $got, not $wanted: $*"
}
said() { grep -qF -- "$1" "$work/said" || fail "it does not say '$1':"; }

install() { # SCRIPT OPTION...
    script=$1
    shift
    # shellcheck disable=SC2086 # `busybox sh` are two words
    $shell "$script" --user_api_key_file="$work/key" --workspace_id=default --api_url="$api" \
        --ca_file="$work/server/ca.pem" --base_dir="$base" "$@"
}

nothing_is_left() { [ ! -e "$base" ] || fail "$1 left: $(find "$base")"; }

# A shell agent's installation, in which its user prepared something for ours.
test_planted() {
    for planted in etc/api_key etc/ca.pem lib/installed lib/shell-agent lib/trafikito-agent share install.sh; do
        for kind in link directory; do
            # A directory of one's own is what a run of ours could have left.
            [ "$kind-$planted" != directory-lib/shell-agent ] || continue
            mkdir -p "$base/etc" "$base/lib" "$base/var"
            echo 'trafikito_df="df -P"' >"$base/available_commands.sh"
            : >"$base/lib/trafikito_wrapper.sh"
            printf 'export SERVER_ID="8a1d"\nexport API_KEY="3f0c"\n' >"$base/etc/trafikito.cfg"
            mkdir "$work/elsewhere"
            case $kind-$planted in
            link-*) ln -s "$work/elsewhere" "$base/$planted" ;;
            *) mkdir "$base/$planted" ;;
            esac
            expect 1 install "$from/install.sh" --no-start
            said "$planted is not the shell agent's: move it away"
            said 'nothing was changed'
            [ -z "$(ls -A "$work/elsewhere")" ] || fail "$planted led install.sh away"
            rm -rf "$base" "$work/elsewhere"
        done
    done
    rm -rf "$base" "$work/elsewhere"
}

test_options() {
    expect 0 install "$from/install.sh" --help
    said --user_api_key_file
    for wrong in --nonsense=1 --nonsense nonsense --base_dir=relative --base_dir=/tmp/../x --api_url=ftp://x --pin=x \
        --user=root --ca_file=/nonexistent --workspace_id=; do
        expect 2 install "$from/install.sh" "$wrong"
        said 'install.sh --help'
    done
    # shellcheck disable=SC2086
    expect 2 $shell "$from/install.sh" --base_dir="$base"
    said "'--user_api_key' with an argument is required"
    # shellcheck disable=SC2086
    expect 2 $shell "$from/install.sh" --base_dir="$base" --user_api_key=x
    said "'--workspace_id' with an argument is required"
    # shellcheck disable=SC2086
    got=0 && $shell -s -- --user_api_key_file=- <"$from/install.sh" >"$work/said" 2>&1 || got=$?
    [ "$got" = 2 ] || fail "a key on the standard input of sh -s: exit status $got"
    said 'standard input is this script itself'
    nothing_is_left 'a wrong option'
}

# Half of a download does nothing.
test_truncation() {
    size=$(wc -c <"$from/install.sh")
    for cut in 1 2 5 12 14 40 400 4000 20000; do
        head -c "$((size - cut))" "$from/install.sh" >"$work/cut.sh"
        install "$work/cut.sh" >"$work/said" 2>&1 </dev/null && [ "$cut" -gt 14 ] && [ -s "$work/said" ] && fail "$cut bytes short, it did something"
        [ "$cut" = 1 ] || nothing_is_left 'half a script'
    done
    rm -rf "$base"
}

test_refusals() {
    mkdir "$base"
    touch "$base/letter.txt"
    expect 1 install "$from/install.sh"
    said 'letter.txt'
    rm -r "$base"
    mkdir "$work/open" && chmod 777 "$work/open"
    expect 1 install "$from/install.sh" --base_dir="$work/open/trafikito"
    said "others can write to $work/open"
    ln -s "$work/server" "$work/link"
    expect 1 install "$from/install.sh" --base_dir="$work/link/trafikito"
    said "$work/link is a link"
    rm -r "$work/open" "$work/link"
    # Not an archive, one with other names in it, a link in it, and one that names what is above.
    echo nonsense >"$work/x.tar.gz"
    expect 1 install "$tree/deploy/install/install.sh" --agent_file="$work/x.tar.gz"
    (cd "$work" && mkdir other && cp "$agent" other/trafikito-agent && tar -czf x.tar.gz other)
    expect 1 install "$tree/deploy/install/install.sh" --agent_file="$work/x.tar.gz"
    said 'other names, or links'
    (cd "$work" && mkdir trafikito-agent-1 && ln -s /etc trafikito-agent-1/share && tar -czf x.tar.gz trafikito-agent-1)
    expect 1 install "$tree/deploy/install/install.sh" --agent_file="$work/x.tar.gz"
    said 'other names, or links'
    rm -r "$work/other" "$work/trafikito-agent-1" "$work/x.tar.gz"
    # A program that cannot run here.
    cp -R "$from" "$work/broken"
    printf '\177ELF' >"$work/broken/trafikito-agent"
    expect 1 install "$work/broken/install.sh"
    said 'cannot run here'
    rm -r "$work/broken"
    # An API that is away.
    expect 1 install "$from/install.sh" --api_url=https://127.0.0.1:9
    said 'could not be enrolled'
    nothing_is_left 'a refusal'
}

test_installation() {
    expect 0 install "$tree/deploy/install/install.sh" --agent_file="$work/agent.tar.gz" --servername=one --no-start
    said 'It is not started'
    for file in trafikito install.sh uninstall.sh lib/trafikito-agent lib/trafikito_wrapper.sh lib/trafikito_agent.sh; do
        [ -x "$base/$file" ] || fail "$file is missing"
    done
    identity=$(cat "$base/etc/trafikito.cfg")
    [ "$(find "$base" -name '*.cfg' -perm /077)" = '' ] || fail "others can read the key"
    echo '# the owner was here' >>"$base/available_commands.sh"
    # Again, from the archive's directory: what is there stays.
    expect 0 install "$from/install.sh" --no-start --api_url=https://elsewhere.example
    said 'https://elsewhere.example is not used'
    [ "$(cat "$base/etc/trafikito.cfg")" = "$identity" ] || fail "the configuration changed"
    grep -q 'the owner was here' "$base/available_commands.sh" || fail "the list changed"
    printf 'random_number = 0\ninterval = 1s\n' >>"$base/etc/trafikito.cfg"
    # And now it reports, without a key.
    # shellcheck disable=SC2086
    expect 0 $shell "$from/install.sh" --base_dir="$base"
    said 'the first report arrived'
}

controller() { # STATUS WORDS ARGUMENT...
    status=$1 words=$2
    shift 2
    # shellcheck disable=SC2086
    expect "$status" $shell "$base/trafikito" "$@"
    said "$words"
}

test_controller() {
    controller 0 'Trafikito agent running (pid=' status
    said 'running: trafikito-agent'
    controller 0 'Trafikito agent already running (pid=' start
    # shellcheck disable=SC2086
    expect 0 $shell "$base/lib/trafikito_wrapper.sh" some-id "$base"
    said 'Trafikito agent running (pid='
    controller 0 'Trafikito agent running (pid=' restart
    controller 0 'Trafikito agent stopped' stop
    controller 0 'Trafikito agent stopped' stop
    controller 0 'Trafikito agent stopped' status
    controller 1 'Usage: ' nonsense
    controller 1 'Usage: '
    # shellcheck disable=SC2086
    expect 0 $shell "$base/lib/trafikito_agent.sh" "$base"
    said 'report accepted'
    ln -s "$base/trafikito" "$work/ctl"
    # shellcheck disable=SC2086
    expect 0 $shell "$work/ctl" start
    said 'Trafikito agent running (pid='
    rm "$work/ctl"
    controller 0 'Trafikito agent stopped' stop
    mv "$base/etc/trafikito.cfg" "$base/etc/cfg"
    echo nonsense >"$base/etc/trafikito.cfg"
    controller 1 'Trafikito agent stopped' start
    mv "$base/etc/cfg" "$base/etc/trafikito.cfg"
    controller 0 'Trafikito agent running (pid=' start
}

test_uninstalling() {
    # shellcheck disable=SC2086
    expect 0 $shell "$base/uninstall.sh"
    said 'Uninstall aborted'
    controller 0 'Trafikito agent running (pid=' status
    # shellcheck disable=SC2086
    expect 1 $shell "$base/uninstall.sh" --back-to-shell-agent
    touch "$base/mine"
    # shellcheck disable=SC2086
    printf 'yes\nyes\n' | $shell "$base/uninstall.sh" >"$work/said" 2>&1 || fail "it was not uninstalled"
    said "$base/mine"
    [ "$(find "$base" ! -type d)" = "$base/mine" ] || fail "uninstalled, there is left: $(find "$base")"
    rm -r "$base"
}

test_interruptions() {
    # shellcheck disable=SC2016
    for how in 'kill -KILL $$' 'kill -TERM $$' 'fail injected'; do
        "$here/interrupt_install.sh" "$how" "$from"
        STEP=0
        export STEP
        while :; do
            STEP=$((STEP + ${STRIDE:-7}))
            got=0
            install "$from/interrupted.sh" --no-start >"$work/said" 2>&1 </dev/null || got=$?
            [ "$got" != 0 ] || break
            case $how in
            *KILL*) [ "$got" = 137 ] ;;
            *TERM*) [ "$got" = 143 ] ;;
            *) [ "$got" = 1 ] ;;
            esac || fail "'$how' at step $STEP: exit status $got"
            case $how in
            *KILL*) ;;
            *) # What says that it failed has either enrolled this machine or left nothing but the nonce.
                [ -f "$base/etc/trafikito.cfg" ] || [ -z "$(find "$base" -type f ! -name enroll.nonce 2>/dev/null)" ] ||
                    fail "'$how' at step $STEP left: $(find "$base")"
                ;;
            esac
            expect 0 install "$from/install.sh" --no-start
            [ -z "$(find "$base" -name '.install.??????')" ] || fail "'$how' at step $STEP left: $(find "$base")"
            expect 0 "$base/uninstall.sh" --yes
            nothing_is_left "'$how' at step $STEP"
        done
        [ "$STEP" -gt 20 ] || fail "it was not interrupted"
        expect 0 "$base/uninstall.sh" --yes
    done
    rm "$from/interrupted.sh"
}

# Two at once: the one waits for the other.
test_two_at_once() {
    install "$from/install.sh" --no-start >"$work/first" 2>&1 </dev/null &
    expect 0 install "$from/install.sh" --no-start
    wait $! || fail "the other one failed: $(cat "$work/first")"
    expect 0 "$base/uninstall.sh" --yes
    nothing_is_left 'two installers'

    # Between its look and its mkdir another one has made the directory; while it waits for the lock, that one fails and
    # takes back what it made.
    sed "/^main()/{
        i mkdir() { [ \"\$1\" != '$base' ] || { command mkdir '$base'; echo '$base ' >'$base/.install.made'; }; command mkdir \"\$@\"; }
        i flock() { [ -f '$work/vanished' ] || { rm -r '$base'; : >'$work/vanished'; }; command flock \"\$@\"; }
    }" "$from/install.sh" >"$from/overtaken.sh"
    expect 0 install "$from/overtaken.sh" --no-start
    said 'another installer is at work'
    [ -f "$base/.install.lock" ] || fail "its lock was taken in a directory that is gone"
    expect 0 "$base/uninstall.sh" --yes
    nothing_is_left 'an installer that was overtaken'
    rm "$from/overtaken.sh" "$work/vanished"
}

start_server
assemble
if [ $# = 0 ]; then
    set -- sh
    ! command -v busybox >/dev/null || set -- "$@" 'busybox sh'
fi
for shell in "$@"; do
    for case in ${CASES:-options truncation planted refusals installation controller uninstalling two_at_once}; do
        "test_$case"
    done
done
shell=$1
test_interruptions
echo "test/deploy/install.sh: all went well, with: $*"
