# ca_file holds no certificate.
# why: ca_file DIR/etc/ca.pem holds no certificate
# edit: cp ../ca.pem etc/ca.pem
echo 'certificate: see attachment' >etc/ca.pem
sed -i "s|^ca_file.*|ca_file = $dir/etc/ca.pem|" "$cfg"
