# Many mistakes at once: the errors first, each file from its top.
# check: DIR/etc/trafikito.cfg:4:12: error: interval must be a duration
# edit: sed -i '4,$d' DIR/etc/trafikito.cfg; sed -i '3,$d' DIR/available_commands.sh; rm -r DIR/etc/trafikito.app DIR/checks.sh
cat >>"$cfg" <<'CFG'
interval = often
log_levle = debug
CFG
echo 'server_id = web-2' >etc/trafikito.app
printf '#!/bin/sh\r\n' >checks.sh
chmod 755 checks.sh
cat >>"$list" <<'LIST'
trafikito_a="df -P | awk '{print $5}'"
#: timeout=never
trafikito_b="df"
trafikito_c="echo it's"
trafikito_d="$BASEDIR/checks.sh"
trafikito_e="cat"
trafikito_df="df"
LIST
