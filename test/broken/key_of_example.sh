# The example was copied and not filled in.
# why: server_id in DIR/etc/trafikito.cfg is still that of the example
sed -i 's/^server_id.*/server_id = the-id-of-this-server/' "$cfg"
