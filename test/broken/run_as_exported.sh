# The same in the way of writing that a shell can read.
# needs: root
# check: DIR/etc/trafikito.cfg:4:15: error: there is no user nobod
# mend: sed -i '4s|=.*|=nobody|' DIR/etc/trafikito.cfg
# edit: chown nobody DIR/var; chown nobody DIR/etc/trafikito.cfg
echo 'export RUNAS="nobod"' >>"$cfg"
