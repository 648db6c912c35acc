# An option with a slip of the finger.
# check: DIR/available_commands.sh:3:4: warning: unknown option "timout"; it has no effect
# mend: sed -i '3s/timout/timeout/I' DIR/available_commands.sh
cat >>"$list" <<'LIST'
#: timout=5s
trafikito_x="df"
LIST
