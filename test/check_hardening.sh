#!/bin/sh
# ctest's build.hardening: the programs and the objects that they are made of have what
# cmake/compiler.cmake asks for. A flag that gets lost on its way is noticed here and nowhere else.
#
# usage: check_hardening.sh READELF PROCESSOR FORTIFY OBJECTS PROGRAM...
#   FORTIFY    no; or where _FORTIFY_SOURCE is set, as in a release, whether `each` room shows it or `any`: what is
#              inlined of a standard library, and so what is left to see of it, is up to the compiler
#   OBJECTS    a file with the path of one object a line
#
# The note of control-flow protection (CET, or BTI and PAC) is asked of each object of ours: a program as a
# whole has it only when the system's start files and static libraries do, and Debian 12's do not.
set -eu
export LC_ALL=C

[ $# -ge 5 ] || { sed -n '5,8p' "$0" >&2 && exit 2; }
readelf=$1 processor=$2 fortify=$3 objects=$4
shift 4
failures=0

fail() {
    echo "$1: $2" >&2
    failures=$((failures + 1))
}

# check_symbol SCOPE PATTERN WHY: `each` room, or `any`, has an object that refers to such a symbol. (A program's own
# is too small to tell.)
check_symbol() {
    while read -r object; do
        room=$(echo "$object" | sed -n 's|.*/\(trafikito_[^/]*\)\.dir/.*|\1|p')
        [ -n "$room" ] || continue
        [ "$1" = each ] || room='trafikito'
        if "$readelf" -sW "$object" | grep -Eq "UND +$2"; then
            echo "$room yes"
        else
            echo "$room no"
        fi
    done <"$objects" | sort -u | awk '
        { all[$1]; if ($2 == "yes") found[$1] }
        END { for (room in all) if (!(room in found)) print room }' |
        while read -r room; do echo "$room: no object of it $3"; done
}

# check_notes FEATURES WHY: each object says so in its note.
check_notes() {
    while read -r object; do
        "$readelf" -nW "$object" 2>/dev/null | grep -Eq "feature:.*$1" || echo "$object: $2"
    done <"$objects"
}

# An object without that section makes the whole program's stack executable, but for -z noexecstack.
check_stack_section() {
    while read -r object; do
        "$readelf" -SW "$object" | grep -Fq '.note.GNU-stack' || echo "$object: does not say that it needs no executable stack"
    done <"$objects"
}

# report LINES: what a check found, if anything.
report() {
    [ -z "$1" ] || {
        echo "$1" >&2
        failures=$((failures + 1))
    }
}

[ -s "$objects" ] || fail "$objects" 'names no object'
READELF="$readelf" "$(dirname "$0")/check_program.sh" "$@" || failures=$((failures + 1))
report "$(check_stack_section)"
report "$(check_symbol each '__stack_chk_(fail|guard)' 'guards its stack (-fstack-protector-strong)')"
[ "$fortify" = no ] ||
    report "$(check_symbol "$fortify" '__[a-z_]+_chk( |@|$)' 'has a checked call (-D_FORTIFY_SOURCE, with -O)')"
case $processor in
x86_64) report "$(check_notes 'IBT.*SHSTK' 'has no CET note (-fcf-protection)')" ;;
aarch64) report "$(check_notes 'BTI.*PAC' 'has no BTI and PAC note (-mbranch-protection=standard)')" ;;
esac

[ "$failures" = 0 ] || exit 1
echo "hardened: $# programs, $(grep -c . "$objects") objects"
