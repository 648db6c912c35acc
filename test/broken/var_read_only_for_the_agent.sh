# In its mount namespace (ProtectSystem= of its unit, say) the agent may not write; in this shell everything is well.
# why: sees DIR/var read-only, unlike this shell
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# needs: root
# needs: unshare
# ends: kill -KILL $(cat pid) 2>/dev/null
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
: >var/trafikito.lock
chmod 600 var/trafikito.lock
unshare --mount sh -c "mount --bind var var && mount -o remount,bind,ro var && exec \"$agent\" --config etc/trafikito.cfg" >log 2>&1 </dev/null &
echo "$!" >pid
. "$here/wait_for"
wait_for 'grep -q "report accepted" log'
