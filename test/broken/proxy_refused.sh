# The proxy is not there.
# why: the proxy 127.0.0.1:9: the connection was refused
# edit: sed -i /^proxy/d DIR/etc/trafikito.cfg
echo 'proxy = http://127.0.0.1:9' >>"$cfg"
