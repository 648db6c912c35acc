# server_id and api_key stand in each other's place, and the API knows nobody by them.
# why: server_id looks like an API key, and api_key like a server_id: they stand in each other's place; write each where it belongs
# edit: mv DIR/etc/kept DIR/etc/trafikito.cfg; rm -r DIR/var
id=$(sed -n 's/^server_id = //p' "$cfg") key=$(sed -n 's/^api_key = //p' "$cfg")
cp -p "$cfg" etc/kept
sed -i "s/^server_id = .*/server_id = $key/; s/^api_key = .*/api_key = $id/" "$cfg"
