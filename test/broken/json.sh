# For programs.
# args: --json
# check: {"findings":[{"severity":"warning","file":"DIR/etc/trafikito.cfg","line":4,"column":1,"text":"unknown key
echo 'intervall = 30s' >>"$cfg"
