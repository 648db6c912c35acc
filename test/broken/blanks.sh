# Blanks around the =.
# check: DIR/available_commands.sh:3:12: error: there are blanks around the =
# edit: sed -i '3s/ = /=/' DIR/available_commands.sh
echo 'trafikito_x = "df -h"' >>"$list"
