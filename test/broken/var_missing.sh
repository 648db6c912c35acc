# There is no var/, and the user may not make it.
# needs: root
# check: error: there is no DIR/var, and the agent cannot make it
# why: the agent's user nobody cannot work in DIR/var: DIR/var is not there
# mend: install -d -o nobody DIR/var
echo 'run_as = nobody' >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
rmdir var
