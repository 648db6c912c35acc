# A key that is read at the start alone stands in the file of those that may change.
# check: DIR/etc/trafikito.app:1:1: error: api_url may only stand in trafikito.cfg
# edit: rm DIR/etc/trafikito.app
echo 'api_url = https://127.0.0.1:8444' >etc/trafikito.app
