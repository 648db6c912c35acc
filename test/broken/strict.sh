# With --strict a warning is an error.
# args: --strict
# check: DIR/etc/trafikito.cfg:4:1: error: unknown key "intervall"; it has no effect
echo 'intervall = 30s' >>"$cfg"
