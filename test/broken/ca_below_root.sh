# The certificate lies in a home directory that the user may not enter.
# needs: root
# check: DIR/etc/trafikito.cfg:4:11: error: ca_file: the folder DIR/home does not let user nobody through
# mend: install -m 644 DIR/home/ca.pem DIR/etc/ca.pem && sed -i '4s|=.*|= DIR/etc/ca.pem|' DIR/etc/trafikito.cfg
printf 'ca_file = %s/home/ca.pem\nrun_as = nobody\n' "$dir" >>"$cfg"
chgrp "$(id -gn nobody)" "$cfg"
chmod 640 "$cfg"
chown nobody var
mkdir -m 700 home
cat >home/ca.pem <<'PEM'
-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUCA6E8WR3wnYlBhR3F3GVtb1JcREwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwIBcNMjYwMTAxMDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBa
-----END CERTIFICATE-----
PEM
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -out home/ca.pem \
        -subj /CN=ca -days 3650 2>/dev/null
fi
