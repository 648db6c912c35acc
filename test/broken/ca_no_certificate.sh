# ca_file holds something else.
# check: DIR/etc/trafikito.cfg:4:11: error: ca_file DIR/etc/ca.pem holds no certificate
# edit: sed -i '/^ca_file/d' DIR/etc/trafikito.cfg
echo "ca_file = $dir/etc/ca.pem" >>"$cfg"
echo 'Not found' >etc/ca.pem
