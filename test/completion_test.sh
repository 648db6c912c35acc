#!/usr/bin/env bash
# ctest's build.completion: bash, zsh and fish complete what the programs say may stand next. A shell that is not here is
# passed over, and named.
#
# usage: completion_test.sh DIRECTORY-OF-COMPLETIONS AGENT SERVER
set -euo pipefail
completions=$1
# shellcheck source=deploy/completions/trafikito.bash
. "$completions/trafikito.bash"
work=$(mktemp -d)
serving=
finish() {
    [ -z "$serving" ] || kill "$serving" 2>/dev/null || :
    wait
    rm -rf "$work"
}
trap finish EXIT
mkdir "$work/bin" "$work/here" "$work/here/fold" "$work/here/test" "$work/etc"
ln -s "$2" "$work/bin/trafikito-agent"
ln -s "$3" "$work/bin/trafikito-server"
export PATH="$work/bin:$PATH"
failures=0

# An installation with a list, and a server with two machines of which one has a difficult name.
printf 'server_id = a\napi_key = b\napi_url = https://127.0.0.1:1\n' >"$work/etc/trafikito.cfg"
chmod 600 "$work/etc/trafikito.cfg"
printf 'trafikito_uptime="uptime"\ntrafikito_used="df -P"\n' >"$work/available_commands.sh"
export TRAFIKITO_CONFIG="$work/etc/trafikito.cfg"
trafikito-server serve --data "$work/data" --listen 127.0.0.1:0 --port-file "$work/port" 2>/dev/null &
serving=$!
for _ in $(seq 300); do
    [ ! -s "$work/port" ] || break
    sleep 0.1
done
trafikito-server servers add --data "$work/data" --name web1 >/dev/null
trafikito-server servers add --data "$work/data" --name "old web" >/dev/null
cd "$work/here"
touch file.cfg

# As bash itself cuts what is typed: at each of = : @ as well.
in_bash() {
    local word
    COMP_LINE="$*" COMP_WORDS=("$1") COMPREPLY=()
    for word in "${@:2}"; do
        [ -n "$word" ] || COMP_WORDS+=('')
        while [ -n "$word" ]; do
            [[ $word =~ ^([:=@]+|[^:=@]+) ]]
            COMP_WORDS+=("${BASH_REMATCH[1]}")
            word=${word#"${BASH_REMATCH[1]}"}
        done
    done
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _trafikito "$1"
    echo "${COMPREPLY[*]}"
}

# What stands before the word goes to the completion as zsh would hand it over; what it offers is printed.
in_zsh() {
    # shellcheck disable=SC2016 # for zsh
    zsh -f -c '
        function compset() { [[ $PREFIX == *=* ]] && PREFIX=${PREFIX#*=}; return 0; }
        function _files() { local -a found; [[ $1 == -/ ]] && found=($PREFIX*(N/)) || found=($PREFIX*(N)); print -r -- $found; }
        function _describe() { shift $(( $# - 1 )); print -r -- ${${(P)1}%%:*}; }
        function complete_it() { source $completion; }
        completion=$1; shift; words=("$@"); CURRENT=$#; PREFIX=$words[CURRENT]
        complete_it' zsh "$completions/_trafikito" "$@"
}

in_fish() {
    local line=${1##*/} word
    shift
    for word; do line+=" $word"; done
    # shellcheck disable=SC2016 # for fish
    fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$completions/trafikito.fish" "$line" | cut -f 1 | tr '\n' ' '
}

# offers PATTERN WORD...: at the end of the line of words, what matches is offered by every shell
offers() {
    local pattern=$1 shell got
    shift
    for shell in $shells; do
        got=$("in_$shell" "$@")
        [[ " $got " =~ $pattern ]] || {
            echo "$shell: $*: offers ${got:-nothing}, not $pattern" >&2
            failures=$((failures + 1))
        }
    done
}

shells=bash
for shell in zsh fish; do
    if command -v "$shell" >/dev/null; then shells="$shells $shell"; else echo "$shell is not here"; fi
done

offers ' (run )?why .*check |check .*why ' trafikito-agent ''
offers '^ enroll +$' trafikito-agent en
offers ' --config .*--once' trafikito-agent --
offers ' --api-url ' trafikito-agent enroll --
offers '^ --json +$' trafikito-agent status --j
offers '^ test +$' trafikito-agent tes
offers '^ uptime used +$' trafikito-agent test u
offers '^ used +$' trafikito-agent test uptime u
offers '^ trafikito_uptime +$' trafikito-agent test trafikito_up
offers '^ uptime +$' trafikito-agent test --config "$TRAFIKITO_CONFIG" upt
# Where the configuration cannot be read, the list stands where it usually does.
offers '^ used +$' trafikito-agent test --config "$work/etc/none.cfg" us
offers ' serve .*servers ' trafikito-server ''
offers ' remove rename ' trafikito-server servers re
offers ' --server-id ' trafikito-server servers add --name web --
offers '^ debug +$' trafikito-server serve --log-level d
offers '^ +$' trafikito-server serve nothing-of-that-name
offers ' web1 ' trafikito-server servers remove --data "$work/data" we
offers 'old.? web' trafikito-server outputs --data "$work/data" ol
offers '^ +$' trafikito-server servers remove --data "$work/nowhere" we
offers ' fold/? ' trafikito-server serve --data f
offers ' file.cfg ' trafikito-agent check --config 'fi'
shells=${shells/bash/}
offers 'fold/? ' trafikito-server serve --data=f
shells=bash
offers ' fold/? ' trafikito-server serve --data=f
offers ' file.cfg ' trafikito-agent check --config=fi
offers ' web1 ' trafikito-server servers remove --data="$work/data" we
mkdir -p "$work/e:t@c/etc" "e:t@c"
cp -p "$TRAFIKITO_CONFIG" "$work/e:t@c/etc"
cp -p "$work/available_commands.sh" "$work/e:t@c"
offers '^ uptime +$' trafikito-agent test --config "$work/e:t@c/etc/trafikito.cfg" upt
offers '^ uptime +$' trafikito-agent test --config="$work/e:t@c/etc/trafikito.cfg" upt
offers ' uptime used ' trafikito-agent test --config="$work/e:t@c/etc/trafikito.cfg" ''
offers '^ c/? +$' trafikito-server serve --data e:t@c
offers '^ t@c/? +$' trafikito-server serve --data=e:

# And in a real zsh, whose completion system has rules of its own.
if command -v zsh >/dev/null; then
    mkdir "$work/functions"
    cp "$completions/_trafikito" "$work/functions/_trafikito-agent"
    cat >"$work/typed.zsh" <<'SCRIPT'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "fpath=($1/functions \$fpath); autoload -Uz compinit; compinit -u -d $1/dump; cd $1/here; echo REA''DY"
zpty -r -m z out '*READY*'
zpty -w -n z $'trafikito-agent sta\t'
zpty -r -m z out '*agent status*'
zpty -w -n z $'--js\t'
zpty -r -m z out '*--json*'
zpty -w -n z $'--config fil\t'
zpty -r -m z out '*file.cfg*'
SCRIPT
    timeout 60 zsh -f "$work/typed.zsh" "$work" || {
        echo "zsh does not complete what is typed" >&2
        failures=$((failures + 1))
    }
fi
[ "$failures" = 0 ]
