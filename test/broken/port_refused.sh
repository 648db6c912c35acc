# Nothing listens at that port.
# why: connection to 127.0.0.1:9: the connection was refused
# edit: sed -i "s|127.0.0.1:9/*\$|127.0.0.1:$(cat ../port)|" DIR/etc/trafikito.cfg
sed -i 's|^api_url.*|api_url = https://127.0.0.1:9|' "$cfg"
