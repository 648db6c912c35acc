# A key has a slip of the pen, and is missing for it.
# why: servr_id is no key and has no effect, so that server_id is missing and no agent starts
# mend: sed -i 1s/servr_id/server_id/ DIR/etc/trafikito.cfg
{
    sed -n 's/^server_id/servr_id/p' "$cfg"
    sed '/^server_id/d' "$cfg"
} >"$cfg.new"
mv "$cfg.new" "$cfg"
chmod 600 "$cfg"
