# log_file is root's.
# needs: root
# check: DIR/etc/trafikito.cfg:5:12: warning: log_file: user nobody may not write to DIR/agent.log (mode 0644)
# mend: chown nobody DIR/agent.log
printf 'run_as = nobody\nlog_file = agent.log\n' >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
chown nobody var
: >agent.log
