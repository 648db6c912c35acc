# run_as names a user that is not there, by a slip of the finger, and somebody asks why there is no data.
# why: there is no user nobod on this machine: the agent cannot start
# edit: sed -i '/^run_as/s|=.*|= nobody|' DIR/etc/trafikito.cfg; chown nobody DIR/var; chown nobody DIR/etc/trafikito.cfg
# needs: root
echo 'run_as = nobod' >>"$cfg"
