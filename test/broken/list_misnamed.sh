# The list has another name.
# check: DIR/available_commands.sh: error: the file cannot be read: No such file or directory
# why: mend it: mv DIR/available_comands.sh DIR/available_commands.sh
# mend: mv DIR/available_comands.sh DIR/available_commands.sh
mv "$list" available_comands.sh
