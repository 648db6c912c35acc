# ca_file is another authority's.
# why: cannot verify the certificate: its issuer
# edit: cp ../ca.pem etc/ca.pem
# needs: openssl
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=Somebody else' -days 30 \
    -keyout etc/key.pem -out etc/ca.pem 2>/dev/null
sed -i "s|^ca_file.*|ca_file = $dir/etc/ca.pem|" "$cfg"
