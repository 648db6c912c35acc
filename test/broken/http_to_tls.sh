# The address says http://, and the API speaks TLS.
# why: does that port want https://, and is api_url in DIR/etc/trafikito.cfg right?
# edit: sed -i 's,http://,https://,' DIR/etc/trafikito.cfg
sed -i 's,https://,http://,' "$cfg"
