# A shell agent that asks in the name of another server is left alone.
# why: Nothing is wrong
# ends: kill $(cat pid) $(cat shell_pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
mkdir other other/lib other/etc
printf '%s\n' 'server_id = web-2' 'api_key = key-of-web-2' >other/etc/trafikito.cfg
echo 'while :; do sleep 1; done' >other/lib/trafikito_wrapper.sh
sh "$dir/other/lib/trafikito_wrapper.sh" web-2 "$dir/other" >/dev/null 2>&1 &
echo $! >shell_pid
. "$here/start_agent"
until grep -q 'report accepted' log; do sleep 0.1; done
