#!/bin/sh
# Installs the Trafikito agent on this machine, upgrades it, or takes over from the shell agent:
#
#     sh install.sh --user_api_key=KEY --workspace_id=ID [--servername=NAME]
#
# `sh install.sh --help` names every option. For dash, busybox and every other POSIX shell. Nothing is done before
# the last line of this file, so half a download does nothing.
set -eu

# A server that hands this file out fills these in: its address, its key, its certificate authority, and the digests of
# the archives that it has.
# BEGIN served
served_api_url=''
served_pin=''
served_ca=''
served_files=''
# END served

print_help() {
    cat <<'TEXT'
usage: sh install.sh --user_api_key=KEY --workspace_id=ID [--servername=NAME] [OPTION...]

  --user_api_key=KEY        your key, or an enrolment token of your server
  --user_api_key_file=FILE  the same, out of a file; - is standard input (the process list shows no key then)
  --workspace_id=ID         the workspace that this machine will belong to
  --servername=NAME         the name of this machine (default: its host name)
  --api_url=URL             the API to report to (default: the server this script came from, else trafikito.com)
  --ca_file=FILE            certificates that vouch for the API, in place of the system's (PEM)
  --pin=sha256/BASE64       a public key that the API must show besides
  --base_dir=DIR            where to install (default: /opt/trafikito; without root ~/trafikito)
  --user=NAME               the user to run commands as (default: trafikito, which is made; root is allowed)
  --agent_file=FILE         the archive trafikito-agent-VERSION-linux-ARCH.tar.gz, instead of downloading it
  --yes                     ask nothing
  --no-start                install and enrol, but do not start

Key and workspace are needed on a machine that is not enrolled yet. On one that is, this upgrades the agent and keeps
its identity and its command list; a shell agent's installation is taken over, and `uninstall.sh --back-to-shell-agent`
returns to it.

Exit status: 0 installed, and the first report arrived (or --no-start); 1 it failed; 2 the options are wrong.
TEXT
}

# --- words ------------------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
fail() {
    printf 'install.sh: error: %s\n' "$*" >&2
    exit 1
}
wrong() {
    printf 'install.sh: error: %s\nFor the options: sh install.sh --help\n' "$*" >&2
    exit 2
}

# What is wrong with this machine is gathered, and said all at once.
problems=''
problem() {
    problems="$problems
  * $*"
}
no_problems() { [ -z "$problems" ] || fail "nothing was changed, since:$problems"; }

# At the terminal, whatever standard input is; and only if somebody sits there.
can_ask() {
    [ "$yes" = no ] && { [ -t 1 ] || [ -t 2 ]; } && (: </dev/tty >/dev/tty) 2>/dev/null
}
ask() { # QUESTION; the answer is $answer
    printf '%s ' "$1" >/dev/tty
    read -r answer </dev/tty || answer=''
}
confirm() { # QUESTION, and what an empty answer means
    while :; do
        ask "$1"
        case ${answer:-$2} in
        [Yy]*) return 0 ;;
        [Nn]*) return 1 ;;
        esac
        printf 'Please answer y or n.\n' >/dev/tty
    done
}

# --- options ----------------------------------------------------------------------------------------------------------

user_api_key='' user_api_key_file='' workspace_id='' server_name='' api_url='' ca_file='' pin='' base_dir=''
agent_user='' agent_file='' yes=no start=yes

parse_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --yes | -y) yes=yes && shift && continue ;;
        --no-start | --no_start) start=no && shift && continue ;;
        --help | -h)
            print_help
            exit 0
            ;;
        --*=*) name=${1%%=*} value=${1#*=} && shift ;;
        --?*)
            [ $# -ge 2 ] || wrong "unknown option, or one without its value: $1"
            name=$1 value=$2 && shift 2
            ;;
        *) wrong "'$1' is no option" ;;
        esac
        set_option "$(printf '%s' "${name#--}" | tr - _)" "$value"
    done
}

set_option() {
    case $2 in *"$newline"*) wrong "the value of --$1 has more than one line" ;; esac
    [ -n "$2" ] || [ "$1" = servername ] || wrong "--$1 has no value"
    case $1 in
    user_api_key) user_api_key=$2 ;;
    user_api_key_file) user_api_key_file=$2 ;;
    workspace_id) workspace_id=$2 ;;
    servername | server_name) server_name=$2 ;;
    api_url) api_url=${2%/} ;;
    ca_file) ca_file=$2 ;;
    pin) pin=$2 ;;
    base_dir) base_dir=$2 ;;
    user) agent_user=$2 ;;
    agent_file) agent_file=$2 ;;
    *) wrong "unknown option: --$1" ;;
    esac
}

check_options() {
    [ -z "$user_api_key" ] || [ -z "$user_api_key_file" ] || wrong "--user_api_key and --user_api_key_file: give one"
    if [ "$user_api_key_file" = - ] && [ -z "$self" ]; then
        wrong "--user_api_key_file=- cannot be: standard input is this script itself; name a file, or give --user_api_key"
    fi
    case $api_url in
    '' | https://?* | http://127.* | http://localhost* | 'http://[::1]'*) ;;
    *) wrong "--api_url=$api_url must begin with https://" ;;
    esac
    case $pin in
    '' | sha256/?*) ;;
    *) wrong "--pin=$pin must look like sha256/BASE64" ;;
    esac
    case $agent_user in
    *[!A-Za-z0-9._-]* | -*) wrong "--user=$agent_user is no name of a user" ;;
    esac
    # A number is a user, too.
    if [ -n "$agent_user" ] && user_exists "$agent_user"; then agent_user=$(id -un "$agent_user"); fi
    [ -z "$agent_user" ] || [ "$root" = yes ] || [ "$agent_user" = "$me" ] ||
        wrong "--user=$agent_user: only root can run the agent as another user"
    for file in "$ca_file" "$agent_file"; do
        [ -z "$file" ] || { [ -f "$file" ] && [ -r "$file" ]; } || wrong "$file is no file that can be read"
    done
    case $user_api_key_file in
    '' | -) ;;
    *) { [ -r "$user_api_key_file" ] && [ ! -d "$user_api_key_file" ]; } || wrong "$user_api_key_file cannot be read" ;;
    esac
}

