# A comment takes the rest of the command.
# check: DIR/available_commands.sh:3:20: warning: a # behind a blank begins a comment
# edit: sed -i '3s/ # all//' DIR/available_commands.sh
echo 'trafikito_x="df -h # all | tail -n 1"' >>"$list"
