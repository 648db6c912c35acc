# log_file lies in a folder that is not there.
# check: DIR/etc/trafikito.cfg:4:12: warning: log_file: there is no DIR/log; the log goes to stderr
# mend: mkdir -p DIR/log
echo 'log_file = log/agent.log' >>"$cfg"
