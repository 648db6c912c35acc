# The API does not take the key.
# why: the API does not know this machine by its server_id
sed -i 's/^api_key.*/api_key = 0123456789abcdef/' "$cfg"
