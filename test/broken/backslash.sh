# A command that was cut where a line went on.
# check: DIR/available_commands.sh:3:17: warning: a backslash at the end of the command
# edit: sed -i '3s/ [\\][\\]"$/"/' DIR/available_commands.sh
printf '%s\n' 'trafikito_x="df \\"' >>"$list"
