# One bad value hides nothing that is wrong elsewhere: the list, a file, the user.
# check: DIR/etc/trafikito.cfg:4:12: error: interval
# edit: sed -i '4,$d' DIR/etc/trafikito.cfg; sed -i '3,$d' DIR/available_commands.sh; rm DIR/available_commands.sh.orig
cat >>"$cfg" <<'CFG'
interval = soon
retries = many
ca_file = /nonexistent/ca.pem
CFG
cp "$list" "$list.orig"
cat >>"$list" <<'LIST'
trafikito_apostrophe="echo it's"
not a command
trafikito_uptime = "uptime"
LIST
