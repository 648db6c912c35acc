#!/bin/sh
# For the tests of deploy/install: an installer that ends before its n-th step, and an agent that takes no time.
#
#     test/deploy/interrupt_install.sh HOW DIR
#
# In DIR, which is an unpacked archive, makes `interrupted.sh` out of install.sh: before statement number $STEP of what
# changes the machine it does HOW, for instance `kill -KILL $$`. The program there becomes a script that does what
# the installer asks of an agent, without an API.
set -eu

awk -v how="$1" '
    BEGIN {
        split("place_all place write_notes make_user make_var place_ca enroll make_work get_program make_base_dir lock" \
            " remove_leftovers let_agent_read_configuration fill set_up_startup take_files back_up take_configuration" \
            " stop_shell_agent drop_lines", names, " ")
        for (i in names) changes[names[i]] = 1
    }
    /^main\(\)/ { print "steps=0\ninterrupted() { steps=$((steps + 1)); [ \"$steps\" != \"$STEP\" ] || " how "; }" }
    /^[a-z_]+\(\) \{/ { name = $1; sub(/\(.*/, "", name) }
    {
        if (/^    lock$/) changes["main"] = 1
        begins = /^    [^ #]/ && !/^    (esac|fi|\}|\)|done|then|else|elif|[^ (]+\)|[^ (]+ \| .*\))/ && !continues
        if (begins && changes[name]) print "    interrupted"
        print
        continues = /(\\|&&|\|\||\|)$/
    }' "$2/install.sh" >"$2/interrupted.sh"

cat >"$2/trafikito-agent" <<'STAND_IN'
#!/bin/sh
set -eu
case $1 in
--version) echo 'trafikito-agent 0' ;;
enroll)
    shift
    apart=no
    while [ $# -gt 0 ]; do
        case $1 in
        --base-dir) base=$2 ;;
        --api-key-apart) apart=yes ;;
        esac
        shift
    done
    [ ! -e "$base/etc/trafikito.cfg" ] || exit 2
    touch "$base/var/enroll.nonce" "$base/available_commands.sh"
    rm "$base/var/enroll.nonce"
    [ "$apart" = no ] || touch "$base/etc/api_key"
    echo 'server_id = x' >"$base/etc/cfg"
    mv "$base/etc/cfg" "$base/etc/trafikito.cfg"
    ;;
status) exit 3 ;;
*) exit 2 ;;
esac
STAND_IN
chmod 755 "$2/trafikito-agent"
