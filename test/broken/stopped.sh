# The API stopped the agent.
# why: the API stopped this agent (server removed): nothing runs and nothing is asked
# mend: rm DIR/var/STOP
echo 'server removed' >var/STOP
