# ca_file lies where the agent's user cannot go.
# why: DIR/private/ca.pem cannot be read by the agent's user nobody: DIR/private cannot be entered
# mend: install -m 0644 DIR/private/ca.pem DIR/etc/ca.pem && sed -i 's|DIR/private/ca.pem|DIR/etc/ca.pem|' DIR/etc/trafikito.cfg
# needs: root
mkdir -m 700 private
cp "$work/ca.pem" private/ca.pem
sed -i "s|^ca_file.*|ca_file = $dir/private/ca.pem|" "$cfg"
echo 'run_as = nobody' >>"$cfg"
chmod 644 "$cfg"
chown nobody var