check_base_dir() {
    while [ "$base_dir" != / ] && [ "$base_dir" != "${base_dir%/}" ]; do base_dir=${base_dir%/}; done
    case $base_dir in
    /*) ;;
    *) wrong "--base_dir=$base_dir must be an absolute path" ;;
    esac
    case $base_dir/ in
    *[!A-Za-z0-9._/+-]*) wrong "--base_dir=$base_dir may hold letters, digits and . _ + - only" ;;
    *//* | */./* | */../*) wrong "--base_dir=$base_dir must be written without //, . and .." ;;
    /etc/trafikito/*) wrong "--base_dir=$base_dir: that place belongs to the packages" ;;
    esac
    [ "$base_dir" != / ] || wrong "--base_dir=/ cannot be meant"
    case $root-$base_dir/ in
    yes-/tmp/* | yes-/var/tmp/* | yes-/dev/* | yes-/run/* | yes-/proc/* | yes-/sys/*)
        wrong "--base_dir=$base_dir: what is there is removed now and then, or hidden from services"
        ;;
    esac
}

# The key comes into the work directory, which nobody else can enter, and on no command line but our own.
have_key() { [ -n "$user_api_key$user_api_key_file" ]; }
write_key() {
    (
        umask 077
        if [ "$user_api_key_file" = - ]; then
            cat <&3
        elif [ -n "$user_api_key_file" ]; then
            cat "$user_api_key_file"
        else
            printf '%s\n' "$user_api_key"
        fi >"$work/key"
    )
    [ -s "$work/key" ] || fail "the key is empty"
}

# --- facts about files and users --------------------------------------------------------------------------------------

# shellcheck disable=SC2012
group_of() { ls -ldn "$1" | awk 'NR == 1 { print $4 }'; }
# shellcheck disable=SC2012 # not every system has stat, and no file's name is read here
owner_of() { ls -ldn "$1" | awk 'NR == 1 { print $3 }'; }
# shellcheck disable=SC2012
links_of() { ls -ldn "$1" | awk 'NR == 1 { print $2 }'; }
# Whether others than its owner may write it; the sticky bit of a directory keeps what is in there to its owner.
writable_by_others() {
    case $(ls -ldn "$1") in
    d????????[tT]*) return 1 ;;
    ?????w* | ????????w*) return 0 ;;
    esac
    return 1
}
closed_to_others() {
    case $(ls -ldn "$1") in ?????????[xt]*) return 1 ;; esac
}
is_mine() {
    owner=$(owner_of "$1")
    [ "$owner" = 0 ] || [ "$owner" = "$uid" ]
}
user_exists() { id -u "$1" >/dev/null 2>&1; }

# KEY of a configuration, in both ways of writing it. It is read as text and never run.
config_value() { # FILE KEY
    [ -f "$1" ] || return 0
    awk -v key="$2" '
        { line = $0; sub(/^[ \t]*(export[ \t]+)?/, "", line); at = index(line, "=") }
        at { name = substr(line, 1, at - 1); sub(/[ \t]+$/, "", name) }
        at && tolower(name) == key {
            value = substr(line, at + 1)
            gsub(/^[ \t"\047]+|[ \t\r"\047]+$/, "", value)
        }
        END { print value }' "$1"
}
noted() { # KEY of lib/installed
    [ -f "$base_dir/lib/installed" ] || return 0
    sed -n "s/^$1=//p" "$base_dir/lib/installed" | tail -n 1
}

# --- what this machine has --------------------------------------------------------------------------------------------

architecture() {
    case $(uname -m) in
    amd64) say x86_64 ;;
    arm64) say aarch64 ;;
    *) uname -m ;;
    esac
}

# How things start here: systemd, openrc, sysv or none; and whether that runs now.
find_startup() {
    startup=none startup_runs=no
    if [ "$root" = no ]; then
        return
    elif [ -d /run/systemd/system ]; then
        startup=systemd startup_runs=yes
    elif command -v rc-update >/dev/null && command -v rc-service >/dev/null; then
        startup=openrc
        [ ! -d /run/openrc ] || startup_runs=yes
    elif command -v systemctl >/dev/null && [ -e /sbin/init ] && readlink -f /sbin/init | grep -q systemd; then
        startup=systemd
    elif [ -d /etc/init.d ] && { command -v update-rc.d >/dev/null || command -v chkconfig >/dev/null; }; then
        startup=sysv
        [ ! -x /sbin/init ] || startup_runs=yes
    fi
}

missing=''
need() {
    for tool in "$@"; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
}

check_needs() {
    [ "$(uname -s)" = Linux ] || problem "this is $(uname -s), and the agent is for Linux"
    [ -r /proc/self/cmdline ] || problem "/proc is not mounted: mount -t proc proc /proc"
    need awk chmod chown cp grep head id ls mkdir mktemp mv readlink rm sed sort tail tee tr uname
    case $source in beside | kept) ;; *) need gzip tar ;; esac
    [ "$source" != served ] || need sha256sum
    [ "$source" != served ] || command -v curl >/dev/null || command -v wget >/dev/null || missing="$missing curl"
    if [ "$root" = yes ] && [ "$state" != shell ] && ! user_exists "$agent_user"; then
        [ "$agent_user" = trafikito ] ||
            problem "there is no user $agent_user: make it, or leave --user away and trafikito is made"
        command -v useradd >/dev/null || command -v adduser >/dev/null ||
            problem "neither useradd nor adduser is here to make the agent's user: $(install_words useradd), or give --user=NAME, a user that is there"
    fi
    [ -z "$missing" ] || problem "programs are missing:$missing. Install them, perhaps with: $(install_words "$missing")"
    case $source in
    none)
        problem "the program trafikito-agent is not beside this script, and this script came from no server: unpack trafikito-agent-VERSION-linux-$(architecture).tar.gz and run the install.sh in it, or give --agent_file=FILE"
        ;;
    served)
        [ -n "$archive" ] ||
            problem "$served_api_url has no agent for $(architecture), but for:$(printf '%s\n' "$served_files" | sed -n 's/.*-linux-\(.*\)\.tar\.gz$/ \1/p' | tr -d '\n')"
        ;;
    esac
    check_room
}

install_words() {
    words=''
    for tool in $1; do
        case $tool in
        awk) tool=gawk ;;
        useradd) [ ! -e /etc/debian_version ] && tool=shadow || tool=passwd ;;
        curl | grep | gzip | sed | tar) ;;
        *) tool=coreutils ;;
        esac
        case " $words " in *" $tool "*) ;; *) words="$words $tool" ;; esac
    done
    for manager in 'apt-get install' 'dnf install' 'yum install' 'apk add' 'zypper install' 'pacman -S'; do
        if command -v "${manager%% *}" >/dev/null; then
            say "$manager$words"
            return
        fi
    done
    say "the packages$words"
}

# Twice the program, its archive, and some for the reports of an outage.
check_room() {
    at=$base_dir
    while [ ! -d "$at" ]; do at=${at%/*} && at=${at:-/}; done
    room=$(df -Pk "$at" 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ "${room:-99999}" -ge 30720 ] || problem "$at has $room KiB left, and 30 MiB are needed: make room, or give --base_dir"
}

# Every step of the way to BASE must be closed to others: whoever can write there decides what runs here.
check_way() {
    at=''
    rest=${base_dir#/}/
    while [ -n "$rest" ]; do
        at=$at/${rest%%/*} rest=${rest#*/}
        if [ -h "$at" ]; then
            problem "$at is a link: give --base_dir=$(readlink -f "$at")${rest:+/${rest%/}}, the place that it leads to"
            return
        elif [ ! -e "$at" ]; then
            return
        elif [ ! -d "$at" ]; then
            problem "$at is no directory"
            return
        elif [ "$at" = "$base_dir" ] && [ "$state" = shell ]; then
            return # taken from its owner further below
        elif ! is_mine "$at"; then
            problem "$at belongs to another user (uid $(owner_of "$at")), who could change what runs: chown root $at, or another --base_dir"
        elif [ "$root" = yes ] && [ "$agent_user" != root ] && [ "$at" != "$base_dir" ] && closed_to_others "$at"; then
            problem "$agent_user cannot enter $at, and so not what is below it: another --base_dir, or --user=root"
        elif writable_by_others "$at"; then
            problem "others can write to $at, and so change what runs: chmod go-w $at, or another --base_dir"
        fi
    done
}

# --- what is in BASE --------------------------------------------------------------------------------------------------

# fresh: nothing; ours: an installation of ours, whole or not; shell: the shell agent; else it is not for us to touch.
find_state() {
    if [ ! -e "$base_dir" ] && [ ! -h "$base_dir" ]; then
        state=fresh
    elif [ -f "$base_dir/lib/installed" ] && [ ! -h "$base_dir/lib/installed" ] && is_mine "$base_dir" && is_mine "$base_dir/lib" &&
        is_mine "$base_dir/lib/installed"; then
        state=ours
    elif [ -f "$base_dir/etc/trafikito.cfg" ] && [ -f "$base_dir/lib/trafikito_wrapper.sh" ]; then
        state=shell
    elif [ -f "$base_dir/etc/trafikito.cfg" ]; then
        state=fresh # enrolled by hand
    else
        state=fresh
        for file in "$base_dir"/* "$base_dir"/.[!.]* "$base_dir"/..?*; do
            case ${file#"$base_dir/"} in
            available_commands.sh | etc | lib | var | .install.*) continue ;;
            esac
            [ ! -e "$file" ] || {
                problem "$base_dir holds what is not the agent's (${file##*/}): give another --base_dir"
                break
            }
        done
    fi
    [ "$state" != shell ] || [ "$root" = yes ] || is_mine "$base_dir" ||
        problem "the shell agent in $base_dir belongs to another user: run this as root to take it over"
}

# One agent of an installer or of a package on a machine: they share a name for the service.
check_other_agents() {
    [ "$root" = yes ] || return 0
    for unit in /lib/systemd/system/trafikito-agent.service /usr/lib/systemd/system/trafikito-agent.service; do
        [ ! -f "$unit" ] || {
            problem "the package trafikito-agent is installed ($unit): enrol with \`trafikito-agent enroll\`, or remove the package first"
            return
        }
    done
    for file in /etc/systemd/system/trafikito-agent.service /etc/init.d/trafikito-agent; do
        [ -f "$file" ] || continue
        grep -qF "$base_dir/lib/trafikito-agent" "$file" || {
            other=$(sed -n 's,.*[= "]\(/[^ "]*\)/lib/trafikito-agent.*,\1,p' "$file" | head -n 1)
            problem "an agent is installed in ${other:-another place} ($file): uninstall that one first${other:+, $other/uninstall.sh}"
            return
        }
    done
}

# --- one installer at a time ------------------------------------------------------------------------------------------

