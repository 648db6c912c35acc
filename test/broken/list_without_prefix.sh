# No line has the form that it must have.
# why: no line of the list of commands can be used, so nothing runs: DIR/available_commands.sh:1: the name does not begin
# edit: sed -i 's/^/trafikito_/' DIR/available_commands.sh
sed -i 's/^trafikito_//' "$list"
