#!/usr/bin/env bash
# ctest's build.manual: the pages of the manual say what the programs say, are good roff, and all their examples work.
#
# usage: manual_test.sh DIRECTORY-OF-PAGES AGENT SERVER
set -uo pipefail
pages=$1 agent=$2 server=$3
tree=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
failures=0
serving=
export LC_ALL=C.UTF-8 MANPAGER=cat MANWIDTH=100

wrong() {
    echo "$*" >&2
    failures=$((failures + 1))
}

finish() {
    [ -z "$serving" ] || kill "$serving" 2>/dev/null
    wait
    rm -rf "$work"
}
trap finish EXIT

# --- good roff ----------------------------------------------------------------------------------------------------------

for page in trafikito-agent.8 trafikito-server.8 trafikito.cfg.5 available_commands.sh.5; do
    [ -s "$pages/$page" ] || wrong "$page is missing or empty"
    ! grep -n '@[A-Z_]*' "$pages/$page" | grep -E '@[A-Z_]{4,}' >&2 || wrong "$page: a mark was not filled"
    if command -v man >/dev/null; then
        said=$(man --warnings -E UTF-8 -l "$pages/$page" 2>&1 >"$work/shown")
        [ -z "$said" ] || wrong "man $page: $said"
        grep -q '^NAME' "$work/shown" || wrong "man shows nothing of $page"
    fi
    if command -v mandoc >/dev/null; then
        said=$(mandoc -Tlint -W warning "$pages/$page" 2>&1)
        [ -z "$said" ] || wrong "mandoc -Tlint $page: $said"
    fi
done

# --- what the programs say ----------------------------------------------------------------------------------------------

# plain PAGE: without fonts and escapes
plain() {
    sed -e '/^\.\\"/d' -e 's/\\f[A-Z]//g' -e 's/\\-/-/g' -e 's/\\(ga/`/g' -e "s/\\\\(aq/'/g" -e 's/\\(ha/^/g' \
        -e 's/\\(ti/~/g' -e 's/\\&//g' -e 's/\\e/\\/g' "$pages/$1"
}

# commands PROGRAM [COMMAND...]: that command and all below it, one a line
commands() {
    local program=$1 word
    shift
    echo "$*"
    for word in $("$program" "$@" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\)  .*/\1/p'); do
        commands "$program" "$@" "$word"
    done
}

# options PROGRAM [COMMAND...]: as --help has them
options() {
    "$@" --help | sed -n '/^Options:/,/^$/s/^  \(-[^-, ], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

compare() {
    local program=$1 page=$2 command option
    plain "$page" >"$work/page"
    while read -r command; do
        # shellcheck disable=SC2086 # words of a command
        options "$program" $command >>"$work/options"
        grep -qxF -- "${program##*/}${command:+ $command}" <(sed 's/ [[<A-Z-].*//' "$work/page") ||
            wrong "$page does not have ${program##*/} $command in its synopsis"
        # shellcheck disable=SC2086
        for option in $(options "$program" $command); do
            grep -qE -- "(^|[^a-z-])$option([^a-z-]|$)" "$work/page" ||
                wrong "$page does not have $option of ${program##*/} $command"
        done
    done < <(commands "$program")
}

: >"$work/options"
compare "$agent" trafikito-agent.8
compare "$server" trafikito-server.8
# The other way round: no page speaks of an option that neither program has.
sort -u "$work/options" >"$work/known"
for page in trafikito-agent.8 trafikito-server.8 trafikito.cfg.5 available_commands.sh.5; do
    # --version, --help and what other programs have
    for option in $(plain "$page" | grep -oE -- '(^|[^a-z-])--[a-z][a-z-]*' | grep -oE -- '--[a-z-]*' | sort -u); do
        case $option in
        --help | --version) ;;
        *) grep -qxF -- "$option" "$work/known" || wrong "$page speaks of $option, which no program has" ;;
        esac
    done
done

plain trafikito.cfg.5 >"$work/page"
keys=$("$agent" --help-keys | sed -n 's/^  \([a-z_]*\)  .*/\1/p')
[ "$(wc -l <<<"$keys")" -gt 30 ] || wrong "--help-keys has no keys"
for key in $keys; do
    grep -qxF -- ".B $key" "$work/page" || wrong "trafikito.cfg.5 does not have the key $key"
done
while read -r key; do
    grep -qx "$key" <<<"$keys" || wrong "trafikito.cfg.5 has a key that is none: $key"
done < <(sed -n '/^\.SH KEYS/,/^\.SH THE KEY/s/^\.B \([a-z_]*\)$/\1/p' "$work/page")

# --- the examples -------------------------------------------------------------------------------------------------------

mkdir "$work/bin" "$work/here" "$work/examples"
cd "$work/here" || exit 1

