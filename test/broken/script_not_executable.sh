# A script without the right to be run.
# check: user ME may not run DIR/checks.sh (mode 0644): the command fails
# mend: chmod a+rx DIR/checks.sh
printf '#!/bin/sh\necho x\n' >checks.sh
echo 'trafikito_x="$BASEDIR/checks.sh"' >>"$list"
