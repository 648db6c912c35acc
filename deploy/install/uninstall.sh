#!/bin/sh
# Removes the Trafikito agent that was installed in the directory of this file: the agent, what starts it, its files,
# and the system user that the installer made. Asks twice before it does.
#
#     uninstall.sh [--yes]
#     uninstall.sh [--yes] --back-to-shell-agent      puts the shell agent back that install.sh took over from
set -eu

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
fail() {
    printf 'uninstall.sh: error: %s\n' "$*" >&2
    exit 1
}

print_help() {
    cat <<'TEXT'
usage: uninstall.sh [--yes] [--back-to-shell-agent]

  --yes                  ask nothing
  --back-to-shell-agent  return to the shell agent that install.sh took over from: its scripts, its configuration, its
                         start-up and its owner; the command list stays as it is now

Exit status: 0 done, or not wanted; 1 it failed; 2 the options are wrong.
TEXT
}

# The answers come from standard input; where there are none, nothing is removed.
confirm() {
    [ "$yes" = no ] || return 0
    printf "%s (type 'yes' to continue): " "$1"
    read -r answer || answer=''
    [ "$answer" = yes ] || {
        say "** Uninstall aborted!"
        exit 0
    }
}

find_base_dir() {
    at=$0
    case $at in
    */*) ;;
    *) [ -f "$at" ] || at=$(command -v -- "$at") ;;
    esac
    at=$(readlink -f "$at")
    base_dir=${at%/*}
    [ -f "$base_dir/lib/installed" ] ||
        fail "nothing is installed in $base_dir: call the uninstall.sh of the directory that the agent was installed in"
}

noted() { sed -n "s/^$1=//p" "$base_dir/lib/installed" | tail -n 1; } # KEY of lib/installed
user_exists() { id -u "$1" >/dev/null 2>&1; }
# shellcheck disable=SC2012 # not every system has stat, and no file's name is read here
owner_of() { ls -ldn "$1" | awk 'NR == 1 { print $3 }'; }

# --- what starts it ---------------------------------------------------------------------------------------------------

stop_agent() {
    "$base_dir/trafikito" stop 2>&1 || [ ! -f "$base_dir/etc/trafikito.cfg" ] || fail "the agent does not stop"
}

is_its() { [ ! -f "$1" ] || grep -qF "$base_dir/lib/trafikito-agent" "$1"; }

remove_startup() {
    if ! is_its /etc/systemd/system/trafikito-agent.service || ! is_its /etc/init.d/trafikito-agent; then
        warn "what starts trafikito-agent here is another installation's: it stays"
        return
    fi
    case $startup in
    systemd)
        systemctl disable -q trafikito-agent.service 2>/dev/null || true
        rm -f /etc/systemd/system/trafikito-agent.service /etc/systemd/system/.trafikito-agent.service.install
        [ "$user" != root ] || rm -f /etc/systemd/system/trafikito-agent.service.d/as-root.conf \
            /etc/systemd/system/trafikito-agent.service.d/.as-root.conf.install
        rmdir /etc/systemd/system/trafikito-agent.service.d 2>/dev/null || true
        if [ -d /run/systemd/system ]; then
            systemctl daemon-reload
            systemctl reset-failed trafikito-agent.service 2>/dev/null || true
        fi
        ! [ -d /etc/systemd/system/trafikito-agent.service.d ] ||
            say "kept, since install.sh did not make it: /etc/systemd/system/trafikito-agent.service.d"
        ;;
    openrc)
        rc-update -q del trafikito-agent 2>/dev/null || true
        rm -f /etc/init.d/trafikito-agent /etc/init.d/.trafikito-agent.install
        ;;
    sysv)
        # chkconfig reads the script, and update-rc.d numbers the others as before when it is gone.
        command -v update-rc.d >/dev/null || chkconfig --del trafikito-agent >/dev/null 2>&1 || true
        rm -f /etc/init.d/trafikito-agent /etc/init.d/.trafikito-agent.install
        ! command -v update-rc.d >/dev/null || update-rc.d -f trafikito-agent remove >/dev/null 2>&1 || true
        ;;
    esac
}

# --- files ------------------------------------------------------------------------------------------------------------

# What is in var/ belongs to the agent's user, who could put links in the way of root: it is that user who deletes it,
# and root what is left in a directory that nobody else can enter any more.
remove_var() {
    [ ! -h "$base_dir/var" ] || rm -f "$base_dir/var"
    [ -d "$base_dir/var" ] || return 0
    if [ "$root" = no ] || [ "$(owner_of "$base_dir/var")" = 0 ]; then
        rm -rf "${base_dir:?}/var"
        return
    fi
    if user_exists "$user" && command -v su >/dev/null; then
        (cd / && su -s /bin/sh -c "rm -rf '$base_dir/var/'* '$base_dir/var/'.[!.]* '$base_dir/var/'..?*" "$user" </dev/null >/dev/null 2>&1) || true
    fi
    uid=$(owner_of "$base_dir/var")
    chown -h 0:0 "$base_dir/var"
    chmod 700 "$base_dir/var"
    for file in "$base_dir/var"/* "$base_dir/var"/.[!.]* "$base_dir/var"/..?*; do
        [ -e "$file" ] || [ -h "$file" ] || continue
        if [ ! -h "$file" ] && [ -d "$file" ] && [ "$(owner_of "$file")" = "$uid" ] && user_has_processes "$uid"; then
            warn "kept, since processes of $user (uid $uid) are at work: $file"
            continue
        fi
        rm -rf "$file"
    done
    rmdir "$base_dir/var" 2>/dev/null || true
}

user_has_processes() { grep -lsE "^Uid:.*[[:space:]]$1([[:space:]]|\$)" /proc/[0-9]*/status >/dev/null; }

