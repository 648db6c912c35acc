# The key's file is not there.
# check: DIR/etc/trafikito.cfg:3:16: error: 
# edit: echo key-of-web-1 >DIR/etc/key; chmod 600 DIR/etc/key
sed -i '/^api_key/d' "$cfg"
echo "api_key_file = $dir/etc/key" >>"$cfg"