# What the installer started, and what survives it, holds the lock of flock(1) on: the enrolment above all.
lock() {
    if [ "$root" = yes ] && [ -d /run ]; then
        lock_file=/run/trafikito-install.lock
    else
        lock_file=$base_dir/.install.lock
    fi
    waited=0
    until try_lock; do
        [ "$waited" != 0 ] || say "another installer is at work: waiting for it to end"
        waited=$((waited + 1))
        [ "$waited" -le 120 ] || fail "another installer is still at work after two minutes (its lock: $lock_file)"
        sleep 1
    done
}

# Who had the lock before may have failed and taken back its directory, with the lock in it.
try_lock() {
    [ "$lock_file" != "$base_dir/.install.lock" ] || make_base_dir
    if command -v flock >/dev/null; then
        exec 9>>"$lock_file"
        flock -n 9 && [ "$(inode "$lock_file")" = "$(inode /proc/self/fd/9)" ]
    elif mkdir "$lock_file.d" 2>/dev/null; then
        echo "$$" >"$lock_file.d/pid"
    else
        holder=$(cat "$lock_file.d/pid" 2>/dev/null) || holder=''
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -f "$lock_file.d/pid"
            rmdir "$lock_file.d" 2>/dev/null || true
        fi
        return 1
    fi
}

inode() {
    # shellcheck disable=SC2012 # the number stands before the name
    ls -Li "$1" 2>/dev/null | awk '{ print $1 }'
}

# shellcheck disable=SC2317 # called by the trap, as what stands behind it
unlock() {
    [ -z "$lock_file" ] || command -v flock >/dev/null || rm -rf "$lock_file.d"
}

# --- the way back -----------------------------------------------------------------------------------------------------

made='' # directories that this run made, the innermost first
user_made=no taken_over=no placing=no work='' lock_file=''

make_base_dir() {
    [ ! -d "$base_dir" ] || return 0
    at='' made=''
    rest=${base_dir#/}/
    while [ -n "$rest" ]; do
        at=$at/${rest%%/*} rest=${rest#*/}
        [ ! -d "$at" ] || continue
        if mkdir "$at" 2>/dev/null; then
            made="$at $made"
        elif [ ! -d "$at" ]; then # another installer may have been faster
            fail "$at cannot be made"
        fi
    done
    say "$made" >>"$base_dir/.install.made" # until it stands among the notes
}

# Whatever happens: no work is left over, and where this machine is not enrolled, nothing else.
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    code=$?
    trap - EXIT
    trap '' INT TERM HUP PIPE
    # The shell agent goes on running, and needs its configuration.
    if [ -n "$work" ] && [ -f "$work/shell.cfg" ]; then mv "$work/shell.cfg" "$base_dir/etc/trafikito.cfg" || true; fi
    [ -z "$work" ] || rm -rf "$work"
    [ "$code" = 0 ] || take_back || true
    unlock
    exit "$code"
}

take_back() {
    if [ "$taken_over" = no ] && [ "$placing" = yes ] && [ ! -f "$base_dir/etc/trafikito.cfg" ]; then
        rm -f "$base_dir/trafikito" "$base_dir/install.sh" "$base_dir/uninstall.sh" "$base_dir/etc/api_key" \
            "$base_dir/etc/ca.pem"
        rm -rf "${base_dir:?}/lib" "${base_dir:?}/share"
        rmdir "$base_dir/etc" 2>/dev/null || true
        keep_nonce
        [ "$user_made" = no ] || remove_user "$agent_user"
    fi
    [ ! -f "$base_dir/lib/installed" ] || return 0
    case $made in
    "$base_dir "* | "$base_dir") rm -f "$base_dir/.install.lock" ;;
    esac
    for at in $made; do
        if [ "$at" = "$base_dir" ]; then
            if [ -d "$at/var" ]; then break; fi
            rm -f "$at/.install.made"
        fi
        rmdir "$at" 2>/dev/null || break
    done
}

# The API may have made a server for this machine already: by the nonce the next try gets that one.
keep_nonce() {
    [ -d "$base_dir/var" ] || return 0
    [ "$root" = no ] || chown -h 0:0 "$base_dir/var" || return 0
    for file in "$base_dir/var"/* "$base_dir/var"/.[!.]* "$base_dir/var"/..?*; do
        [ "$file" = "$base_dir/var/enroll.nonce" ] || rm -rf "$file"
    done
    rmdir "$base_dir/var" 2>/dev/null ||
        printf 'kept: %s, by which the next try gets the same server of the API\n' "$base_dir/var/enroll.nonce" >&2
}

# What an installer left that was killed.
remove_leftovers() {
    for left in "$base_dir"/.install.?????? "${base_dir%/*}/.${base_dir##*/}.install".??????; do
        # Not where somebody else could have made it.
        if [ -d "$left" ] && [ ! -h "$left" ] && is_mine "${left%/*}" && is_mine "$left"; then rm -rf "$left"; fi
    done
}

make_work() {
    # Beside BASE while that is not ours. Never in /tmp, where nothing may be run on some machines.
    if [ "$state" = shell ]; then
        work=$(mktemp -d "${base_dir%/*}/.${base_dir##*/}.install.XXXXXX")
    else
        work=$(mktemp -d "$base_dir/.install.XXXXXX")
    fi 2>/dev/null || fail "no directory can be made in ${base_dir%/*} or $base_dir: is the disk full?"
    chmod 755 "$work"
}

# --- the program ------------------------------------------------------------------------------------------------------

# beside: what lies with this script; file: --agent_file; served: of the server; kept: what is installed.
find_source() {
    archive=''
    here=''
    [ -z "$self" ] || here=$(cd "$(dirname "$self")" && pwd -P)
    if [ -n "$agent_file" ]; then
        source='file'
    elif [ -n "$here" ] && [ -f "$here/trafikito-agent" ] && [ -f "$here/trafikito_wrapper.sh" ]; then
        source=beside
    elif [ -n "$here" ] && [ "$here" = "$base_dir" ] && [ -f "$here/lib/trafikito-agent" ]; then
        source=kept
    elif [ -n "$served_files" ]; then
        source=served
        archive=$(printf '%s\n' "$served_files" | sed -n "s/^[0-9a-f]\{64\}  \(trafikito-agent-[A-Za-z0-9._+~-]*-linux-$(architecture)\.tar\.gz\)\$/\1/p" | head -n 1)
    else
        source=none
    fi
}

get_program() {
    case $source in
    beside) from=$here ;;
    file) unpack "$agent_file" ;;
    kept)
        from=$work/kept
        mkdir "$from"
        for file in trafikito install.sh uninstall.sh lib/trafikito-agent lib/trafikito_wrapper.sh lib/trafikito_agent.sh share; do
            cp -R "$base_dir/$file" "$from/" || fail "$base_dir/$file cannot be copied: unpack the archive of the agent, and run the install.sh in it"
        done
        ;;
    served)
        say "* Downloading $archive from $served_api_url"
        download "$served_api_url/agent/$archive" "$work/$archive"
        expected=$(printf '%s\n' "$served_files" | sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p")
        [ "$(sha256sum <"$work/$archive" | sed 's/ .*//')" = "$expected" ] ||
            fail "what came as $archive is not what the server said it would be (its SHA-256 differs): try again; if it stays, the server's files are damaged or somebody is in between"
        unpack "$work/$archive"
        ;;
    esac
    mkdir "$work/stage"
    for file in $our_files; do
        [ -f "$from/$file" ] || fail "$file is missing beside install.sh: is the archive whole?"
        cp "$from/$file" "$work/stage/" || fail "$file cannot be copied to $work: is the disk full?"
        chmod 755 "$work/stage/$file"
    done
    if [ -d "$from/share" ]; then
        cp -R "$from/share" "$work/stage/share" || fail "share/ cannot be copied to $work: is the disk full?"
        chmod -R u=rwX,go=rX "$work/stage/share"
    fi
    try_program
}
our_files='trafikito-agent trafikito trafikito_wrapper.sh trafikito_agent.sh install.sh uninstall.sh'