remove_files() {
    remove_var
    rm -f "$base_dir/etc/trafikito.cfg" "$base_dir/etc/trafikito.app" "$base_dir/etc/api_key" "$base_dir/etc/ca.pem" \
        "$base_dir/available_commands.sh" "$base_dir/trafikito" "$base_dir/install.sh" "$base_dir/lib/trafikito-agent" \
        "$base_dir/lib/trafikito_wrapper.sh" "$base_dir/lib/trafikito_agent.sh"
    rm -rf "${base_dir:?}/share" "${base_dir:?}/lib/shell-agent" "$base_dir"/.install.*
    rmdir "$base_dir/etc" 2>/dev/null || true
}

# Last, what tells how to uninstall: whoever is interrupted before can do it again.
remove_the_rest() {
    rm -f "$base_dir/lib/installed"
    rmdir "$base_dir/lib" 2>/dev/null || true
    rm -f "$base_dir/uninstall.sh"
    case " $made " in
    *" $base_dir "*) for folder in $made; do rmdir "$folder" 2>/dev/null || break; done ;;
    esac
    [ -d "$base_dir" ] || return 0
    left=$(find "$base_dir" -mindepth 1 ! -type d 2>/dev/null || true)
    if [ -n "$left" ]; then
        say "kept, since install.sh did not make it:"
        printf '%s\n' "$left" | sed 's/^/  /'
    fi
}

# A user that the installer made, and that no package has come to use since.
is_ours_alone() {
    [ "$root" = yes ] && [ "$user_made" = yes ] && user_exists "$user" && [ "$user" != root ] || return 1
    [ ! -x /usr/sbin/trafikito-agent ] || return 1
    uid=$(id -u "$user")
    for folder in /var/lib/trafikito /var/lib/trafikito.*; do
        if [ -d "$folder" ] && [ "$(owner_of "$folder")" = "$uid" ]; then return 1; fi
    done
}

