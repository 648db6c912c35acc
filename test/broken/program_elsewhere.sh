# A program that is in the PATH of whoever wrote the list, and not in that of commands.
# check: there is no "only-elsewhere" in the PATH of commands
# mend: DIR/bin/only-elsewhere
# edit: sed -i '3s|only-elsewhere|DIR/bin/only-elsewhere|' DIR/available_commands.sh
# path: DIR/bin
mkdir bin
printf '#!/bin/sh\necho x\n' >bin/only-elsewhere
chmod 755 bin/only-elsewhere
echo 'trafikito_x="only-elsewhere | head -n 1"' >>"$list"
