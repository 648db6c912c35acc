# There is no such name.
# why: look-up of nosuch.invalid:443:
sed -i 's|^api_url.*|api_url = https://nosuch.invalid|' "$cfg"