# Whoever still runs as it could write into what is being removed.
end_processes() {
    is_ours_alone || return 0
    for signal in TERM KILL; do
        grep -lsE "^Uid:.*[[:space:]]${uid}[[:space:]]" /proc/[0-9]*/status | while read -r file; do
            pid=${file#/proc/}
            kill -s "$signal" "${pid%/status}" 2>/dev/null || true
        done
        user_has_processes "$uid" || break
        sleep 1
    done
}

remove_user() {
    is_ours_alone || return 0
    if command -v userdel >/dev/null; then
        userdel "$user"
    else
        deluser "$user" && { delgroup "$user" 2>/dev/null || true; }
    fi >/dev/null 2>&1 || warn "the user $user could not be removed: userdel $user"
}

# --- back to the shell agent ------------------------------------------------------------------------------------------

back_to_shell_agent() {
    copy=$base_dir/lib/shell-agent
    if [ "$root" = yes ] && { [ -h "$copy" ] || [ "$(owner_of "$copy")" != 0 ]; }; then
        fail "$copy is not what install.sh made"
    fi
    shell_user=$(sed -n 's/^user=//p' "$copy/notes")
    user_exists "$shell_user" || fail "its user $shell_user does not exist any more"
    say "Returning to the shell agent, which runs as $shell_user"
    for file in trafikito uninstall.sh etc/trafikito.cfg lib/trafikito_wrapper.sh lib/trafikito_agent.sh lib/set_os.sh \
        lib/remove_startup.sh; do
        [ -f "$copy/$file" ] || continue
        { cp -p "$copy/$file" "$base_dir/$file.install" && mv -f "$base_dir/$file.install" "$base_dir/$file"; } ||
            fail "$base_dir/$file cannot be written: is the disk full?"
    done
    [ ! -f "$base_dir/available_commands.sh" ] || chown -h "$shell_user" "$base_dir/available_commands.sh"
    for file in trafikito.state trafikito.status trafikito.lock trafikito.tmp trafikito.sealed audit.log audit.log.1 spool; do
        (cd / && [ "$root" = yes ] && [ "$shell_user" != root ] &&
            su -s /bin/sh -c "rm -rf '$base_dir/var/$file'" "$shell_user" </dev/null >/dev/null 2>&1) ||
            { [ "$(owner_of "$base_dir/var")" = 0 ] && rm -rf "${base_dir:?}/var/$file"; } || true
    done
    # Closed while root renames in it: its user could put a link in the way.
    mode=$(stat -c %a "$base_dir/var" 2>/dev/null) || mode=755
    if [ "$root" = yes ]; then
        chown -h 0:0 "$base_dir/var"
        chmod 700 "$base_dir/var"
    fi
    for file in trafikito.log trafikito.tmp; do
        file=$base_dir/var/$file
        if [ -h "$file" ] || [ -d "$file" ] || [ -h "$file.shell-agent" ] || [ ! -f "$file.shell-agent" ]; then continue; fi
        mv -f "$file.shell-agent" "$file"
    done
    chmod "$mode" "$base_dir/var"
    put_startup_back
    rm -f "$base_dir/lib/trafikito-agent" "$base_dir/install.sh" "$base_dir/etc/ca.pem" "$base_dir/etc/api_key"
    rm -rf "${base_dir:?}/share"
    copy_startup=$(mktemp -d "$base_dir/.install.XXXXXX")
    cp -R "$copy/startup/." "$copy_startup/"
    rm -rf "$copy"
    rm -f "$base_dir/lib/installed"
    for folder in /var /lib /etc ''; do chown -h "$shell_user" "$base_dir$folder"; done
    start_shell_agent
    rm -rf "$copy_startup"
}

put_startup_back() {
    if [ -f "$copy/startup/trafikito.service" ]; then cp -p "$copy/startup/trafikito.service" /etc/systemd/system/; fi
    if [ -f "$copy/startup/init.d-trafikito" ]; then cp -p "$copy/startup/init.d-trafikito" /etc/init.d/trafikito; fi
    file=$(sed -n 's/^rc=//p' "$copy/notes" | tail -n 1)
    if [ -n "$file" ] && [ -f "$file" ]; then
        with_lines "$file" "$copy/startup/rc-lines" "$copy/startup/rc-before" >"$copy/rc"
        cmp -s "$copy/rc" "$file" || cat "$copy/rc" >"$file"
    fi
    for who in $(if [ "$root" = yes ]; then say "root $shell_user"; else id -un; fi); do
        lines=$copy/startup/crontab.$who
        [ -s "$lines" ] || continue
        { crontab_for "$who" -l 2>/dev/null || true; } >"$copy/crontab"
        with_lines "$copy/crontab" "$lines" "$copy/startup/crontab-before.$who" >"$copy/crontab.new"
        crontab_for "$who" "$copy/crontab.new"
    done
}

# Only root may name a user to crontab(1).
crontab_for() { # USER ARGUMENT...
    who=$1
    shift
    if [ "$root" = yes ]; then crontab -u "$who" "$@"; else crontab "$@"; fi
}

# FILE with the LINES that were taken from it: as it was BEFORE when nobody changed it since, else with them at its end,
# but before the `exit 0` that ends many an rc.local.
with_lines() { # FILE LINES BEFORE
    if grep -qxF -f "$2" "$1"; then
        cat "$1"
    elif { grep -vxF -f "$2" "$3" || true; } | cmp -s - "$1"; then
        cat "$3"
    else
        awk -v lines="$2" '
            function put() { if (!done) while ((getline line < lines) > 0) print line; done = 1 }
            /^exit([ \t]|$)/ { put() }
            { print }
            END { put() }' "$1"
    fi
}

start_shell_agent() {
    if [ -f "$copy_startup/trafikito.service" ]; then
        systemctl enable -q trafikito.service || true
        if [ -d /run/systemd/system ]; then
            systemctl daemon-reload
            systemctl start trafikito.service
            return
        fi
    elif [ -f "$copy_startup/init.d-trafikito" ]; then
        if command -v rc-update >/dev/null; then
            rc-update -q add trafikito
        elif command -v update-rc.d >/dev/null; then
            update-rc.d trafikito defaults >/dev/null
        else
            chkconfig --add trafikito
        fi || true
        if command -v rc-service >/dev/null && [ -d /run/openrc ]; then
            rc-service trafikito start && return
        fi
        /etc/init.d/trafikito start </dev/null >/dev/null 2>&1
        return
    fi
    "$base_dir/trafikito" start </dev/null >/dev/null 2>&1
}

# ----------------------------------------------------------------------------------------------------------------------

main() {
    PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
    export PATH LC_ALL
    unset IFS CDPATH ENV BASH_ENV
    umask 022
    yes=no back=no
    for option in "$@"; do
        case $option in
        --yes | -y) yes=yes ;;
        --back-to-shell-agent | --back_to_shell_agent) back=yes ;;
        --help | -h)
            print_help
            exit 0
            ;;
        *)
            printf 'uninstall.sh: error: unknown option: %s\n' "$option" >&2
            exit 2
            ;;
        esac
    done
    find_base_dir
    root=no
    [ "$(id -u)" != 0 ] || root=yes
    [ -w "$base_dir/lib" ] || fail "$base_dir belongs to another user: run this as root"
    user=$(noted user) user_made=$(noted user_made) startup=$(noted startup) made=$(noted made)
    if [ "$back" = yes ] && [ ! -f "$base_dir/lib/shell-agent/notes" ]; then
        fail "there is no shell agent to return to: $base_dir was not taken over from one"
    fi

    say "Uninstalling the Trafikito agent: first it is stopped, then its files are removed."
    confirm "1/2: Do you want to STOP the Trafikito agent?"
    stop_agent
    if [ "$back" = yes ]; then
        confirm "2/2: Do you want to return to the shell agent in $base_dir?"
        remove_startup
        back_to_shell_agent
        say "The shell agent is back"
        exit 0
    fi
    confirm "2/2: Do you want to remove the Trafikito agent files in $base_dir?"
    cd /
    remove_startup
    end_processes
    remove_files
    remove_user
    remove_the_rest
    rm -f /run/trafikito-install.lock 2>/dev/null || true
    say "Trafikito was uninstalled"
}

{ main "$@"; }
