# Everybody may write to the list.
# check: DIR/available_commands.sh: error: the file can be written by others
# mend: chmod go-w DIR/available_commands.sh
chmod 666 "$list"
