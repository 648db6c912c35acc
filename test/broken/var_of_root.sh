# The agent ran as root before: what it left is not the user's whom it becomes now.
# needs: root
# check: DIR/var: error: user nobody may not
# why: the agent's user nobody cannot work in DIR/var: DIR/var cannot be written
# mend: chown -R nobody DIR/var
echo 'run_as = nobody' >>"$cfg"
chmod 644 "$cfg"
chmod 600 "$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod g+r "$cfg"
