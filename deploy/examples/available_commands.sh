# The commands that this machine offers. The API can ask for them by name, and for nothing else.
#
# A line: trafikito_NAME="COMMAND". /bin/sh reads it twice, as a double-quoted string and then as a
# command: what awk is to see as $5 is written \$5.

trafikito_uptime="uptime"
trafikito_df="df -h"
trafikito_used="df -P / | awk 'NR > 1 { print \$5 }'"

# Options of the line below:
#: timeout=5s max_output=16KiB
trafikito_free="free"
