# Reports arrive, and no command in them does what it is to do.
# why: every command in them fails: trafikito_load (exit code 127: its program is not found in the agent's PATH), trafikito_df (exit code 3)
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# ends: kill -KILL $(cat pid) 2>/dev/null
printf '%s\n' 'trafikito_load="sh -c no_such_program_here"' 'trafikito_df="exit 3"' >"$list"
. "$here/start_agent"
. "$here/wait_for"
wait_for '"$agent" healthcheck --config "$cfg" >/dev/null 2>&1'
