# There is no configuration.
# why: this machine is not enrolled: there is no DIR/etc/trafikito.cfg
rm "$cfg"
