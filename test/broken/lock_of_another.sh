# A process that is no agent has the lock.
# why: has the lock of DIR/var: no other agent can work there; mend it: kill
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# needs: flock
# ends: kill $(cat pid) 2>/dev/null
: >var/trafikito.lock
chmod 600 var/trafikito.lock
flock -o var/trafikito.lock sleep 300 &
echo $! >pid
until grep -q "FLOCK.* $! " /proc/locks; do sleep 0.1; done
