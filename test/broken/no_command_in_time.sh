# Every command takes longer than it may.
# why: no command ends in its time: trafikito_load (stopped after
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# ends: kill -KILL $(cat pid) 2>/dev/null
echo 'command_timeout = 1s' >>"$cfg"
printf '%s\n' 'trafikito_load="sleep 60"' 'trafikito_df="sleep 60"' >"$list"
. "$here/start_agent"
. "$here/wait_for"
wait_for '"$agent" healthcheck --config "$cfg" >/dev/null 2>&1'