# The key of the server is asked for as well as its certificate, by what can do so; the digest is checked in any case.
download() { # URL FILE
    ca=''
    [ -z "$served_ca" ] || { ca=$work/served_ca.pem && printf '%s\n' "$served_ca" >"$ca"; }
    key=''
    [ -z "$served_pin" ] || key=sha256//${served_pin#sha256/}
    if command -v curl >/dev/null; then
        curl -fsS --proto =https,http --retry 3 --connect-timeout 20 --max-time 600 ${ca:+--cacert "$ca"} \
            ${key:+--pinnedpubkey "$key"} -o "$2" "$1"
    elif wget --version 2>/dev/null | grep -q '^GNU Wget'; then
        wget -q --tries=3 --timeout=60 ${ca:+--ca-certificate="$ca"} ${key:+--pinnedpubkey="$key"} -O "$2" "$1"
    else
        say "  (this wget cannot verify the server: the digest of what comes is checked instead)"
        wget -q --no-check-certificate -O "$2" "$1" || fail "$1 could not be downloaded: not every wget speaks to every server; install curl and try again"
    fi || fail "$1 could not be downloaded: does this machine reach that server, and is its disk not full?"
}

# Only plain files and directories below one directory of the expected name come out of it.
unpack() {
    tar -tzf "$1" >"$work/names" 2>/dev/null || fail "$1 is no archive, or a damaged one"
    top=$(sed -n '1s,/.*,,p' "$work/names")
    case $top in
    trafikito-agent-*[!A-Za-z0-9._+~-]* | trafikito-agent-) top='' ;;
    trafikito-agent-*) ;;
    *) top='' ;;
    esac
    # shellcheck disable=SC2015 # each must hold
    [ -n "$top" ] && ! grep -qE '(^|/)\.\.(/|$)' "$work/names" &&
        awk -v top="$top" 'index($0, top "/") != 1 && $0 != top { exit 1 }' "$work/names" &&
        ! tar -tvzf "$1" 2>/dev/null | grep -qv '^[-d]' ||
        fail "$1 is not an archive of the agent: it holds other names, or links"
    tar -xzof "$1" -C "$work" || fail "$1 could not be unpacked: is the disk full?"
    from=$work/$top
}

# Before anything is replaced.
try_program() {
    if said=$("$work/stage/trafikito-agent" --version 2>"$work/trial"); then
        version=$(printf '%s\n' "$said" | sed -n '1s/^trafikito-agent //p')
        [ -n "$version" ] || fail "trafikito-agent does not say its version: $said"
        return
    fi
    why=$(head -n 3 "$work/trial" | tr '\n' ' ')
    case $why in
    *GLIBC*) why="it needs a newer C library than this system has (glibc 2.34 or later: Debian 12, Ubuntu 22.04, RHEL 9)" ;;
    *'not found'* | *'No such file'*) why="it needs glibc, and this system has another C library or none of that architecture" ;;
    *[Ee]'xec format'* | *'ELF'*) why="it is for another architecture than $(architecture)" ;;
    *'ermission denied'*) why="nothing may be run on the file system of ${work%/*} (is it mounted noexec?): give another --base_dir" ;;
    esac
    fail "trafikito-agent cannot run here: $why"
}

# --- the user ---------------------------------------------------------------------------------------------------------

# A system user that owns nothing but var/ and cannot log in.
make_user() {
    ! user_exists "$agent_user" || return 0
    shell=/sbin/nologin
    [ ! -x /usr/sbin/nologin ] || shell=/usr/sbin/nologin
    if command -v useradd >/dev/null; then
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell "$shell" "$agent_user"
    else
        addgroup -S "$agent_user" 2>/dev/null || true
        adduser -S -D -H -h /nonexistent -s "$shell" -G "$agent_user" "$agent_user"
    fi || fail "the user $agent_user could not be made"
    say "* Made the system user $agent_user"
}

remove_user() {
    if command -v userdel >/dev/null; then userdel "$1"; else deluser "$1"; fi >/dev/null 2>&1 || true
}

# --- into place -------------------------------------------------------------------------------------------------------

# Each file by one rename. What is made outside BASE is noted before it is made, so that uninstall.sh finds all of it
# whenever this ends.
place_all() {
    placing=yes
    make_base_dir
    chmod 755 "$base_dir"
    for folder in etc lib; do
        [ -d "$base_dir/$folder" ] || mkdir "$base_dir/$folder"
        chmod 755 "$base_dir/$folder"
    done
    write_notes
    [ "$root" = no ] || [ "$user_made" = no ] || make_user
    make_var
    place trafikito-agent lib/trafikito-agent
    place trafikito_wrapper.sh lib/trafikito_wrapper.sh
    place trafikito_agent.sh lib/trafikito_agent.sh
    place trafikito trafikito
    place install.sh install.sh
    place uninstall.sh uninstall.sh
    let_agent_read_configuration
    if [ -d "$work/stage/share" ]; then
        rm -rf "$base_dir/share"
        mv "$work/stage/share" "$base_dir/share" || fail "$base_dir/share cannot be written"
    fi
    [ ! -x /usr/sbin/restorecon ] || /usr/sbin/restorecon -R "$base_dir" >/dev/null 2>&1 || true
}

# Enrolled by hand, the key stands in it.
let_agent_read_configuration() {
    cfg=$base_dir/etc/trafikito.cfg
    [ "$root" = yes ] && [ "$taken_over" = no ] && [ "$agent_user" != root ] && [ -f "$cfg" ] && [ "$(mode_of "$cfg")" = 600 ] ||
        return 0
    chown "0:$(id -gn "$agent_user")" "$cfg"
    chmod 640 "$cfg"
}

place() {
    [ ! -d "$base_dir/$2" ] || fail "$base_dir/$2 is a directory: move it away"
    mv -f "$work/stage/$1" "$base_dir/$2" || fail "$base_dir/$2 cannot be written"
}

write_notes() {
    {
        say "version=$version"
        say "user=$agent_user"
        say "user_made=$user_made"
        say "startup=$startup"
        say "taken_over=$taken_over"
        say "made=$made"
        case $startup in
        systemd)
            say "file=/etc/systemd/system/trafikito-agent.service"
            [ "$agent_user" != root ] || say "file=/etc/systemd/system/trafikito-agent.service.d/as-root.conf"
            ;;
        openrc | sysv) say "file=/etc/init.d/trafikito-agent" ;;
        esac
    } >"$work/installed" || fail "$work cannot be written: is the disk full?"
    chmod 644 "$work/installed"
    [ ! -d "$base_dir/lib/installed" ] || fail "$base_dir/lib/installed is a directory: move it away"
    mv -f "$work/installed" "$base_dir/lib/installed" || fail "$base_dir/lib/installed cannot be written"
    rm -f "$base_dir/.install.made"
}

make_var() {
    [ ! -h "$base_dir/var" ] || fail "$base_dir/var is a link: move it away"
    [ "$taken_over" = no ] || return 0
    [ -d "$base_dir/var" ] || mkdir -m 750 "$base_dir/var" || fail "$base_dir/var cannot be made"
    # Of a user that is gone, all of it.
    if [ "$root" = yes ] && [ -z "$(owner_name "$base_dir/var")" ]; then
        chown -hR "$agent_user:$(id -gn "$agent_user")" "$base_dir/var"
    fi
    [ "$root" = no ] || [ "$(owner_of "$base_dir/var")" != 0 ] || {
        chown -h "$agent_user:$(id -gn "$agent_user")" "$base_dir/var"
        chmod 750 "$base_dir/var"
    }
}

# The certificates that vouch for the API: given, or those of the server that this script came from.
place_ca() {
    if [ -n "$ca_file" ]; then
        cat "$ca_file" >"$work/ca.pem"
    elif [ -n "$served_ca" ] && [ "$api_url" = "$served_api_url" ]; then
        printf '%s\n' "$served_ca" >"$work/ca.pem"
    else
        return 0
    fi || fail "$work/ca.pem cannot be written: is the disk full?"
    chmod 644 "$work/ca.pem"
    [ ! -d "$base_dir/etc/ca.pem" ] || fail "$base_dir/etc/ca.pem is a directory: move it away"
    mv -f "$work/ca.pem" "$base_dir/etc/ca.pem" || fail "$base_dir/etc/ca.pem cannot be written"
}

# --- enrolment --------------------------------------------------------------------------------------------------------

