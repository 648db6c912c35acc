# A command that waits for input gets none.
# check: DIR/available_commands.sh:3:14: warning: grep reads its standard input
# edit: sed -i '3s/processor/processor \/proc\/cpuinfo/' DIR/available_commands.sh
echo 'trafikito_x="grep -c processor"' >>"$list"
