# It asks a name server about each address.
# check: DIR/available_commands.sh:3:14: warning: lsof looks up a name for each address
# edit: sed -i '3s/lsof/lsof -nP -w/' DIR/available_commands.sh
# needs: lsof
echo 'trafikito_x="lsof -i | wc -l"' >>"$list"
