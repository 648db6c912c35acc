# All is well, but nobody has started the agent.
# why: no agent runs, and none has run with this configuration yet; mend it:
