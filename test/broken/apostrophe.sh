# An apostrophe opens a quote.
# check: DIR/available_commands.sh:3:21: error: the single quote that opens here is not closed
# edit: sed -i "3s/it's/it is/" DIR/available_commands.sh
echo "trafikito_x=\"echo it's\"" >>"$list"
