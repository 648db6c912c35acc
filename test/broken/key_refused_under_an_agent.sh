# The API does not take the key of an agent that runs. The line that is told may be pasted as it stands, with FILE and ID
# in it: the agent runs again, and nothing is lost. With the right words it mends.
# why: the API does not know this machine by its server_id
# edit: sh -eu ./paste_it
# needs: setsid
# ends: kill -KILL $(cat pid) $(cat again) 2>/dev/null
sed -i 's/^api_key.*/api_key = 0123456789abcdef/' "$cfg"
. "$here/start_agent"
. "$here/wait_for"
wait_for '"$agent" status --config "$cfg" | grep -q "last cycle:.* ago"'
cat >paste_it <<'PASTE'
wait_for() {
    tries=0
    until eval "$1"; do
        tries=$((tries + 1))
        [ "$tries" != 200 ]
        sleep 0.1
    done
}
pid_of() { "$agent" status --config "$cfg" --json | sed -n 's/.*"pid":\([0-9]*\).*"running":true.*/\1/p'; }
"$agent" why --config "$cfg" | tail -n 1 | sed 's/.*mend it: //' >line
setsid sh line >pasted 2>&1 </dev/null &
wait_for 'pid_of >again && [ -s again ] && ! cmp -s again pid'
[ -s "$cfg" ] && ! [ -e "$cfg.old" ]
kill "$(cat again)"
wait_for '! [ -e "/proc/$(cat again)" ]'
sed "s|FILE|$work/server/user_api_key|; s|--workspace-id ID|--workspace-id default --server-name web-anew|; s|; [^;]*\$||" line >enrol
sh enrol
grep -q 0123456789abcdef "$cfg.old"
! grep -q 0123456789abcdef "$cfg"
"$server" order web-anew load df --data "$work/server"
PASTE
