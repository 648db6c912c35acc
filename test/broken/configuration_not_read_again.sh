# It was mended, and the agent was not told.
# why: the agent runs with the configuration as it was before DIR/etc/trafikito.cfg was changed
# edit: kill -HUP $(cat pid); until grep -q 'report accepted' log; do sleep 0.1; done
# ends: kill -KILL $(cat pid)
cp "$cfg" whole.cfg
sed -i 's|^api_url.*|api_url = https://127.0.0.1:9|' "$cfg"
. "$here/start_agent"
until grep -q 'no order' log; do sleep 0.1; done
cat whole.cfg >"$cfg"
printf 'interval = 1s\nrandom_number = 0\n' >>"$cfg"
