# Somebody has removed var while the only agent works in it.
# why: works in a var_dir that was removed or replaced under it
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# needs: root
# ends: kill -KILL $(cat pid) 2>/dev/null
. "$here/start_agent"
rm -rf var
mkdir var