enroll() {
    place_ca
    write_key
    set -- enroll --api-url "${api_url:-$public_api}" --workspace-id "$workspace_id" --user-api-key-file "$work/key" \
        --base-dir "$base_dir"
    [ -z "$server_name" ] || set -- "$@" --server-name "$server_name"
    [ ! -f "$base_dir/etc/ca.pem" ] || set -- "$@" --ca-file "$base_dir/etc/ca.pem"
    [ -z "$pin" ] || set -- "$@" --pin "$pin"
    [ "$root" = no ] || set -- "$@" --api-key-apart --run-as "$agent_user"
    say "* Enrolling this machine at ${api_url:-$public_api}"
    { "$base_dir/lib/trafikito-agent" "$@" 2>&1 || true; } | tee "$work/said" || true
    # It is written last.
    [ -f "$base_dir/etc/trafikito.cfg" ] || {
        # Where the API refused before it made a server, no next try needs the nonce.
        if grep -qE 'error: (.*the API says|handshake|connect|resolve)' "$work/said" && ! grep -q '^the API made server' "$work/said"; then
            rm -f "$base_dir/var/enroll.nonce"
        fi
        fail "this machine could not be enrolled: the reason stands above; try again when it is mended"
    }
    rm -f "$work/key" "$work/shell.cfg"
    # The public API has several addresses, and the agent takes another when one does not answer.
    [ -n "$api_url" ] || {
        sed "s|^api_url = $public_api\$|&, $other_public_apis|" "$base_dir/etc/trafikito.cfg" >"$work/cfg"
        chmod "$(mode_of "$base_dir/etc/trafikito.cfg")" "$work/cfg"
        mv -f "$work/cfg" "$base_dir/etc/trafikito.cfg"
    }
}
public_api=https://eu-west-1.api.trafikito.com
other_public_apis='https://us-east-1.api.trafikito.com, https://ap-southeast-1.api.trafikito.com'

# As chmod(1) takes it.
# shellcheck disable=SC2012
mode_of() {
    ls -ldn "$1" | awk 'NR == 1 {
        for (i = 0; i < 3; ++i)
            mode = mode (substr($1, 2 + 3 * i, 1) == "r") * 4 + (substr($1, 3 + 3 * i, 1) == "w") * 2 + (substr($1, 4 + 3 * i, 1) ~ /[xst]/)
        print mode
    }'
}

# What was said on the command line and does not count, since this machine is enrolled.
say_what_is_kept() {
    cfg=$base_dir/etc/trafikito.cfg
    say "* This machine is enrolled as server $(config_value "$cfg" server_id): its identity and its command list are kept"
    there=$(config_value "$cfg" api_url)
    if [ -n "$api_url" ] && [ "$there" != "$api_url" ]; then
        warn "it reports to ${there:-the public API} and goes on doing so; $api_url is not used. To enrol it there: $base_dir/uninstall.sh, then install again"
    fi
    [ -z "$pin" ] || [ "$pin" = "$(config_value "$cfg" pin)" ] ||
        warn "--pin is not used; write it into $cfg: pin = $pin"
    [ -z "$asked_user" ] || [ "$asked_user" = "$agent_user" ] ||
        warn "it runs as $agent_user and goes on doing so; --user=$asked_user is not used"
    # Certificates are renewed: those of the same API replace what is there.
    if [ "$(config_value "$cfg" ca_file)" = "$base_dir/etc/ca.pem" ] && { [ -z "$api_url" ] || [ "$there" = "$api_url" ]; }; then
        place_ca
    elif [ -n "$ca_file" ]; then
        warn "--ca_file is not used; write it into $cfg: ca_file = $ca_file"
    fi
}

# --- start-up ---------------------------------------------------------------------------------------------------------

# A unit or init script out of its template, with the lines about the key only where the key has a file of its own.
fill() { # TEMPLATE FILE MODE
    [ -f "$base_dir/share/$1" ] || fail "$base_dir/share/$1 is missing: is the archive whole?"
    key_lines='/@API_KEY_FILE@/d'
    if [ -f "$base_dir/etc/api_key" ] && is_plain "$base_dir/etc/api_key"; then
        key_lines="s|@API_KEY_FILE@|$base_dir/etc/api_key|g"
    fi
    sed -e "$key_lines" -e "s|@PROGRAM@|$base_dir/lib/trafikito-agent|g" \
        -e "s|@CONFIG@|$base_dir/etc/trafikito.cfg|g" -e "s|@BASE_DIR@|$base_dir|g" \
        -e "s|@VAR_DIR@|$base_dir/var|g" -e "s|@USER@|$agent_user|g" "$base_dir/share/$1" >"$work/startup" ||
        fail "$work cannot be written: is the disk full?"
    # Renamed where it is: BASE may be on another file system.
    hidden=${2%/*}/.${2##*/}.install
    { cp "$work/startup" "$hidden" && chmod "$3" "$hidden" && mv -f "$hidden" "$2"; } || {
        rm -f "$hidden"
        fail "$2 cannot be written"
    }
}

set_up_startup() {
    case $startup in
    systemd)
        [ -d /etc/systemd/system ] || mkdir -p /etc/systemd/system
        fill systemd/trafikito-agent.service.in /etc/systemd/system/trafikito-agent.service 644
        set_up_rights
        [ "$startup_runs" = no ] || systemctl daemon-reload
        systemctl enable -q trafikito-agent.service || fail "systemctl enable trafikito-agent.service failed; the reason stands above"
        ;;
    openrc)
        fill openrc/trafikito-agent /etc/init.d/trafikito-agent 755
        rc-update -q add trafikito-agent default || fail "rc-update add trafikito-agent failed; the reason stands above"
        ;;
    sysv)
        fill sysv/trafikito-agent /etc/init.d/trafikito-agent 755
        if command -v update-rc.d >/dev/null; then
            update-rc.d trafikito-agent defaults >/dev/null
        else
            chkconfig --add trafikito-agent && chkconfig trafikito-agent on
        fi || fail "the start-up of trafikito-agent could not be set; the reason stands above"
        ;;
    esac
}

# Root in the unit of an ordinary user could do less than that.
set_up_rights() {
    for example in systemd examples; do
        example=$example/trafikito-agent.service.d/as-root.conf
        if [ "$agent_user" != root ] || [ ! -f "$base_dir/share/$example" ]; then continue; fi
        mkdir -p /etc/systemd/system/trafikito-agent.service.d
        fill "$example" /etc/systemd/system/trafikito-agent.service.d/as-root.conf 644
        return
    done
}

# That of an earlier run, on a machine that starts in another way now.
remove_other_startup() {
    before=$(noted startup)
    [ -n "$before" ] && [ "$before" != "$startup" ] || return 0
    case $before in
    systemd)
        systemctl disable -q trafikito-agent.service 2>/dev/null || true
        rm -f /etc/systemd/system/trafikito-agent.service /etc/systemd/system/trafikito-agent.service.d/as-root.conf
        rmdir /etc/systemd/system/trafikito-agent.service.d 2>/dev/null || true
        ;;
    openrc) rc-update -q del trafikito-agent 2>/dev/null || true ;;
    sysv) { update-rc.d -f trafikito-agent remove || chkconfig --del trafikito-agent; } >/dev/null 2>&1 || true ;;
    esac
    case $before-$startup in
    sysv-openrc | openrc-sysv | systemd-*) ;;
    *) rm -f /etc/init.d/trafikito-agent ;;
    esac
}

start_agent() {
    say "* Starting the agent"
    "$base_dir/trafikito" restart >"$work/started" 2>&1 9>&- || {
        sed 's/^/    /' "$work/started" >&2
        fail "installed, but it does not start; why: $base_dir/lib/trafikito-agent check --config $base_dir/etc/trafikito.cfg"
    }
}

# A cycle begins within a minute of the start; an API that was asked in this minute wants one more.
wait_for_report() {
    say "* Waiting for the first report, which takes up to a minute"
    waited=0 gone=0 accepted=''
    while [ "$waited" -lt 180 ] && [ "$gone" -lt 30 ]; do
        seen=$("$base_dir/lib/trafikito-agent" status --config "$base_dir/etc/trafikito.cfg" --json 2>/dev/null) || seen=''
        case $seen in
        *'"reportsAccepted":0'*) ;;
        *'"reportsAccepted":'*'"running":true'*) accepted=yes && break ;;
        esac
        case $seen in
        *'"running":true'*) gone=0 ;;
        *) gone=$((gone + 1)) ;;
        esac
        sleep 1
        waited=$((waited + 1))
        [ ! -t 2 ] || [ $((waited % 5)) != 0 ] || printf '.' >&2
    done
    [ ! -t 2 ] || [ "$waited" -lt 5 ] || printf '\n' >&2
    if [ -n "$accepted" ]; then
        case $seen in *'"nothingRan":"'[!\"]*) warn "the report arrived, but no command ran: $("$base_dir/lib/trafikito-agent" healthcheck --config "$base_dir/etc/trafikito.cfg")" ;; esac
        return 0
    fi
    "$base_dir/trafikito" status 2>&1 | sed 's/^/    /' >&2
    fail "installed and started, but no report was accepted within $waited seconds; what the agent says stands above"
}

