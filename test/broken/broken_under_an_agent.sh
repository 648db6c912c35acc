# The agent runs, and would not start again.
# why: the agent that runs would not start again with this configuration: DIR/etc/trafikito.cfg:
# edit: sed -i /banana/d DIR/etc/trafikito.cfg
# ends: kill -KILL $(cat pid)
. "$here/start_agent"
until grep -q 'report accepted' log; do sleep 0.1; done
echo 'kill_grace = banana' >>"$cfg"
