# A no-break space came along with the key.
# check: DIR/etc/trafikito.cfg:2:11: error: api_key holds a no-break space (U+00A0) at place 13 of 14
# edit: sed -i '2s/.*/api_key = key-of-web-1/' DIR/etc/trafikito.cfg
printf 'server_id = web-1\napi_key = key-of-web-1\302\240\napi_url = https://127.0.0.1:8443\n' >"$cfg"
