# A key with a slip of the finger has no effect.
# check: DIR/etc/trafikito.cfg:4:1: warning: unknown key "intervall"; it has no effect
# mend: sed -i '4s/intervall/interval/I' DIR/etc/trafikito.cfg
echo 'intervall = 30s' >>"$cfg"
