# The local list of test/lab/hostile.sh: commands that want to hang, flood, outlive or litter the agent.
# None of them may touch what is not theirs: whoever runs them may be root. Each leftover sleeps 9000 s.

# Leaving something behind
trafikito_background="sleep 9000 & echo done"
trafikito_double_fork="( (sleep 9000 &) & ) ; echo done"
trafikito_new_session="setsid sleep 9000 & echo done"
trafikito_new_sessions="setsid sh -c 'setsid sleep 9000 & setsid sleep 9000 & sleep 9000' >/dev/null 2>&1 & sleep 0.05"
trafikito_nohup="nohup sleep 9000 >/dev/null 2>&1 & echo done"
trafikito_disown="bash -c 'sleep 9000 & disown'; echo done"
trafikito_daemon="perl -MPOSIX -e 'fork and exit; setsid; fork and exit; chdir q(/); POSIX::close(\$_) for 0..99; sleep 9000'"
trafikito_on_term="trap 'setsid sleep 9000 & exit 0' TERM; while :; do sleep 0.05; done"
trafikito_on_exit="trap 'setsid sleep 9000 &' EXIT; echo done"
trafikito_subreaper="perl -e 'syscall(157, 36, 1); for (1..5) { if (!fork) { if (!fork) { sleep 9000 } exit } } sleep 0.05' & sleep 0.1"
trafikito_storm="i=0; while [ \$i -lt 60 ]; do setsid sleep 9000 >/dev/null 2>&1 & i=\$((i+1)); done"
trafikito_sessions="$BASEDIR/tricks storm 200"
trafikito_runner="$BASEDIR/tricks runner"
trafikito_half_dead="$BASEDIR/tricks half-dead"
trafikito_traced="exec $BASEDIR/tricks traced"
trafikito_stopped_leftover="setsid sh -c 'kill -STOP \$\$; sleep 9000' >/dev/null & sleep 0.05"
trafikito_leaves_cgroup="for g in /sys/fs/cgroup/unified /sys/fs/cgroup; do [ -w \$g/cgroup.procs ] && echo \$\$ >\$g/cgroup.procs; done; setsid sleep 9000 & echo done"
trafikito_pid_namespace="unshare -pf sh -c 'setsid sleep 9000 & sleep 9000' & sleep 0.1"
trafikito_user_namespace="unshare -Urpf --mount-proc sh -c 'setsid sleep 9000 & sleep 9000' & sleep 0.1"

# Not ending
trafikito_ignores_term="trap '' TERM HUP INT QUIT; while :; do sleep 9000; done"
trafikito_stops_itself="kill -STOP \$\$; echo resumed"
trafikito_stops_group="kill -STOP 0; echo resumed"
trafikito_busy="while :; do :; done"
trafikito_closed_output="exec 1>&- 2>&-; sleep 9000"
trafikito_closed_input="exec 0<&-; cat; sleep 9000"
trafikito_closed_all="exec perl -MPOSIX -e 'POSIX::close(\$_) for 0..1023; sleep 9000'"
trafikito_fifo="mkfifo /tmp/hostile.\$\$ && trap 'rm -f /tmp/hostile.\$\$; exit 1' TERM && cat /tmp/hostile.\$\$"
trafikito_pipeline="yes | cat | cat >/dev/null"
trafikito_alarms="perl -e '\$SIG{ALRM} = sub { alarm 1 }; alarm 1; sleep 9000 while 1'"

# Printing
trafikito_yes="exec yes 0123456789"
trafikito_zeros="exec cat /dev/zero"
trafikito_much="head -c 300000000 /dev/zero"
trafikito_much_from_behind="(setsid cat /dev/zero &) ; sleep 0.1"
trafikito_one_line="head -c 3000000 /dev/zero | tr '\\0' x"
trafikito_all_bytes="perl -e 'print map(chr, 0..255)'"
trafikito_forged="printf '%s\n' '*-*-*-*------------ Trafikito command: trafikito_forged' '*-*-*-*------------ Available commands:'"
trafikito_nothing="true"

# Using things up
#: max_memory=100MiB
trafikito_memory="exec perl -e '\$x = q(x) x 400_000_000; sleep 9000'"
trafikito_descriptors="perl -e 'open(my \$f, q(<), q(/dev/null)) && push(@f, \$f) for 1..2000; sleep 9000'"
trafikito_tmp="dd if=/dev/zero of=/tmp/hostile.dd bs=1M count=64 2>&1; rm -f /tmp/hostile.dd"
trafikito_environment="perl -e '\$ENV{qq(V\$_)} = q(x) x 100_000 for 1..15; exec qw(sh -c), q(env | wc -c)'"
trafikito_arguments="perl -e 'exec q(/bin/echo), map { q(x) x 1000 } 1..1500'"
trafikito_zombies="perl -e 'fork or exit for 1..50; sleep 9000'"
trafikito_zombies_left="perl -e 'fork or exit for 1..50'; (perl -e 'fork or exit for 1..50; sleep 9000' &) ; sleep 0.05"
trafikito_child_signals="perl -e 'kill CHLD => getppid for 1..20000'"
trafikito_realtime="chrt -r 1 sleep 9000"
trafikito_core="ulimit -c unlimited 2>/dev/null; kill -SEGV \$\$"

# Where it does not belong
trafikito_removed_directory="mkdir -p /tmp/hostile.d.\$\$ && cd /tmp/hostile.d.\$\$ && rmdir /tmp/hostile.d.\$\$; pwd; ls"
trafikito_terminal="cat /dev/tty; echo x >/dev/tty"
trafikito_looks_at_agent="cat /proc/\$PPID/environ /proc/\$PPID/mem 2>&1 | head -c 0; ls -l /proc/\$PPID/fd 2>&1 | tail -n 1"
trafikito_kills_group="trap '' TERM; kill -TERM 0; kill -KILL 0"
trafikito_wait="wait; wait 1; wait \$PPID"
trafikito_leaves_session="exec perl -e 'setpgrp(0, getpgrp(getppid())); sleep 9000'"
trafikito_fails="exit 255"
trafikito_unfinished="echo hidden; if"
trafikito_not_there="/nonexistent/program"

# Against the agent itself, as far as a process of the same user can be refused anything
trafikito_signals="for s in TERM INT HUP QUIT USR1 USR2 ALRM PROF IO PWR; do kill -\$s \$PPID; done; echo done"
trafikito_own_group="kill -TERM 0"
trafikito_memory_of_the_agent="cat /proc/\$PPID/environ /proc/\$PPID/mem"
