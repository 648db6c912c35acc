# Everybody may write to the list.
# check: DIR/available_commands.sh: error: the file can be written by others
# why: no command is run, since others could change what runs: DIR/available_commands.sh
# mend: chmod go-w DIR/available_commands.sh
chmod 666 "$list"
