# The folder was given to the user, and not what lies in it.
# needs: root
# check: DIR/var: error: user nobody may not read and write what lies in it (audit.log, spool)
# why: mend it: chown -R nobody DIR/var
# mend: chown -R nobody DIR/var
echo 'run_as = nobody' >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
mkdir -m 700 var/spool
: >var/audit.log
chown nobody var
