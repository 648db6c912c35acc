# An agent that was killed.
# why: no agent runs: the last one, started
# edit: . "$here/start_agent"
# ends: kill -KILL $(cat pid)
. "$here/start_agent"
kill -KILL "$pid"
wait "$pid" || :
