# The list was mounted alone into the agent's container, and an editor has put a new file in its place.
# why: works with another list than DIR/available_commands.sh
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# needs: root
# needs: unshare
# ends: kill -KILL $(cat pid) 2>/dev/null
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
cp "$list" old_list
unshare --mount sh -c "mount --bind old_list \"$list\" && exec \"$agent\" --config \"$cfg\"" >log 2>&1 </dev/null &
echo "$!" >pid
. "$here/wait_for"
wait_for '"$agent" healthcheck --config "$cfg" >/dev/null 2>&1'
echo 'trafikito_more="uptime"' >>"$list"
