# The cases of container.sh, which sources this: containers that run in namespaces of its own, without a network.
# shellcheck shell=sh disable=SC2154 # $place, $lab, $tree, $base and $secrets are container.sh's

cases() {
    ip link set lo up
    mkdir -p "$secrets"
    start_server --user 10001:10001
    for case in "$@"; do
        [ "$case" = manifests ] || "case_$case"
    done
    podman rm -f -v -t 1 -a >/dev/null 2>&1 || true
}

wait_for() { # SECONDS COMMAND...
    left=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        [ $left -gt 0 ] || return 1
        sleep 0.2
    done
}

# What podman says of health checks, for which it has no timers here, is left out.
quiet() { "$@" 2>>"$place/podman.log"; }

in_server() { podman exec server trafikito-server "$@" --data /data/trafikito; }

# The server that the agents of all cases report to; its certificate and keys, as files that any user of a container
# can read.
start_server() {
    quiet podman run -d --name server --network host --read-only --cap-drop=all "$@" -v server:/data localhost/trafikito-server \
        serve --data /data/trafikito --listen 0.0.0.0:8443 --host-name server --min-interval 0s >/dev/null
    wait_for 10 podman healthcheck run server || fail "the server does not listen: $(podman logs server 2>&1)"
    podman exec server cat /data/trafikito/ca.pem >"$secrets/ca.pem"
    podman exec server cat /data/trafikito/user_api_key >"$secrets/user_api_key"
    chmod -R a+rX "$secrets"
}

# new_identity NAME: $id, and the key in $secrets/NAME
new_identity() {
    in_server servers add --name "$1" >"$place/identity"
    id=$(sed -n 's/^server_id = //p' "$place/identity")
    sed -n 's/^api_key = //p' "$place/identity" >"$secrets/$1"
    chmod a+r "$secrets/$1"
}

# start_agent NAME OPTION... IMAGE [WORD...]: as hard a platform as there is, and any user
start_agent() {
    name=$1
    shift
    quiet podman run -d --name "$name" --network host --read-only --cap-drop=all --user 12345 --security-opt no-new-privileges \
        -v "$secrets:/run/secrets:ro" -e TRAFIKITO_API_URL=https://127.0.0.1:8443 -e TRAFIKITO_CA_FILE=/run/secrets/ca.pem \
        -e TRAFIKITO_INTERVAL=1s -e TRAFIKITO_RANDOM_NUMBER=0 "$@" >/dev/null
}

# with_identity NAME: options that say who it is
with_identity() {
    new_identity "$1"
    echo "-e TRAFIKITO_SERVER_ID=$id -e TRAFIKITO_API_KEY_FILE=/run/secrets/$1"
}

outputs() { in_server outputs "$@" 2>/dev/null; }
reported() { # NAME TEXT: its newest report has it
    outputs "$1" --last 1 | grep -q -- "$2"
}
must_report() {
    wait_for 15 reported "$1" "$2" ||
        fail "no report of $1 has '$2'; its log: $(podman logs "$1" 2>&1); its newest report: $(outputs "$1" --last 1)"
}

# stops NAME EXIT-STATUS...: within five seconds, and so
stops() {
    name=$1
    shift
    begun=$(date +%s%N)
    quiet podman stop -t 10 "$name" >/dev/null
    took=$((($(date +%s%N) - begun) / 1000000))
    code=$(podman inspect --format '{{.State.ExitCode}}' "$name")
    [ $took -lt 5000 ] || fail "$name took $took ms to stop"
    case " $* " in *" $code "*) ;; *) fail "$name ended with $code: $(podman logs "$name" 2>&1)" ;; esac
    ok "$name stopped within $took ms"
}
remove() { quiet podman rm -f -v -t 1 "$@" >/dev/null; }

# --- the cases ----------------------------------------------------------------------------------------

