# The agent runs in a PID namespace of its own, as in a container: the number that it wrote is another process's here.
# why: Nothing is wrong
# needs: root
# needs: unshare
# ends: kill -KILL $(cat pid)
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
unshare --pid --fork --kill-child "$agent" --config "$cfg" >log 2>&1 </dev/null &
echo "$!" >pid
. "$here/wait_for"
wait_for '"$agent" healthcheck --config "$cfg" >/dev/null 2>&1'
