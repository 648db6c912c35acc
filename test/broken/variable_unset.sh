# A variable that nobody sets.
# check: DIR/available_commands.sh:3:17: warning: $DISK is not set when a shell reads this line
# edit: sed -i '3s/ [$]DISK//' DIR/available_commands.sh
echo 'trafikito_x="df $DISK"' >>"$list"
