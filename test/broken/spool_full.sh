# Reports that nobody takes have filled their place.
# why: the spool is full (
# edit: rm DIR/var/spool/*
# ends: kill -KILL $(cat pid)
echo 'spool_max_size = 64KiB' >>"$cfg"
. "$here/start_agent"
until grep -q 'report accepted' log; do sleep 0.1; done
mkdir -p var/spool
head -c 65536 /dev/zero >var/spool/1
