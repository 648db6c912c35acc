# Nothing is wrong.
# check: DIR/etc/trafikito.cfg: server web-1, API v2 at https://127.0.0.1:8443, 2 commands to run at most, every 60 s: 0 errors, 0 warnings
:
