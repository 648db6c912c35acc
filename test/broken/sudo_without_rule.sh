# sudo would ask for a password, and nobody is there to type it.
# needs: root sudo
# check: DIR/available_commands.sh:3:14: warning: sudo asks games for a password, and nobody is there to type it
# edit: sed -i '3s/sudo //' DIR/available_commands.sh
printf 'run_as = games\n' >>"$cfg"
chgrp "$(id -gn games)" "$cfg"
chmod 640 "$cfg"
chown games var
echo 'trafikito_x="sudo df -h /"' >>"$list"
