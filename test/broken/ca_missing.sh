# ca_file names a file that is not there.
# check: DIR/etc/trafikito.cfg:4:11: error: ca_file: there is no DIR/etc/ca.pem
# edit: sed -i '/^ca_file/d' DIR/etc/trafikito.cfg
echo "ca_file = $dir/etc/ca.pem" >>"$cfg"