# --- the shell agent --------------------------------------------------------------------------------------------------

# Its files belong to the user that it runs as, who may change them at any moment. So none of them is run, and each
# counts only after its directory has become root's and it was copied.
shell_user=''

look_at_shell_agent() {
    [ ! -h "$base_dir" ] || fail "$base_dir is a link: give --base_dir=$(readlink -f "$base_dir")"
    shell_user=$(owner_name "$base_dir/etc/trafikito.cfg")
    if [ "$(owner_of "$base_dir/etc/trafikito.cfg")" = 0 ]; then
        runas=$(config_value "$base_dir/etc/trafikito.cfg" runas)
        shell_user=${runas:-root}
    fi
    case $shell_user in
    '' | -* | *[!A-Za-z0-9._-]*) problem "$base_dir/etc/trafikito.cfg belongs to no user that is known here, or names none in RUNAS" ;;
    *) user_exists "$shell_user" || problem "the shell agent's user $shell_user does not exist" ;;
    esac
    for key in server_id api_key; do
        value=$(config_value "$base_dir/etc/trafikito.cfg" "$key")
        case $value in
        '' | *[!A-Za-z0-9._:-]*) problem "$base_dir/etc/trafikito.cfg has no $(printf '%s' "$key" | tr '[:lower:]' '[:upper:]') that can be meant: is its installation whole?" ;;
        esac
    done
    for file in trafikito uninstall.sh available_commands.sh etc/trafikito.cfg etc/trafikito.app lib etc var \
        lib/trafikito_wrapper.sh lib/trafikito_agent.sh lib/set_os.sh lib/remove_startup.sh; do
        [ ! -h "$base_dir/$file" ] || problem "$base_dir/$file is a link: put what it leads to in its place"
    done
    planted=$(find_planted)
    [ -z "$planted" ] || problem "$planted is not the shell agent's: move it away"
    [ -d "$base_dir/var" ] || problem "$base_dir/var is missing: is its installation whole?"
    [ -f "$base_dir/available_commands.sh" ] || problem "$base_dir/available_commands.sh is missing: is its installation whole?"
}

# What ours would take for its own, and root never made: its user could have put it there for us.
find_planted() {
    for file in etc/api_key etc/ca.pem lib/installed lib/trafikito-agent lib/shell-agent share install.sh; do
        if [ ! -h "$base_dir/$file" ] && [ ! -e "$base_dir/$file" ]; then continue; fi
        # The backup of a run that was ended is root's.
        if [ "$file" = lib/shell-agent ] && is_plain "$base_dir/$file"; then continue; fi
        say "$base_dir/$file"
        return
    done
}
is_plain() { [ ! -h "$1" ] && is_mine "$1"; }

owner_name() { awk -F: -v uid="$(owner_of "$1")" '$3 == uid { print $1; exit }' /etc/passwd; }

# Whether the API at $api_url knows the identity of the shell agent: `yes`, `no`, or `unknown` where nothing here can
# ask over TLS that is verified. The key goes by a file.
identity_is_known() {
    cfg=$base_dir/etc/trafikito.cfg
    (
        umask 077
        printf '{"serverId":"%s","serverApiKey":"%s","previous":""}' "$(config_value "$cfg" server_id)" \
            "$(config_value "$cfg" api_key)" >"$work/question"
    )
    ca=$ca_file
    if [ -z "$ca" ] && [ -n "$served_ca" ] && [ "$api_url" = "$served_api_url" ]; then
        ca=$work/served_ca.pem
        printf '%s\n' "$served_ca" >"$ca"
    fi
    set -- "$api_url/v2/agent/get_config"
    if command -v curl >/dev/null; then
        curl -sS --max-time 60 ${ca:+--cacert "$ca"} -H 'Content-Type: application/json' --data-binary "@$work/question" \
            -o "$work/answer" "$1"
    elif wget --version 2>/dev/null | grep -q '^GNU Wget'; then
        wget -q --tries=1 --timeout=60 --content-on-error ${ca:+--ca-certificate="$ca"} \
            --header='Content-Type: application/json' --post-file="$work/question" -O "$work/answer" "$1" || [ -s "$work/answer" ]
    else
        known=unknown
        return
    fi || fail "$api_url does not answer: nothing was changed, and the shell agent goes on"
    rm -f "$work/question"
    case $(head -c 4096 "$work/answer") in
    STOP*) known=no ;;
    *ONCE_PER_MINUTE* | *ANOTHER_REQUEST_IN_PROGRESS*) known=yes ;;
    *'"error"'*) known=no ;;
    *) known=yes ;;
    esac
}

# The identity of the shell agent is one of the API that it reported to: another API may know it or not.
decide_identity() {
    enroll_anew=no
    [ -n "$api_url" ] || return 0
    identity_is_known
    [ "$known" = no ] || return 0
    if have_key && [ -n "$workspace_id" ]; then
        enroll_anew=yes
        return
    fi
    fail "nothing was changed: $api_url does not know this machine (server $(config_value "$base_dir/etc/trafikito.cfg" server_id)); to enrol it there anew, give --user_api_key and --workspace_id; to go on reporting where it does, leave --api_url away"
}

take_files() {
    say "* Taking over from the shell agent, which ran as $shell_user"
    for folder in '' /etc /lib; do
        if [ -h "$base_dir$folder" ] || [ ! -d "$base_dir$folder" ]; then fail "$base_dir$folder is not a directory"; fi
        [ "$root" = no ] || chown -h 0:0 "$base_dir$folder"
        chmod 755 "$base_dir$folder"
    done
    # From here on nobody else can change a name in these; a second look is what counts.
    planted=$(find_planted)
    [ -z "$planted" ] || fail "$planted is not the shell agent's: move it away"
    for file in trafikito uninstall.sh available_commands.sh etc/trafikito.cfg etc/trafikito.app lib/trafikito_wrapper.sh \
        lib/trafikito_agent.sh lib/set_os.sh lib/remove_startup.sh; do
        if [ -h "$base_dir/$file" ] || { [ -e "$base_dir/$file" ] && [ ! -f "$base_dir/$file" ]; }; then
            fail "$base_dir/$file is not a plain file: move it away"
        fi
        [ ! -f "$base_dir/$file" ] || [ "$(links_of "$base_dir/$file")" = 1 ] || fail "$base_dir/$file has another name elsewhere: put a copy in its place"
    done
    work_here=$(mktemp -d "$base_dir/.install.XXXXXX") || fail "$base_dir cannot be written: is the disk full?"
    chmod 755 "$work_here"
    cp -R "$work/." "$work_here/" || fail "$base_dir cannot be written: is the disk full?"
    rm -rf "$work"
    work=$work_here
    back_up
}

# What `uninstall.sh --back-to-shell-agent` puts back.
back_up() {
    [ ! -d "$base_dir/lib/shell-agent" ] || return 0
    copy=$work/shell-agent
    mkdir -m 700 "$copy"
    mkdir "$copy/etc" "$copy/lib" "$copy/startup"
    for file in trafikito uninstall.sh available_commands.sh etc/trafikito.cfg lib/trafikito_wrapper.sh \
        lib/trafikito_agent.sh lib/set_os.sh lib/remove_startup.sh; do
        [ ! -f "$base_dir/$file" ] || cp -p "$base_dir/$file" "$copy/$file" || fail "the backup could not be made: is the disk full?"
    done
    say "user=$shell_user" >"$copy/notes"
    find_shell_startup
    if [ -n "$shell_unit" ]; then cp -p "$shell_unit" "$copy/startup/trafikito.service"; fi
    if [ -n "$shell_script" ]; then cp -p "$shell_script" "$copy/startup/init.d-trafikito"; fi
    for file in $shell_rc_files; do
        say "rc=$file" >>"$copy/notes"
        whole_lines <"$file" >"$copy/startup/rc-lines"
        cp -p "$file" "$copy/startup/rc-before"
    done
    for who in $(crontab_users); do
        crontab_of "$who" >"$copy/startup/crontab-before.$who"
        reboot_lines <"$copy/startup/crontab-before.$who" | whole_lines >"$copy/startup/crontab.$who"
        [ -s "$copy/startup/crontab.$who" ] || rm -f "$copy/startup/crontab.$who" "$copy/startup/crontab-before.$who"
    done
    mv "$copy" "$base_dir/lib/shell-agent" || fail "the backup could not be made: is the disk full?"
}

