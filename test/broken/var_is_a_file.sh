# A file stands where the folder should be.
# why: DIR/var, where the agent keeps its state, is no directory; mend it:
# edit: mv DIR/var DIR/var.old && mkdir DIR/var
rmdir var
echo x >var
