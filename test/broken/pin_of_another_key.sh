# The API has another key than the one that is pinned.
# why: no key of its chain is one that pin names; its own is sha256/
# edit: sed -i /^pin/d DIR/etc/trafikito.cfg
echo "pin = sha256/$(printf '%043d' 0)=" >>"$cfg"
