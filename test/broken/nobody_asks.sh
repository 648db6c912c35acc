# The API asks for nothing.
# why: the API asks this server for no command
# edit: "$server" order web-1 load df --data "$work/server"; rm DIR/var/trafikito.state
# ends: "$server" order web-1 load df --data "$work/server" >/dev/null
"$server" order web-1 --none --data "$work/server" >/dev/null
