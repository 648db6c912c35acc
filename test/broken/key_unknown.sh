# A key with a slip of the finger has no effect.
# check: DIR/etc/trafikito.cfg:4:1: warning: unknown key "intervall"; it has no effect
# edit: sed -i 's/^intervall/interval/' DIR/etc/trafikito.cfg
echo 'intervall = 30s' >>"$cfg"
