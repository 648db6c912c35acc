# base_dir is not there, and so nothing in it.
# check: DIR/etc/trafikito.cfg:4:12: error: base_dir: there is no DIR/gone
# edit: sed -i '/^base_dir/d' DIR/etc/trafikito.cfg
echo "base_dir = $dir/gone" >>"$cfg"
