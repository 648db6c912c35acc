# A second key was written, which is another machine's.
# why: api_key is set again; line 2 does not count; remove one of the two
# edit: sed -i '$d' DIR/etc/trafikito.cfg; rm -r DIR/var
echo 'api_key = of-another-machine' >>"$cfg"
