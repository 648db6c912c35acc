# A file stands where the folder should be.
# check: DIR/var: error: DIR/var is no folder
# why: DIR/var, where the agent keeps its state, is no directory
# mend: mv DIR/var DIR/var.old
rmdir var
: >var
