# The agent runs as a user whom the configuration does not name (User= of a unit): what root may is not what counts.
# why: Nothing is wrong
# needs: root
# needs: setpriv
# ends: kill -KILL $(cat pid)
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
chown -R nobody "$cfg" var
chmod 700 var
setpriv --reuid=nobody --regid=65534 --clear-groups "$agent" --config "$cfg" >log 2>&1 </dev/null &
echo "$!" >pid
. "$here/wait_for"
wait_for '"$agent" healthcheck --config "$cfg" >/dev/null 2>&1'
