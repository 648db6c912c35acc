# The address has a path that the API does not have.
# why: HTTP 404
# edit: sed -i 's|/nosuch$||' DIR/etc/trafikito.cfg
sed -i 's|^api_url.*|&/nosuch|' "$cfg"
