# A pipe that leads nowhere.
# check: DIR/available_commands.sh:3:17: error: no command stands behind this
# edit: sed -i '3s/ |//' DIR/available_commands.sh
echo 'trafikito_x="df |"' >>"$list"
