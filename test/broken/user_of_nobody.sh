# The agent is not root, and so cannot run a command as somebody else.
# needs: root
# check: DIR/available_commands.sh:3:9: error: the agent runs as nobody, and only root can run this as daemon
# edit: sed -i 3d DIR/available_commands.sh
printf 'run_as = nobody\n' >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
chown nobody var
cat >>"$list" <<'LIST'
#: user=daemon
trafikito_x="df"
LIST
