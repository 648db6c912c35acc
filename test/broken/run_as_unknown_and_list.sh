# A user that is not there hides nothing that is wrong with the list.
# check: there is no user nobod
# needs: netstat
# edit: sed -i '/^run_as/d' DIR/etc/trafikito.cfg; sed -i '/trafikito_bad/d' DIR/available_commands.sh
echo 'run_as = nobod' >>"$cfg"
echo 'trafikito_bad="netsat -n"' >>"$list"