find_shell_startup() {
    shell_unit='' shell_script='' shell_rc_files=''
    unit=/etc/systemd/system/trafikito.service
    if [ -f "$unit" ] && grep -qE "^ExecStart=$pattern/lib/trafikito_wrapper\.sh( |\$)" "$unit"; then shell_unit=$unit; fi
    script=/etc/init.d/trafikito
    if [ -f "$script" ] && grep -qE "^(export )?BASEDIR=\"?$pattern\"?\$" "$script"; then shell_script=$script; fi
    for file in /etc/rc.local /etc/rc.d/rc.local; do
        [ ! -f "$file" ] || [ -h "$file" ] || [ -z "$(lines_of_shell_agent <"$file")" ] || shell_rc_files="$shell_rc_files $file"
    done
}

# Of a crontab or rc.local: those that start what is in BASE, and not in a directory whose name only ends or begins alike.
lines_of_shell_agent() { grep -E "$starts_it" || true; }
# Those that do nothing else, and may go.
whole_lines() { grep -E "$only_starts_it" || true; }
reboot_lines() { grep '^[[:space:]]*@reboot[[:space:]]' | lines_of_shell_agent; }
set_patterns() {
    pattern=$(printf '%s' "$base_dir" | sed 's/[.+]/\\&/g')
    starts_it="^([^#]*[^A-Za-z0-9._/+#-])?$pattern/(trafikito start|lib/trafikito_wrapper\\.sh|lib/trafikito_agent\\.sh)([^A-Za-z0-9._/+-]|\$)"
    # Perhaps by a shell, with arguments, into a file, behind everything else.
    only_starts_it="^[[:space:]]*(@reboot[[:space:]]+)?((/usr)?(/bin/)?(sh|bash|dash|nohup|setsid)[[:space:]]+)*[\"']?$pattern/(trafikito start|lib/trafikito_wrapper\\.sh|lib/trafikito_agent\\.sh)([[:space:]\"']+[A-Za-z0-9._/\"'-]*)*([[:space:]]*[0-9&]?>>?&?[[:space:]]*[A-Za-z0-9._/-]+)*[[:space:]]*&?[[:space:]]*\$"
}
# Only root may name a user to crontab(1).
crontab_users() { if [ "$root" = yes ]; then say "root $shell_user"; else say "$me"; fi; }
crontab_for() { # USER ARGUMENT...
    who=$1
    shift
    if [ "$root" = yes ]; then crontab -u "$who" "$@"; else crontab "$@"; fi
}
crontab_of() { if command -v crontab >/dev/null; then crontab_for "$1" -l 2>/dev/null || true; fi; }

# The list and the configuration become root's by copies: whoever still has the old files open writes into nothing.
take_configuration() {
    cat "$base_dir/available_commands.sh" >"$work/list" || fail "the command list could not be copied: is the disk full?"
    chmod 644 "$work/list"
    mv -f "$work/list" "$base_dir/available_commands.sh"
    if [ -f "$base_dir/etc/trafikito.app" ] && [ "$(owner_of "$base_dir/etc/trafikito.app")" != 0 ]; then
        warn "$base_dir/etc/trafikito.app belonged to $shell_user: it is left as it is"
    fi
    cfg=$base_dir/etc/trafikito.cfg
    [ "$enroll_anew" = no ] || {
        mv "$cfg" "$work/shell.cfg"
        return
    }
    {
        if [ "$(owner_of "$cfg")" = 0 ]; then
            awk 1 "$cfg"
        else
            # Another user's: what the shell installer wrote counts, and nothing that makes an agent of root's do more.
            sed -E '/^[[:space:]]*(#|$)/b; /^[[:space:]]*(export[[:space:]]+)?(RUNAS|USER_API_KEY|WORKSPACE_ID|SERVER_NAME|TMP_FILE|SERVER_ID|API_KEY)=/!s/^/# not taken over: /' "$cfg" |
                tr -d '\001-\010\013-\037\177' | awk 1 |
                sed -E "s/^[[:space:]]*(export[[:space:]]+)?RUNAS=.*/export RUNAS=\"$shell_user\"/"
        fi
        if [ -n "$api_url" ] && ! grep -qxF "export API_URL=\"$api_url\"" "$cfg"; then
            say "export API_URL=\"$api_url\""
            [ ! -f "$base_dir/etc/ca.pem" ] || say "export CA_FILE=\"$base_dir/etc/ca.pem\""
            [ -z "$pin" ] || say "export PIN=\"$pin\""
        fi
    } >"$work/cfg" || fail "the configuration could not be copied: is the disk full?"
    grep -qE '^[[:space:]]*(export[[:space:]]+)?RUNAS=' "$work/cfg" || say "export RUNAS=\"$shell_user\"" >>"$work/cfg"
    chmod 600 "$work/cfg"
    [ "$root" = no ] || { chown "0:$(id -g "$shell_user")" "$work/cfg" && chmod 640 "$work/cfg"; }
    mv -f "$work/cfg" "$cfg"
}

# What stands in the backup and nothing needs any more. And as a service it ran as root, whatever RUNAS says: what it
# wrote is in the way of an agent that does not.
clear_the_way() {
    rm -f "$base_dir/lib/set_os.sh" "$base_dir/lib/remove_startup.sh"
    owner=$(owner_of "$base_dir/var")
    [ "$owner" != 0 ] || return 0
    # Closed while root renames in it: its user could put a link in the way.
    mode=$(mode_of "$base_dir/var") group=$(group_of "$base_dir/var")
    chown -h 0:0 "$base_dir/var"
    chmod 700 "$base_dir/var"
    for file in trafikito.log trafikito.tmp; do
        file=$base_dir/var/$file
        if [ ! -e "$file" ] || [ "$(owner_of "$file")" = "$owner" ]; then continue; fi
        if [ -h "$file" ] || [ -d "$file" ] || [ -h "$file.shell-agent" ] || [ -d "$file.shell-agent" ]; then
            rm -f "$file" 2>/dev/null || warn "$file is in the agent's way: move it away"
        else
            mv -f "$file" "$file.shell-agent"
        fi
    done
    chmod "$mode" "$base_dir/var"
    chown -h "$owner:$group" "$base_dir/var"
}

drop_lines() { # FILE-OF-LINES FILE
    cp -p "$2" "$2.install" || fail "$2 cannot be written: is the disk full?"
    grep -vxF -f "$1" "$2" >"$2.install" || [ $? = 1 ] || fail "$2 cannot be written: is the disk full?"
    # The last command between `then` and `fi` must not go.
    if [ "${2#/etc/}" != "$2" ] && sh -n "$2" 2>/dev/null && ! sh -n "$2.install" 2>/dev/null; then
        rm -f "$2.install"
        return 0
    fi
    mv -f "$2.install" "$2"
}

# Ours is started by them, too, and answers that it runs already.
say_what_stays() { # NAME FILE
    lines_of_shell_agent <"$2" | while read -r line; do
        warn "$1 goes on starting the agent, in a line that does more than that: $line"
    done
}

# Until here it ran on.
stop_shell_agent() {
    say "* Stopping the shell agent"
    find_shell_startup
    if [ -n "$shell_unit" ]; then
        systemctl disable -q trafikito.service 2>/dev/null || true
        [ ! -d /run/systemd/system ] || systemctl stop trafikito.service || true
        rm -f "$shell_unit"
        [ ! -d /run/systemd/system ] || systemctl daemon-reload
    fi
    if [ -n "$shell_script" ]; then
        rm -f "$shell_script"
        if command -v rc-update >/dev/null; then
            rc-update -q del trafikito || true
        elif command -v update-rc.d >/dev/null; then
            update-rc.d -f trafikito remove || true
        else
            chkconfig --del trafikito || true
        fi >/dev/null 2>&1
    fi
    for file in $shell_rc_files; do
        [ ! -s "$base_dir/lib/shell-agent/startup/rc-lines" ] || drop_lines "$base_dir/lib/shell-agent/startup/rc-lines" "$file"
        say_what_stays "$file" "$file"
    done
    for who in $(crontab_users); do
        crontab_of "$who" >"$work/crontab"
        reboot_lines <"$work/crontab" | whole_lines >"$work/reboot"
        if [ -s "$work/reboot" ]; then
            drop_lines "$work/reboot" "$work/crontab"
            if [ -s "$work/crontab" ]; then crontab_for "$who" "$work/crontab"; else crontab_for "$who" -r; fi
        fi
        reboot_lines <"$work/crontab" >"$work/reboot"
        say_what_stays "the crontab of $who" "$work/reboot"
    done
    end_scripts_of_shell_agent
}

