# client_key belongs to another certificate.
# needs: openssl
# check: DIR/etc/trafikito.cfg:5:14: error: client_key DIR/etc/b.key is not the key of DIR/etc/a.pem
# edit: sed -i 's|b.key|a.key|' DIR/etc/trafikito.cfg
for one in a b; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$one" -keyout "etc/$one.key" -out "etc/$one.pem" 2>/dev/null
done
printf '%s\n' "client_cert = $dir/etc/a.pem" "client_key = $dir/etc/b.key" >>"$cfg"
