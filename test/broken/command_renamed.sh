# The API asks for a command that has another name in the list.
# why: the API asks for trafikito_load, which is not in the list DIR/available_commands.sh
# mend: sed -i 's/^trafikito_loud=/trafikito_load=/' DIR/available_commands.sh
sed -i 's/^trafikito_load/trafikito_loud/' "$list"
