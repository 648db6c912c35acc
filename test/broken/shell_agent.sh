# The shell agent still runs.
# why: the shell agent is still at work
# edit: kill $(cat pid); while [ -e /proc/$(cat pid) ]; do sleep 0.1; done
# ends: kill $(cat pid) 2>/dev/null
mkdir lib
echo 'while :; do sleep 1; done' >lib/trafikito_wrapper.sh
id=$(sed -n 's/^server_id = //p' "$cfg")
sh "$dir/lib/trafikito_wrapper.sh" "$id" "$dir" >/dev/null 2>&1 &
echo $! >pid
until grep -q trafikito_wrapper "/proc/$(cat pid)/cmdline"; do sleep 0.1; done
