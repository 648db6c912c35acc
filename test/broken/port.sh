# A port with a digit too many.
# check: DIR/etc/trafikito.cfg:3:11: error: api_url has the port "84430": a port is 1 to 65535
# edit: sed -i 's/84430/8443/' DIR/etc/trafikito.cfg
sed -i '/^api_url/d' "$cfg"
echo 'api_url = https://127.0.0.1:84430' >>"$cfg"
