# Somebody has stopped the process.
# why: was stopped by a signal (SIGSTOP) and does nothing; mend it: kill -CONT
# edit: kill -CONT $(cat pid)
# ends: kill -KILL $(cat pid)
. "$here/start_agent"
kill -STOP "$pid"
until grep -q '^State:.T' "/proc/$pid/status"; do sleep 0.1; done
