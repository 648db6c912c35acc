# Everybody may put another list in its place.
# check: DIR: error: the directory can be written by others
# why: no command is run, since others could change what runs: DIR: the directory can be written by others
# mend: chmod go-w DIR
chmod 777 .
