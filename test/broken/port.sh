# A port with a digit too many.
# check: DIR/etc/trafikito.cfg:3:11: error: api_url must have a port from 1 to 65535, not 84430
# edit: sed -i 's/84430/8443/' DIR/etc/trafikito.cfg
sed -i '/^api_url/d' "$cfg"
echo 'api_url = https://127.0.0.1:84430' >>"$cfg"
