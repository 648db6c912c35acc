# No daemon is meant to run: something begins a cycle now and then.
# why: Nothing is wrong
# ends: kill -KILL $(cat pid)
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
sh -c "while :; do '$agent' --once --config '$cfg'; sleep 1; done" >log 2>&1 </dev/null &
echo "$!" >pid
. "$here/wait_for"
wait_for 'grep -q "report accepted" log'
