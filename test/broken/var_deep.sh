# var_dir lies in a folder that is not there: the agent makes one folder, not two.
# check: DIR/etc/trafikito.cfg:4:11: error: there is no DIR/deep/var, and the agent cannot make it
# why: DIR/deep is not there, so its reports and its state have no place
# mend: mkdir -p DIR/deep/var
echo 'var_dir = deep/var' >>"$cfg"
