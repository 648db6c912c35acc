#!/bin/sh
# A finished program has the hardening that cmake/compiler.cmake asks for, and needs no more of a system than it may.
#
# usage: check_program.sh [--checked] [--stripped] [--glibc=VERSION] [--needed='LIB...'] [--at-most=MIB] PROGRAM...
#   --checked  its stack is guarded and its calls of libc are checked: -fstack-protector-strong, _FORTIFY_SOURCE
#   --glibc    the newest symbol version that it may ask of glibc
#   --needed   the shared libraries that it may need, and no other
#
# READELF names another readelf. Exits 1 when a program fails, having said all that is wrong.
set -eu
export LC_ALL=C
readelf=${READELF:-readelf}
failures=0
checked='' stripped='' glibc='' needed='' at_most=''
for option; do
    case $option in
    --checked) checked=yes ;;
    --stripped) stripped=yes ;;
    --glibc=?*) glibc=${option#*=} ;;
    --needed=?*) needed=${option#*=} ;;
    --at-most=?*) at_most=${option#*=} ;;
    *) break ;;
    esac
    shift
done
case ${1:--} in -*) sed -n '4,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;; esac

fail() {
    echo "$program: $1" >&2
    failures=$((failures + 1))
}

# What the loader makes of it.
check_segments() {
    echo "$header" | grep -Eq 'Type: +DYN' || fail 'is bound to one address (-fPIE, -pie)'
    echo "$dynamic" | grep -Eq 'FLAGS_1.*PIE' || fail 'is not said to be position-independent (-pie)'
    echo "$segments" | grep -q 'GNU_RELRO' || fail 'has no segment that is read-only after relocation (-z relro)'
    echo "$dynamic" | grep -Eq 'BIND_NOW|FLAGS_1.*NOW' || fail 'is bound lazily, so that RELRO is not full (-z now)'
    echo "$segments" | grep -Eq 'GNU_STACK .* RW +0x' || fail 'has an executable stack (-z noexecstack)'
    ! echo "$segments" | grep -Eq 'LOAD .* RWE ' || fail 'has a segment that is writable and executable'
    ! echo "$dynamic" | grep -Eq 'TEXTREL' || fail 'has relocations in its code (an object without -fPIE)'
}

check_calls() {
    echo "$symbols" | grep -Eq 'UND +__stack_chk_(fail|guard)' || fail 'does not guard its stack (-fstack-protector-strong)'
    echo "$symbols" | grep -Eq 'UND +__[a-z_]+_chk(@| |$)' || fail 'has no checked call (-D_FORTIFY_SOURCE, with -O)'
}

check_stripped() {
    ! echo "$sections" | grep -Eq ' \.(symtab|debug_info) ' || fail 'is not stripped'
    echo "$sections" | grep -Eq ' \.gnu_debuglink ' || fail 'does not name its debug information (objcopy --add-gnu-debuglink)'
    echo "$sections" | grep -Eq ' \.note\.gnu\.build-id ' || fail 'has no build id (-Wl,--build-id)'
}

check_glibc() {
    newer=$(echo "$symbols" | sed -n 's/.* UND \([^ @]*\)@GLIBC_\([0-9.]*\).*/\2 \1/p' | sort -u | awk -v most="$glibc" '
        function number(version,    part) { split(version, part, "."); return part[1] * 1000 + part[2] }
        number($1) > number(most) { printf "%s %s (glibc %s)", more, $2, $1; more = "," }')
    [ -z "$newer" ] || fail "wants a glibc newer than $glibc:$newer"
}

check_needed() {
    for library in $(echo "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'); do
        case " $needed " in *" $library "*) ;; *) fail "needs $library" ;; esac
    done
}

check_size() {
    size=$(wc -c <"$program")
    [ "$size" -le $((at_most * 1048576)) ] || fail "has $size bytes: more than $at_most MiB"
}

for program; do
    header=$("$readelf" -hW "$program") || exit 1
    segments=$("$readelf" -lW "$program")
    sections=$("$readelf" -SW "$program")
    dynamic=$("$readelf" -dW "$program")
    symbols=$("$readelf" --dyn-syms -W "$program")
    check_segments
    [ -z "$checked" ] || check_calls
    [ -z "$stripped" ] || check_stripped
    [ -z "$glibc" ] || check_glibc
    [ -z "$needed" ] || check_needed
    [ -z "$at_most" ] || check_size
done
[ "$failures" = 0 ]
