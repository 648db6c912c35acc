# A program with a slip of the finger.
# check: DIR/available_commands.sh:3:14: warning: there is no "hsotname" in the PATH of commands
# edit: sed -i '3s/hsotname/hostname/' DIR/available_commands.sh
# needs: hostname
echo 'trafikito_x="hsotname"' >>"$list"
