# A script of another name.
# check: DIR/available_commands.sh:3:14: warning: there is no DIR/cheks.sh: the command has nothing to run
# mend: DIR/checks.sh
# edit: sed -i '3s/cheks/checks/' DIR/available_commands.sh
printf '#!/bin/sh\necho x\n' >checks.sh
chmod 755 checks.sh
echo 'trafikito_x="$BASEDIR/cheks.sh"' >>"$list"
