#!/bin/sh
# Holds the map of rooms (CONTRIBUTING.md): who may include whom, and that a folder is a namespace and a CMake
# target. From the root of the tree; prints what is wrong, and exits 1 then. ./dev lint calls it.
set -eu

# A room, and the rooms that it may include besides itself. No line names one that stands below it.
rooms='
base
config              base
exec                base
net/link            base
net/http            base net/link
net/api             base net/link net/http
net/retry           base net/link net/http net/api
agent/persistence   base config exec net/link net/http net/api
agent/cycle         base config exec net/link net/http net/api net/retry agent/persistence
agent/daemon        base config exec net/link net/http net/api net/retry agent/persistence agent/cycle
agent/inspection    base config exec net/link net/http agent/persistence agent/cycle agent/daemon
agent/enrolment     base config exec net/link net/http net/api net/retry agent/persistence agent/cycle agent/daemon
agent/diagnosis     base config exec net/link net/http net/api net/retry agent/persistence agent/cycle agent/daemon agent/inspection agent/enrolment
agent/cli           base config exec net/link net/http net/api agent/persistence agent/cycle agent/daemon agent/inspection agent/enrolment agent/diagnosis
agent               base config agent/cli agent/daemon
server/security     base
server/archive      base
server/database     base
server/values       base config server/archive
server/store        base net/api server/security server/archive server/database server/values
server/http         base
server/api          base net/api server/security server/database server/values server/store server/http
server/page         base
server/people       base config net/api server/security server/database server/values server/store server/http server/api server/page
server/cli          base config net/api server/security server/database server/values server/store server/http server/api server/page server/people
server              base server/cli
'

wrong() {
    echo "$*"
    bad=1
}
bad=0

# The folder of every source file must be a room.
folders=$(find base config exec net agent server -name '*.?pp' -exec dirname {} + | sort -u)
for folder in $folders; do
    echo "$rooms" | grep -qE "^$folder( |\$)" || wrong "$folder/ is no room of test/lint_rooms.sh"
done

known=' '
while read -r room allowed; do
    [ -n "$room" ] || continue
    for other in $allowed; do
        case $known in
        *" $other "*) ;;
        *) wrong "test/lint_rooms.sh: $room may not include $other, which stands below it" ;;
        esac
    done
    known="$known$room "
    for file in "$room"/*.?pp; do
        [ -e "$file" ] || wrong "$room/ is a room of test/lint_rooms.sh, and has no source"
        # shellcheck disable=SC2013 # no name of ours holds a blank
        for included in $(sed -n 's/^#include "\(.*\)\/[^/]*"$/\1/p' "$file" | sort -u); do
            case " $room $allowed " in
            *" $included "*) ;;
            *) wrong "$file includes $included/, which $room/ must not know" ;;
            esac
        done
        case $file in
        */main.cpp) continue ;;
        esac
        namespace=trafikito::$(echo "$room" | sed 's,/,::,')
        grep -q "^namespace $namespace {" "$file" || wrong "$file is not in namespace $namespace"
    done
    case $room in
    agent | server) ;;
    *)
        target=$(echo "$room" | tr / _)
        tr -d '\n' <"$room/CMakeLists.txt" | grep -qE "trafikito_room\( *$target " ||
            wrong "$room/CMakeLists.txt makes no trafikito_room($target)"
        ;;
    esac
done <<EOF
$rooms
EOF

exit "$bad"
