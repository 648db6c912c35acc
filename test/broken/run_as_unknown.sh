# run_as names a user that is not there, by a slip of the finger.
# check: DIR/etc/trafikito.cfg:4:10: error: there is no user nobod
# why: there is no user nobod
# edit: sed -i '/^run_as/d' DIR/etc/trafikito.cfg
echo 'run_as = nobod' >>"$cfg"
