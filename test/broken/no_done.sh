# A loop without its end.
# check: DIR/available_commands.sh:3:14: error: what begins here has no end (fi, done or esac)
# edit: sed -i '3s/"$/; done"/' DIR/available_commands.sh
echo 'trafikito_x="for x in a b; do echo \$x"' >>"$list"
