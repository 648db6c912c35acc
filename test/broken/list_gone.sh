# There is no list of commands.
# why: nothing runs, since the list of commands is of no use: DIR/available_commands.sh: the file cannot be read
# edit: printf 'trafikito_load="cat /proc/loadavg"\ntrafikito_df="df -P"\n' >DIR/available_commands.sh
rm "$list"
