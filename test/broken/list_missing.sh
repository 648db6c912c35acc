# There is no list.
# check: DIR/available_commands.sh: error: 
# mend: echo 'trafikito_uptime="uptime"' >DIR/available_commands.sh
rm "$list"
