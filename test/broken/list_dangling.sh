# The list is a link to what is not there.
# check: DIR/available_commands.sh: error: DIR/available_commands.sh is a link to DIR/gone.sh, and there is no such file
# why: DIR/available_commands.sh is a link to DIR/gone.sh, and there is no such file
# edit: mv DIR/kept.sh DIR/gone.sh
mv "$list" kept.sh
ln -s "$dir/gone.sh" "$list"
