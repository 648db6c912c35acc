# The agent's user cannot enter the installation.
# why: the agent's user nobody cannot work in DIR/var: DIR cannot be entered
# mend: chmod a+x DIR
# needs: root
echo 'run_as = nobody' >>"$cfg"
chown nobody var
chmod 700 "$dir"
