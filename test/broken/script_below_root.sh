# A script in a folder that the user may not enter.
# needs: root
# check: DIR/available_commands.sh:3:14: warning: the folder DIR/private does not let user nobody through (mode 0700)
# mend: chmod o+x DIR/private
printf 'run_as = nobody\n' >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
chown nobody var
mkdir -m 700 private
printf '#!/bin/sh\necho x\n' >private/checks.sh
chmod 755 private/checks.sh
echo 'trafikito_x="$BASEDIR/private/checks.sh"' >>"$list"
