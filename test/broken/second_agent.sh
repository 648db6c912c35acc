# Another installation is the same server.
# why: already: the API takes one only
# edit: kill $(cat other/pid); while [ -e /proc/$(cat other/pid) ]; do sleep 0.1; done
# ends: kill -KILL $(cat other/pid) 2>/dev/null
mkdir other other/var
cp -a etc "$list" other/
(cfg=$dir/other/etc/trafikito.cfg dir=$dir/other && . "$here/start_agent")
