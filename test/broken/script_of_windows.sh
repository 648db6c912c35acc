# A script whose lines end as those of Windows do.
# check: the first line of DIR/checks.sh ends in a carriage return
# mend: sed -i 's/\r$//' DIR/checks.sh
printf '#!/bin/sh\r\necho x\r\n' >checks.sh
chmod 755 checks.sh
echo 'trafikito_x="$BASEDIR/checks.sh"' >>"$list"
