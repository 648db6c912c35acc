# Everybody can read the key.
# check: DIR/etc/trafikito.cfg: warning: everybody on this machine can read the API key in it
# mend: chmod o-rwx DIR/etc/trafikito.cfg
chmod 644 "$cfg"
