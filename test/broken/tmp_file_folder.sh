# tmp_file names a folder.
# check: DIR/etc/trafikito.cfg:4:12: warning: tmp_file: /tmp is a folder
# edit: sed -i '/^tmp_file/d' DIR/etc/trafikito.cfg
echo 'tmp_file = /tmp' >>"$cfg"
