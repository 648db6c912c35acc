# A key that was changed since the API was asked: it may not be asked again at once.
# why: whether the API takes this configuration's key is not known
# edit: mv DIR/etc/kept DIR/etc/trafikito.cfg && rm -r DIR/var
cp "$cfg" etc/kept
"$agent" why --config "$cfg" >/dev/null || :
sed -i 's/^\(api_key = ...\).*/\1/' "$cfg"
touch -d '+2 seconds' "$cfg"
