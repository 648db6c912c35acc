# The API asks for nothing.
# why: the API asks this server for no command
# edit: rm DIR/var/trafikito.state
# ends: "$server" order web-1 --all --data "$work/server" >/dev/null
"$server" order web-1 --none --data "$work/server" >/dev/null
