# The list has comments alone.
# check: DIR/available_commands.sh: warning: there is no command in it
# edit: echo 'trafikito_df="df"' >>DIR/available_commands.sh
echo '# Later.' >"$list"