# Its wrapper and its agent by their whole command lines: `sh BASE/lib/trafikito_wrapper.sh ID BASE`.
scripts_of_shell_agent() {
    # shellcheck disable=SC2013 # no blanks in there
    for file in $(grep -lsF "$base_dir/lib/trafikito_" /proc/[0-9]*/cmdline); do
        { tr '\000' '\n' <"$file"; } 2>/dev/null | awk -v base="$base_dir" -v file="$file" '
            NR <= 3 && ($0 == base "/lib/trafikito_wrapper.sh" || $0 == base "/lib/trafikito_agent.sh") { named = 1 }
            { last = $0 }
            END { if (named && last == base) { split(file, part, "/"); print part[3] } }' || true
    done
}

end_scripts_of_shell_agent() {
    for signal in TERM KILL KILL; do
        for pid in $(scripts_of_shell_agent); do kill -s "$signal" "$pid" 2>/dev/null || true; done
        for _ in 1 2 3 4 5; do
            [ -n "$(scripts_of_shell_agent)" ] || return 0
            sleep 1
        done
    done
    fail "the shell agent does not end (processes $(scripts_of_shell_agent | tr '\n' ' ')): end it, and run this again"
}

# --- all of it --------------------------------------------------------------------------------------------------------

# What the original installer asked, and only of somebody at a terminal.
ask_what_is_open() {
    can_ask || return 0
    if [ "$root" = no ]; then
        say "Without root the agent runs as $me, and does not start with the machine. To install it as root: sudo sh ${self:-install.sh} ..."
        confirm "Continue as $me [yN]:" n || exit 1
    fi
    if [ "$base_dir_given" = no ] && [ "$state" = fresh ] && ! confirm "Install Trafikito in $base_dir? [Yn]:" y; then
        ask "  Directory for the installation:"
        base_dir=$answer base_dir_given=yes
        check_base_dir
        look_at_machine
    fi
    if [ "$state" = shell ]; then
        confirm "Take over from the shell agent in $base_dir, keeping its identity and commands? [Yn]:" y || exit 1
    fi
    if [ "$enrolled" = no ] && [ -z "$server_name" ]; then
        ask "Name this Trafikito instance [$(host_name)]:"
        server_name=$answer
    fi
}

host_name() { hostname -f 2>/dev/null || hostname 2>/dev/null || cat /proc/sys/kernel/hostname; }

look_at_machine() {
    problems=''
    state=fresh enrolled=no
    find_state
    if [ -f "$base_dir/etc/trafikito.cfg" ]; then enrolled=yes; fi
    set_patterns
    choose_user
}

made_before() { tr ' ' '\n' <"$base_dir/.install.made" | sort -ru | tr '\n' ' '; }

choose_user() {
    # Base itself goes with the last file in it, whoever made it. Of two installers each may have made a part of the path.
    asked_user=$given_user taken_over=no user_made=no made="$base_dir "
    [ ! -f "$base_dir/.install.made" ] || [ "$state" = shell ] || made=$(made_before)
    case $state in
    ours)
        agent_user=$(noted user) user_made=$(noted user_made) taken_over=$(noted taken_over) made=$(noted made)
        made=${made:-$base_dir}
        shell_user=$agent_user
        ;;
    shell)
        look_at_shell_agent
        agent_user=$shell_user taken_over=begun
        ;;
    fresh)
        if [ "$root" = no ]; then
            agent_user=$me
        elif [ "$enrolled" = yes ]; then
            agent_user=$(config_value "$base_dir/etc/trafikito.cfg" run_as)
            agent_user=${agent_user:-root}
        else
            agent_user=${given_user:-trafikito}
        fi
        if [ "$root" = yes ] && ! user_exists "$agent_user"; then user_made=yes; fi
        ;;
    esac
}

main() {
    newline='
'
    PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
    export PATH LC_ALL
    unset IFS CDPATH ENV BASH_ENV TAR_OPTIONS GREP_OPTIONS GZIP POSIXLY_CORRECT
    for name in $(env | sed -n 's/^\(TRAFIKITO_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
    umask 022
    # Nothing that is called here may eat the rest of a script on standard input.
    # shellcheck disable=SC2188
    (: <&0) 2>/dev/null || exec </dev/null
    exec 3<&0 </dev/null

    uid=$(id -u) me=$(id -un 2>/dev/null) || me=$uid
    root=no
    [ "$uid" != 0 ] || root=yes
    self=''
    if [ -f "$0" ] && grep -q '^# BEGIN served$' "$0"; then self=$0; fi

    parse_options "$@"
    check_options
    base_dir_given=yes
    [ -n "$base_dir" ] || {
        base_dir_given=no
        base_dir=/opt/trafikito
        [ "$root" = yes ] || [ -n "${HOME:-}" ] || wrong "HOME is not set: say where to install, --base_dir=DIR"
        [ "$root" = yes ] || base_dir=$HOME/trafikito
    }
    check_base_dir
    given_user=$agent_user
    # By hand beats the server that this script came from.
    api_url=${api_url:-$served_api_url}

    find_startup
    find_source
    look_at_machine
    ask_what_is_open
    check_way
    check_other_agents
    check_needs
    no_problems
    if [ "$enrolled" = no ]; then
        have_key || wrong "Option '--user_api_key' with an argument is required"
        [ -n "$workspace_id" ] || wrong "Option '--workspace_id' with an argument is required"
    fi

    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP PIPE
    lock
    was=$state
    look_at_machine # another installer may have worked meanwhile
    check_other_agents
    no_problems
    [ "$was" = "$state" ] || say "* What is in $base_dir has changed meanwhile: $state"
    [ "$state" = shell ] || make_base_dir
    remove_leftovers
    make_work
    get_program
    enroll_anew=no
    case $state in
    ours) say "* Upgrading the agent in $base_dir: $(noted version) -> $version" ;;
    fresh) say "* Installing trafikito-agent $version in $base_dir" ;;
    esac
    if [ "$taken_over" = begun ] && [ "$enrolled" = yes ]; then decide_identity; fi
    [ "$state" != shell ] || take_files
    place_all
    if [ "$taken_over" = begun ] && [ "$enrolled" = yes ]; then
        [ -z "$api_url" ] || place_ca
        take_configuration
        if [ "$enroll_anew" = yes ]; then enrolled=no; fi
    fi
    if [ "$enrolled" = no ]; then
        enroll
    elif [ "$taken_over" != begun ]; then
        say_what_is_kept
    fi
    if [ "$taken_over" = begun ]; then
        stop_shell_agent
        clear_the_way
        taken_over=yes
        write_notes
    fi
    remove_other_startup
    set_up_startup
    if [ "$start" = yes ]; then
        start_agent
        wait_for_report
    fi
    rm -rf "$work"
    work=''
    say_the_end
    remove_myself
}

quoted() {
    case $1 in
    *[!A-Za-z0-9._-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
    esac
}

say_the_end() {
    cfg=$base_dir/etc/trafikito.cfg
    say
    if [ "$start" = yes ]; then
        where=$(config_value "$cfg" api_url)
        case ${where%%,*} in
        '' | *.trafikito.com) say "Done: the first report arrived. See it at https://trafikito.com/servers" ;;
        *)
            say "Done: the first report arrived at $where. See it there:"
            say "  sudo trafikito-server outputs $(quoted "${server_name:-$(config_value "$cfg" server_id)}")"
            ;;
        esac
    else
        say "Done. It is not started: $base_dir/trafikito start"
    fi
    case $startup-$startup_runs in
    none-*)
        say "It does not start with this machine by itself. As $me, by cron: @reboot $base_dir/trafikito start"
        ;;
    *-no) say "No $startup runs here now; where one does, the agent starts with the machine. Until then: $base_dir/trafikito start" ;;
    esac
    say
    say "What may be run:  $base_dir/available_commands.sh"
    say "Control it with:  $base_dir/trafikito {start|stop|restart|status}"
    say "Uninstall with:   $base_dir/uninstall.sh"
}

# A script that a server filled in, that lies where it was called, and nothing of the archive beside it.
remove_myself() {
    case $self in
    install.sh | ./install.sh | trafikito_install.sh | ./trafikito_install.sh) ;;
    *) return 0 ;;
    esac
    [ -n "$served_api_url" ] && [ "$source" = served ] && [ ! -h "$self" ] || return 0
    rm -f "$self"
}

{ main "$@"; }
