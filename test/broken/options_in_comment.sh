# Options with a blank that makes a comment of them.
# check: DIR/available_commands.sh:3:1: warning: this is a comment, and the options in it have no effect
# edit: sed -i '3s/# :/#:/' DIR/available_commands.sh
printf '%s\n' '# : timeout=5s' 'trafikito_x="df -h"' >>"$list"
