# The agent runs in a PID namespace of its own, as in a container: the number that it wrote is another process's here.
# why: Nothing is wrong
# needs: root
# needs: unshare
# ends: kill -KILL $(cat pid)
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
unshare --pid --fork --kill-child "$agent" --config "$cfg" >log 2>&1 </dev/null &
echo "$!" >pid
tries=0
until "$agent" healthcheck --config "$cfg" >/dev/null 2>&1 || [ "$tries" = 200 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
