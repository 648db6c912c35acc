# The API stopped the agent.
# check: DIR/var/STOP: warning: stopped by the API: server was removed
# why: the API stopped this agent (server was removed): nothing runs
# mend: rm DIR/var/STOP
echo 'server was removed' >var/STOP
