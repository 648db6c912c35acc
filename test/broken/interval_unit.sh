# A time with a unit that nobody knows.
# check: DIR/etc/trafikito.cfg:4:12: error: 
# why: no agent starts with this configuration: DIR/etc/trafikito.cfg:
# edit: sed -i '/^interval/d' DIR/etc/trafikito.cfg
echo 'interval = 5 parsec' >>"$cfg"
