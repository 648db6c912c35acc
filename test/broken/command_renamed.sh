# The API asks for a command that has another name in the list.
# why: the API asks for trafikito_load, which is not in the list DIR/available_commands.sh
# mend: sed -i 's/^trafikito_loud=/trafikito_load=/' DIR/available_commands.sh
# ends: "$server" order web-1 --all --data "$work/server" >/dev/null
"$server" order web-1 load df --data "$work/server" >/dev/null
sed -i 's/^trafikito_load/trafikito_loud/' "$list"
