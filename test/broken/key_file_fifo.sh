# The file with the key is a FIFO: no matter of rights, whoever asks.
# check: DIR/etc/trafikito.cfg:3:16: error: api_key_file "DIR/etc/key" is a FIFO, not a regular file
# why: is a FIFO, not a regular file; name a regular file with nothing but the key in it
# edit: rm DIR/etc/key && mv DIR/etc/kept DIR/etc/key
sed -n 's/^api_key = //p' "$cfg" >etc/kept
chmod 600 etc/kept
sed -i '/^api_key/d' "$cfg"
mkfifo etc/key
echo "api_key_file = $dir/etc/key" >>"$cfg"
