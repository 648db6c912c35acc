# run_as names a user that is not there.
# why: run_as names the user nosuchuser, and there is none on this machine: no agent starts
# edit: sed -i /^run_as/d DIR/etc/trafikito.cfg
# needs: root
echo 'run_as = nosuchuser' >>"$cfg"