size_of() { podman image inspect --format '{{.Size}}' "$1"; }
case_sizes() {
    below=$(size_of "$base")
    for row in agent:12 agent-tools:20; do
        image=${row%:*} most=$((${row#*:} * 1048576))
        adds=$(($(size_of "localhost/trafikito-$image") - below))
        [ $adds -le $most ] || fail "the image $image adds $adds bytes to its base, and may add $most"
        ok "$image adds $((adds / 1024)) KiB to its base"
    done
    ok "server adds $((($(size_of localhost/trafikito-server) - below) / 1024)) KiB to its base"
    quiet podman run --rm localhost/trafikito-agent --version | grep -q '^trafikito-agent ' || fail "--version as CMD"
    ! quiet podman run --rm localhost/trafikito-agent check >/dev/null || fail "check of nothing is no success"
    [ "$(podman image inspect --format '{{.User}}' localhost/trafikito-agent)" = 10001:10001 ] || fail "it would be root"
    ok "words behind the image's name are the program's"
}

# As process 1, and nothing but the environment.
case_alone() { run_alone alone; }
case_init() { run_alone init --init; }
run_alone() {
    name=$1
    shift
    # shellcheck disable=SC2046,SC2016 # options, and a line of the list
    start_agent "$name" $(with_identity "$name") "$@" -e TRAFIKITO_RUN_hello='echo hello by $(id -u)' \
        -e TRAFIKITO_RUN_orphans='(sleep 0.3 & sleep 0.2 & setsid sleep 0.1 &) >/dev/null 2>&1; echo left' localhost/trafikito-agent-tools
    must_report "$name" 'hello by 12345'
    must_report "$name" left
    sleep 3
    # What lost its parent is taken by process 1, which must wait for it.
    zombies=$(podman exec "$name" ps -eo stat= | grep -c '^Z' || true)
    [ "$zombies" = 0 ] || fail "$zombies zombies: $(podman exec "$name" ps -ef)"
    podman logs "$name" 2>/dev/null | grep -q 'report accepted' || fail "its log is not on stdout"
    [ -z "$(podman logs "$name" 2>&1 >/dev/null)" ] || fail "something is on stderr: $(podman logs "$name" 2>&1 >/dev/null)"
    quiet podman healthcheck run "$name" || fail "it is not healthy"
    ok "$name: reports, log on stdout, no zombies"
    stops "$name" 0
    remove "$name"
}

# Nowhere to write at all: reports all the same.
case_nothing() {
    # shellcheck disable=SC2046 # options
    start_agent nothing $(with_identity nothing) --image-volume ignore --read-only-tmpfs=false \
        -e TRAFIKITO_RUN_hello='echo from memory' localhost/trafikito-agent
    must_report nothing 'from memory'
    ok "without a volume: reports"
    stops nothing 0
    remove nothing
}

# The list as a file, as the mount of a ConfigMap (a directory of mode 0777 with links), and as one file of it.
case_mounted() {
    map=$place/map
    mkdir -p "$map/..2024"
    mount -t tmpfs -o mode=0777 map "$map"
    mkdir "$map/..2024"
    # shellcheck disable=SC2016 # a line of the list
    echo 'trafikito_mounted="echo from the map"' >"$map/..2024/available_commands.sh"
    ln -s ..2024 "$map/..data"
    ln -s ..data/available_commands.sh "$map/available_commands.sh"
    mount -o remount,ro "$map"
    # shellcheck disable=SC2046 # options
    start_agent mounted-file $(with_identity mounted-file) \
        -v "$map/..2024/available_commands.sh:/etc/trafikito/available_commands.sh:ro" \
        --tmpfs /var/lib/trafikito:rw,mode=0777 \
        localhost/trafikito-agent --config /etc/trafikito/trafikito.cfg
    must_report mounted-file 'from the map'
    quiet podman exec mounted-file trafikito-agent healthcheck --config /etc/trafikito/trafikito.cfg >/dev/null || fail "it is not healthy"
    ok "one file of a ConfigMap: its commands run"
    # shellcheck disable=SC2046 # options
    start_agent mounted-map $(with_identity mounted-map) -v "$map:/etc/trafikito:ro" \
        localhost/trafikito-agent --config /etc/trafikito/trafikito.cfg
    wait_for 15 sh -c 'podman logs mounted-map 2>&1 | grep -q "no command is run, since others could change what runs"' ||
        fail "a list that anybody may write to: $(podman logs mounted-map 2>&1)"
    ok "a whole ConfigMap: nothing is run, and the log says why"
    # shellcheck disable=SC2046 # options
    start_agent mounted-loose $(with_identity mounted-loose) -v "$map:/etc/trafikito:ro" -e TRAFIKITO_STRICT_MODES=no \
        localhost/trafikito-agent --config /etc/trafikito/trafikito.cfg
    must_report mounted-loose 'from the map'
    ok "a whole ConfigMap with TRAFIKITO_STRICT_MODES=no: its commands run"
    remove mounted-file mounted-map mounted-loose
    umount "$map"
}

# As daemonset.yaml has it: in the node's namespaces, with its root below /host and a directory that the kubelet made.
case_node() {
    manifest=$tree/deploy/kubernetes/daemonset.yaml own=$place/node
    mkdir -m 755 "$own"
    script=$(sed -n '/^ *- |$/,/^ *securityContext:$/p' "$manifest" | sed '1d;$d')
    df=$(sed -n '/TRAFIKITO_RUN_df_h/{n;s/^ *value: //p}' "$manifest")
    for turn in first second; do
        quiet podman run --rm --read-only --cap-drop=all --cap-add=CHOWN --user 0 -v "$own:/var/lib/trafikito" --entrypoint '["/bin/sh", "-euc"]' \
            localhost/trafikito-agent-tools "$script" || fail "the init container fails at its $turn start"
    done
    [ "$(stat -c %u:%a "$own")" = 10001:700 ] || fail "the node's directory is $(stat -c %u:%a "$own")"
    # shellcheck disable=SC2046 # options
    start_agent node $(with_identity node) --user 10001:10001 --pid host -v /:/host:ro,rslave -v "$own:/var/lib/trafikito" \
        -e "TRAFIKITO_RUN_df_h=$df" -e TRAFIKITO_RUN_ps='ps -eo comm' localhost/trafikito-agent-tools
    must_report node ' /$'
    must_report node '^| conmon'
    ! reported node ' /host' || fail "names of the container's own: $(outputs node --last 1)"
    ok "the node's disks under their own names, and its processes"
    stops node 0
    remove node
}

# How many servers the API has made under that name.
servers_called() { in_server servers --json | grep -o "\"name\":\"$1\"" | grep -c . || true; }

# Enrolled by hand into a volume with the old key, and started twice.
case_enrol() {
    podman volume create enrol >/dev/null
    quiet podman run --rm --network host --read-only --cap-drop=all --user 12345 -v "$secrets:/run/secrets:ro" \
        -v enrol:/var/lib/trafikito localhost/trafikito-agent-tools enroll --api-url https://127.0.0.1:8443 \
        --ca-file /run/secrets/ca.pem --workspace-id default --user-api-key-file /run/secrets/user_api_key \
        --server-name enrol >"$place/enrol.log" || fail "enroll: $(cat "$place/enrol.log" "$place/podman.log")"
    start_twice enrol
}

# By a token at the first start, while the API is not there yet.
case_tokens() {
    podman volume create tokens >/dev/null
    in_server enroll-command --server-name tokens --token-only >"$secrets/token" 2>"$place/token.log" ||
        fail "enroll-command: $(cat "$place/token.log")"
    grep -qE '^enroll-[0-9a-f]{64}$' "$secrets/token" || fail "that is no token"
    chmod a+r "$secrets/token"
    quiet podman stop -t 5 server >/dev/null
    start_agent tokens -v tokens:/var/lib/trafikito -e TRAFIKITO_ENROLL_TOKEN_FILE=/run/secrets/token \
        -e TRAFIKITO_SERVER_NAME=tokens localhost/trafikito-agent-tools
    sleep 2
    ! quiet podman healthcheck run tokens >/dev/null || fail "an agent that waits to enrol is not healthy"
    stops tokens 0
    quiet podman start tokens >/dev/null
    sleep 1
    quiet podman start server >/dev/null
    must_report tokens trafikito_uptime
    remove tokens
    start_twice tokens -e TRAFIKITO_ENROLL_TOKEN_FILE=/run/secrets/token -e TRAFIKITO_SERVER_NAME=tokens
}

# start_twice NAME OPTION...: with the volume of that name; one identity
start_twice() {
    name=$1
    shift
    for turn in first second; do
        start_agent "$name" -v "$name:/var/lib/trafikito" "$@" -e "TRAFIKITO_RUN_turn=echo the $turn turn" localhost/trafikito-agent-tools
        must_report "$name" "the $turn turn"
        must_report "$name" trafikito_free
        stops "$name" 0
        quiet podman rm "$name" >/dev/null
    done
    [ "$(servers_called "$name")" = 1 ] || fail "$name: $(in_server servers)"
    ok "$name: the second start is the same server"
    podman volume rm "$name" >/dev/null
}

state_of() { podman inspect --format '{{.State.Healthcheck.Status}}' "$1"; }
check_health() { quiet podman healthcheck run "$1" >/dev/null || true; }
expect_health() { # NAME STATE SECONDS
    left=$3
    until check_health "$1"; [ "$(state_of "$1")" = "$2" ]; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || fail "$1 is $(state_of "$1"), not $2: $(podman inspect --format '{{json .State.Healthcheck}}' "$1")"
        sleep 1
    done
    ok "health: $2"
}
case_health() {
    # The image's own check, but for its 150 seconds in which podman counts no failure.
    # shellcheck disable=SC2046 # options
    start_agent health $(with_identity health) --health-start-period 2s --health-retries 2 \
        --health-cmd '["/usr/sbin/trafikito-agent", "healthcheck"]' -e TRAFIKITO_RANDOM_NUMBER=4 -e TRAFIKITO_RUN_hello='echo hello' \
        localhost/trafikito-agent
    expect_health health starting 1
    expect_health health healthy 20
    quiet podman stop -t 5 server >/dev/null
    expect_health health unhealthy 30
    quiet podman start server >/dev/null
    expect_health health healthy 30
    remove health
}

# A command that ignores SIGTERM, and names that are asked of a server that never answers.
case_stop() {
    # shellcheck disable=SC2046 # options
    start_agent hanging $(with_identity hanging) -e TRAFIKITO_RUN_hang="trap '' TERM; echo begun >/tmp/begun; sleep 1000; sleep 1000" \
        localhost/trafikito-agent
    wait_for 20 podman exec hanging test -e /tmp/begun || fail "the command did not begin: $(podman logs hanging 2>&1)"
    stops hanging 0
    ip link add silent0 type veth peer name silent1
    ip address add 192.0.2.1/24 dev silent0
    ip link set silent0 up
    ip link set silent1 up
    ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev silent0 nud permanent
    echo 'nameserver 192.0.2.2' >"$place/resolv.conf"
    # shellcheck disable=SC2046 # options
    start_agent nameless $(with_identity nameless) -v "$place/resolv.conf:/etc/resolv.conf:ro" \
        -e TRAFIKITO_API_URL=https://server.example:8443 localhost/trafikito-agent
    sleep 3
    stops nameless 0
    remove hanging nameless
    ip link del silent0
}

# No secret where those can look who may see the container, and not what is in it.
case_secrets() {
    # shellcheck disable=SC2046 # options
    start_agent secrets $(with_identity secrets) -e TRAFIKITO_LOG_LEVEL=debug \
        -e TRAFIKITO_RUN_environment='env; cat /proc/1/environ | tr [:cntrl:] _' localhost/trafikito-agent-tools
    must_report secrets trafikito_environment
    {
        podman inspect secrets server
        podman logs secrets
        podman logs server
        outputs secrets --last 3
        podman exec secrets ps -ef
    } >"$place/seen" 2>&1
    for secret in "$secrets"/*; do
        [ "$secret" != "$secrets/ca.pem" ] || continue
        ! grep -qF -f "$secret" "$place/seen" || fail "the secret of $secret can be seen"
    done
    ok "no secret in inspect, logs, reports and the process list"
    remove secrets
}

# As any user, with a root that cannot be written; what it has is there after a restart.
case_server() {
    remove server
    podman volume rm server >/dev/null
    start_server --user 12345
    new_identity kept
    quiet podman healthcheck run server >/dev/null || fail "the server is not healthy"
    stops server 0
    remove server
    start_server --user 12345
    in_server servers | grep -q kept || fail "the server lost its data"
    ! podman logs server 2>&1 | grep -E ' (warning|error) ' || fail "the server complains"
    ok "the server as any user: data kept, nothing to complain of"
}

# docker-compose, of a Debian that has its version 2, with podman as its engine. Networks and timers of health checks are
# what podman does not have in here: all are in one network, and health is asked by hand.
case_compose() {
    remove server
    compose=$lab/container.compose
    mkdir -p "$compose/run/podman" "$compose/src/deploy"
    cp -a "$tree/deploy/docker" "$compose/src/deploy/"
    mount -t tmpfs podman "$compose/run/podman"
    podman tag localhost/trafikito-agent-tools docker.io/library/trafikito-agent:tools
    podman tag localhost/trafikito-server docker.io/library/trafikito-server:latest
    podman tag "$base" docker.io/library/app:latest
    cat >"$compose/src/here.yaml" <<'YAML'
services:
  app: {image: "docker.io/library/app:latest", command: [sh, -c, "trap exit TERM; sleep 4242 & wait"], network_mode: host}
  agent:
    image: docker.io/library/trafikito-agent:tools
    network_mode: host
    extra_hosts: ["server:127.0.0.1"]
    environment: {TRAFIKITO_INTERVAL: 2s, TRAFIKITO_RANDOM_NUMBER: "0"}
  server: {image: "docker.io/library/trafikito-server:latest", network_mode: host}
  enrolment: {image: "docker.io/library/trafikito-server:latest"}
YAML
    podman system service -t 0 "unix://$compose/run/podman/socket" >"$place/service.log" 2>&1 &
    service=$!
    (while sleep 1; do check_health trafikito-server-1; check_health trafikito-agent-1; done) &
    health=$!
    in_compose config -q || fail "docker-compose does not take compose.yaml"
    in_compose up -d --no-build >"$place/compose.log" 2>&1 || fail "compose up: $(cat "$place/compose.log")"
    wait_for 30 compose_reported || fail "compose: no report: $(podman logs trafikito-agent-1 2>&1; podman logs trafikito-enrolment-1 2>&1)"
    ok "compose: from nothing to a report that shows the application's process"
    in_compose down -v -t 5 >"$place/compose.log" 2>&1 || fail "compose down: $(cat "$place/compose.log")"
    in_compose up -d --no-build >"$place/compose.log" 2>&1 || fail "compose up, the second time: $(cat "$place/compose.log")"
    wait_for 30 compose_reported || fail "compose, the second time: no report"
    in_compose up -d --no-build >"$place/compose.log" 2>&1 || fail "compose up of what is up: $(cat "$place/compose.log")"
    ok "compose: down and up again"
    in_compose down -v -t 5 >"$place/compose.log" 2>&1
    kill "$health" "$service" 2>/dev/null || true
    umount "$compose/run/podman"
}
compose_reported() {
    podman exec trafikito-server-1 trafikito-server outputs --data /data/trafikito app --last 1 | grep -q 'sleep 4242'
}
in_compose() {
    chroot "$lab/container.compose" env DOCKER_HOST=unix:///run/podman/socket sh -c \
        'cd /src && docker-compose -f deploy/docker/compose.yaml -f here.yaml "$@"' sh "$@"
}
