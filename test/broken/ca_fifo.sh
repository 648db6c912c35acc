# ca_file is a FIFO, which nobody writes to: it is never waited for.
# check: DIR/etc/trafikito.cfg:4:11: error: ca_file DIR/etc/ca.pem is a FIFO, not a regular file
# edit: sed -i '/^ca_file/d' DIR/etc/trafikito.cfg
mkfifo etc/ca.pem
echo "ca_file = $dir/etc/ca.pem" >>"$cfg"
