#!/bin/sh
# ctest's build.check_program: test/check_program.sh passes a good program, and of bad ones says what is wrong.
#
# usage: check_program_test.sh COMPILER DIRECTORY
set -eu
export LC_ALL=C
check=$(cd "$(dirname "$0")" && pwd)/check_program.sh
compiler=$1 directory=$2
mkdir -p "$directory"
cd "$directory"
failures=0

cat >good.cpp <<'SOURCE'
#include <cstdio>
#include <cstring>
int main(int argc, char** argv) {
    char text[64];
    for (int i = 0; i < argc; ++i) {
        std::strcpy(text, argv[i]);
        std::printf("%s\n", text);
    }
}
SOURCE
good='-O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now,-z,noexecstack,--build-id,--as-needed'
all='--checked --stripped --at-most=8'

# build FLAG...: the program, with its debug information set apart
build() {
    # shellcheck disable=SC2086 # lists of flags
    "$compiler" $good "$@" good.cpp -o program
    objcopy --only-keep-debug program program.debug
    strip program
    objcopy --add-gnu-debuglink=program.debug program
}

# refuses WHAT OPTION...
refuses() {
    what=$1
    shift
    if "$check" "$@" program >said 2>&1; then
        echo "passed, but should not: $what" >&2
    elif ! grep -q "$what" said; then
        echo "did not say '$what', but:" >&2
        cat said >&2
    else
        return 0
    fi
    failures=$((failures + 1))
}

build
# shellcheck disable=SC2086 # a list of options
"$check" $all "--needed=libc.so.6" program || failures=$((failures + 1))
refuses 'needs libc.so.6' --needed=libnone.so
refuses 'wants a glibc newer than 2.1: .*(glibc 2' --glibc=2.1
refuses 'more than 0 MiB' --at-most=0
build -fno-pie -no-pie
refuses 'is bound to one address' --checked
build -Wl,-z,norelro
refuses 'no segment that is read-only'
build -Wl,-z,lazy
refuses 'is bound lazily'
build -Wl,-z,execstack
refuses 'executable stack'
build -fno-stack-protector
refuses 'does not guard its stack' --checked
build -U_FORTIFY_SOURCE
refuses 'no checked call' --checked
build -Wl,--no-as-needed -lm
refuses 'needs libm.so.6' --needed=libc.so.6
# shellcheck disable=SC2086 # a list of flags
"$compiler" $good good.cpp -g -o program
refuses 'is not stripped' --stripped
refuses 'does not name its debug information' --stripped
build -Wl,--build-id=none
refuses 'has no build id' --stripped

[ "$failures" = 0 ]
