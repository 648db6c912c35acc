# The metrics are to be written into a folder that is not there.
# check: DIR/etc/trafikito.cfg:4:16: warning: metrics_file: there is no DIR/collector; no metrics are written
# mend: mkdir -p DIR/collector
echo 'metrics_file = collector/trafikito.prom' >>"$cfg"
