# The key's file is root's alone: a reload cannot read it again.
# needs: root
# check: DIR/etc/key: warning: user nobody may not read DIR/etc/key (mode 0600); a reload (SIGHUP) keeps the old key
# mend: chgrp nogroup DIR/etc/key && chmod g+r DIR/etc/key
sed -i '/^api_key/d' "$cfg"
printf 'run_as = nobody\napi_key_file = %s/etc/key\n' "$dir" >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
chown nobody var
echo key-of-web-1 >etc/key
chmod 600 etc/key
