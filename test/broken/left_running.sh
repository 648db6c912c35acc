# What is started in the background does not stay.
# check: DIR/available_commands.sh:3:14: warning: what is started in the background is killed
# edit: sed -i '3s/ &//' DIR/available_commands.sh
echo 'trafikito_x="sleep 100 &"' >>"$list"