# The programs as people have them, on the data and the configuration of this test.
cat >"$work/bin/trafikito-server" <<SCRIPT
#!/bin/sh
case " \$* " in
*" --data "* | " copy "* | *" postgresql:"*) exec "$server" "\$@" ;;
esac
exec "$server" "\$@" --data "$work/data"
SCRIPT
cat >"$work/bin/trafikito-agent" <<SCRIPT
#!/bin/sh
exec "$agent" "\$@"
SCRIPT
chmod +x "$work/bin/"*
export PATH="$work/bin:$PATH" TRAFIKITO_CONFIG="$work/opt/etc/trafikito.cfg" TRAFIKITO_INTERVAL=1s

# What enroll-command's line downloads.
mkdir "$work/agent-files"
cp "$tree/deploy/install/install.sh" "$work/agent-files/"
: | gzip >"$work/agent-files/trafikito-agent-0.1.0-linux-$(uname -m).tar.gz"
"$server" serve --data "$work/data" --agent-files "$work/agent-files" --listen 127.0.0.1:0 --min-interval 0 --port-file "$work/port" 2>"$work/log" &
serving=$!
for _ in $(seq 300); do
    [ ! -s "$work/port" ] || break
    sleep 0.1
done
[ -s "$work/port" ] || { cat "$work/log" >&2; wrong "the server does not start"; exit 1; }
url=https://localhost:$(cat "$work/port")
export SSL_CERT_FILE="$work/data/ca.pem"
for name in web1 web-gone; do
    trafikito-server servers add --name "$name" >/dev/null || wrong "servers add $name"
done
trafikito-server enroll-command --token-only --machines 9 >token 2>/dev/null
"$agent" enroll --api-url "$url" --workspace-id default --user-api-key-file token --server-name enrolled \
    --base-dir "$work/opt" >"$work/enrolled" 2>&1 || { cat "$work/enrolled" >&2; wrong "enroll"; }

# typed LINES: what a reader types, on the addresses and folders of this test
typed() {
    sed -e "s,https://trafikito.example:8443,$url,g" -e "s,/opt/trafikito/etc/trafikito.cfg,$TRAFIKITO_CONFIG,g" \
        -e "s,/opt/trafikito,$work/enrolled-anew,g" -e "s,/var/lib/trafikito-server,$work/served,g" \
        -e 's,0\.0\.0\.0:8443,127.0.0.1:0,g' <<<"$1"
}

# run_example WHERE COMMANDS [STATUS]: what stays in the foreground is ended as a service manager ends it
run_example() {
    local said status script
    script=$(typed "$2")
    rm -rf "$work/enrolled-anew"
    case $script in
    *" serve "*--listen*) ;;
    *" serve "*) script="$script --listen 127.0.0.1:0" ;;
    *" enroll "*--base-dir*) ;;
    *" enroll "*) script="$script --base-dir $work/enrolled-anew" ;;
    esac
    # One that is ended must be what the signal reaches, and once: a second one ends it at once.
    [[ $script == *[$'\n'\|]* ]] || script="exec $script"
    said=$(timeout --foreground --preserve-status --signal=TERM 3 sh -c "$script" 2>&1)
    status=$?
    [[ $status =~ ^(${3:-0})$ ]] || wrong "$1: \`$2\` exits with $status: $said"
}

# examples PROGRAM [COMMAND...]: of its help, one a line
examples() {
    "$@" --help | sed -n '/^Examples:/,/^$/s/^  //p' | sed -e ':a' -e '/\\$/{N;s/\\\n *//;ta' -e '}'
}

# try_all PROGRAM COMMAND: what an example is about is made anew for it
try_all() {
    local example words
    read -ra words <<<"$2"
    while IFS= read -r example; do
        rm -rf ./data
        for name in web1 web2 web-berlin; do trafikito-server servers remove "$name" >/dev/null 2>&1; done
        trafikito-server people remove ada >/dev/null 2>&1
        case $example in
        *"servers add"*) ;;
        "trafikito-server password") example="echo 'correct horse battery' | $example" ;;
        *"people remove"*) trafikito-server people add ada >/dev/null 2>&1 ;;
        *"api-tokens revoke"*)
            trafikito-server api-tokens make manual >/dev/null 2>&1
            example=${example/3f2a/$(trafikito-server api-tokens --json | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)}
            ;;
        *" order web1"* | *" outputs web1"* | *" values web1"*) example=${example/web1/enrolled} ;; # one that has reported
        *web1*)
            trafikito-server servers add --name web1 >/dev/null
            ;;
        *3f2a*) example=${example/3f2a/$(trafikito-server tokens --json | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)} ;;
        *) ;;
        esac
        case $example in
        "trafikito-server serve "*) ;;
        *"--data ./data"*) cp -r "$work/data" ./data ;;
        *) ;;
        esac
        rm -f monday.db tuesday.db
        case $example in
        *" restore "*) trafikito-server backup monday.db >/dev/null 2>&1 ;;
        *) ;;
        esac
        case $example in
        *postgresql:*) run_example "$1 $2" "$example" '0|1' ;; # there need not be one here
        *"agent why"*) run_example "$1 $2" "$example" '0|1' ;; # it may find something wrong with this machine
        *"server why"*) run_example "$1 $2" "$example" '0|1' ;;
        *) run_example "$1 $2" "$example" ;;
        esac
    done < <(examples "$1" "${words[@]}")
}

