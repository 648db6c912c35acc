# run_as names a user that is not there, and one is near.
# why: there is no user nobod on this machine: the agent cannot start; nobody may be meant; mend it: sed -i
# edit: sed -i '/^run_as/d' DIR/etc/trafikito.cfg
echo 'run_as = nobod' >>"$cfg"
