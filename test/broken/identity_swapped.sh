# server_id and api_key stand in each other's place: the key is not printed.
# check: DIR/etc/trafikito.cfg:1:13: warning: server_id looks like an API key, and api_key like a server_id
# edit: sed -i '1s/.*/server_id = web-1/; 2s/.*/api_key = key-of-web-1/' DIR/etc/trafikito.cfg
sed -i '1s/.*/server_id = 3f0c9a1b7d2e4f60815a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f80912/; 2s/.*/api_key = web-1/' "$cfg"