# has_members PAGE COMMAND...: what it prints as JSON has no member that the page does not have
has_members() {
    local page=$1 member
    shift
    plain "$page" | sed -n '/^\.SH WHY AND CHECK AS JSON/,/^\.SH [A-V]/p' >"$work/section"
    "$@" >"$work/json" 2>&1 </dev/null
    grep -q '^{"' "$work/json" || wrong "$*: no JSON: $(cat "$work/json")"
    for member in $(grep -oE '"[A-Za-z_]+":' "$work/json" | tr -d '":' | sort -u); do
        grep -qE -- "^\.BR.*[ .]$member(\[\]\.|[ .,]|\$)" "$work/section" || wrong "$page does not have the member $member of $*"
    done
}

echo 'intervall = 1m' >>"$work/opt/etc/trafikito.cfg"
for command in why check; do
    has_members trafikito-agent.8 trafikito-agent "$command" --json
done
has_members trafikito-server.8 trafikito-server why web1 --json
has_members trafikito-server.8 trafikito-server check --json
sed -i '/^intervall/d' "$work/opt/etc/trafikito.cfg"
plain trafikito-server.8 >"$work/page"
while read -r cause; do
    grep -qE "(^| )$cause( \(|[,.]|\$)" "$work/page" || wrong "trafikito-server.8 does not have the cause $cause"
done < <(sed -nE 's/.*(verdict|return )\{"([a-z_]+)",.*/\2/p' "$tree/server/cli/"silence*.cpp | sort -u)

try_all "$agent" run
"$agent" run 2>"$work/daemon.log" &
daemon=$!
for _ in $(seq 300); do
    ! "$agent" healthcheck >/dev/null 2>&1 || break
    sleep 0.1
done
while read -r command; do
    [ "$command" = run ] || try_all "$agent" "$command"
done < <(commands "$agent")
kill "$daemon"
wait "$daemon" || wrong "the daemon ends with $?: $(cat "$work/daemon.log")"
while read -r command; do
    try_all "$server" "$command"
done < <(commands "$server")

# Of the pages: .\" and what it is, above .EX
marked() {
    awk -v what="$2" -v to="$work/examples/$2." '
        $0 == ".\\\" " what { found = 1; next }
        found && $0 == ".EX" { inside = 1; ++number; next }
        $0 == ".EE" { inside = found = 0 }
        inside { print > (to number) }' "$1"
}

for page in trafikito-agent.8 trafikito-server.8 trafikito.cfg.5 available_commands.sh.5; do
    rm -f "$work/examples/"*.[0-9]*
    # Marks are comments, which plain() takes out.
    sed -e 's/\\f[A-Z]//g' -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(ga/`/g' -e 's/\\e/\\/g' "$pages/$page" >"$work/page"
    for what in shell trafikito.cfg available_commands.sh; do marked "$work/page" "$what"; done
    for file in "$work/examples/"shell.*; do
        [ ! -e "$file" ] || run_example "$page" "$(cat "$file")"
    done
    for file in "$work/examples/"trafikito.cfg.*; do
        [ -e "$file" ] || continue
        mkdir -p "$work/one/etc" "$work/one/var"
        cp "$file" "$work/one/etc/trafikito.cfg" && chmod 600 "$work/one/etc/trafikito.cfg"
        cp "$work/opt/available_commands.sh" "$work/one/"
        said=$("$agent" check --config "$work/one/etc/trafikito.cfg" 2>&1) || wrong "$page: $(cat "$file"): $said"
    done
    for file in "$work/examples/"available_commands.sh.*; do
        [ -e "$file" ] || continue
        mkdir -p "$work/two/etc" "$work/two/var"
        cp "$TRAFIKITO_CONFIG" "$work/two/etc/"
        cp "$file" "$work/two/available_commands.sh"
        for way in "check --strict" test; do
            # shellcheck disable=SC2086
            said=$("$agent" $way --config "$work/two/etc/trafikito.cfg" 2>&1) || wrong "$page: $way: $(cat "$file"): $said"
        done
    done
done
grep -q . "$work/examples/"available_commands.sh.* || wrong "no example of available_commands.sh was found"

[ "$failures" = 0 ]
