# A command that never ends.
# check: DIR/available_commands.sh:3:14: warning: tail never ends by itself
# edit: sed -i '3s/-f/-n 5/' DIR/available_commands.sh
echo 'trafikito_x="tail -f /etc/passwd"' >>"$list"
