# A slip of the finger in the one key that must be there.
# check: DIR/etc/trafikito.cfg:1:1: error: server_id is missing: the API would not know which server this is
# mend: sed -i '1s/serverid/server_id/I' DIR/etc/trafikito.cfg
sed -i 's/^server_id/serverid/' "$cfg"
