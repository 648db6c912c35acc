# run_as names a user that is not there, by a slip of the finger.
# check: DIR/etc/trafikito.cfg:4:10: error: there is no user nobod
# mend: sed -i '4s|=.*|= nobody|' DIR/etc/trafikito.cfg
# edit: chown nobody DIR/var; chown nobody DIR/etc/trafikito.cfg
# needs: root
echo 'run_as = nobod' >>"$cfg"
