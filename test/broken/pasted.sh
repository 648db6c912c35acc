# A command that was pasted from a page.
# check: DIR/available_commands.sh:3:17: warning: a dash (U+2013) is no hyphen
# edit: sed -i '3s/–/-/' DIR/available_commands.sh
echo 'trafikito_x="df –h"' >>"$list"
