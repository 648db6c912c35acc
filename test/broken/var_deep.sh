# var_dir lies in a folder that is not there: the agent makes one folder, not two.
# check: DIR/etc/trafikito.cfg:4:11: error: there is no DIR/deep/var, and the agent cannot make it
# mend: mkdir -p DIR/deep/var
echo 'var_dir = deep/var' >>"$cfg"
