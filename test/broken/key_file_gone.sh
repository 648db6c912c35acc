# The file with the key is not there.
# why: DIR/etc/key is not there
# edit: mv DIR/etc/key.old DIR/etc/key
sed -n 's/^api_key = //p' "$cfg" >etc/key.old
chmod 600 etc/key.old
sed -i "s|^api_key.*|api_key_file = $dir/etc/key|" "$cfg"
