# ca_file is not where the configuration says, but beside it.
# why: ca_file = DIR/etc/nosuch.pem cannot be read by the agent's user
# mend: sed -i 's|DIR/etc/nosuch.pem|DIR/etc/ca.pem|' DIR/etc/trafikito.cfg
cp "$work/ca.pem" etc/ca.pem
sed -i "s|^ca_file.*|ca_file = $dir/etc/nosuch.pem|" "$cfg"
