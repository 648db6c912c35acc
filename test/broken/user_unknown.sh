# The user of one command is not there.
# check: DIR/available_commands.sh:3:20: error: there is no user nobdy on this machine; the command is not run
# edit: sed -i 's/user=nobdy/user=nobody/' DIR/available_commands.sh
# needs: root
cat >>"$list" <<'LIST'
#: timeout=5s user=nobdy
trafikito_x="df"
LIST
