# A file stands where the folder should be.
# check: DIR/var: error: DIR/var is no folder
# mend: mv DIR/var DIR/var.old
rmdir var
: >var
