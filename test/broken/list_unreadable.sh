# The list may be read by root alone.
# needs: root
# check: DIR/available_commands.sh: error: user nobody may not read DIR/available_commands.sh (mode 0600)
# why: cannot read the list of commands: DIR/available_commands.sh cannot be read
# mend: chgrp nogroup DIR/available_commands.sh && chmod g+r DIR/available_commands.sh
printf 'run_as = nobody\n' >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
chown nobody var
chmod 600 "$list"
