#!/bin/sh
# Whether ctest runs every test case: it selects a file's cases by the suite that cmake/rooms.cmake expects in
# it. Reads the sources as text and builds nothing. Run from the root of the repository; prints what is wrong
# and ends with 1. ./dev lint calls it.
set -eu

# Names what is wrong with one source file of a test. Suites may be nested in the file's own.
check_source() {
    case $1 in
    *_test.cpp) suite=$(basename "$1" _test.cpp) ;;
    *) suite='' ;;
    esac
    awk -v file="$1" -v suite="$suite" '
        function wrong(what) { print file ": " what }
        # What stands after the first `end` in `text`.
        function behind(text, end,    at) {
            at = index(text, end)
            return at ? substr(text, at + length(end)) : ""
        }
        # Without comments and literals, in which anything may stand.
        function bare(text,    kept, token) {
            while (match(text, /R"[A-Za-z_]*\(|"([^"\\\n]|\\.)*"|\047\\?"\047|\/\/[^\n]*|\/\*/)) {
                token = substr(text, RSTART, RLENGTH)
                kept = kept substr(text, 1, RSTART - 1) " "
                text = substr(text, RSTART + RLENGTH)
                if (token == "/*") text = behind(text, "*/")
                else if (token ~ /^R/) text = behind(text, ")" substr(token, 3, length(token) - 3) "\"")
            }
            return kept text
        }
        { code = code $0 "\n" }
        END {
            code = bare(code)
            gsub(/#define ([^\n]*\\\n)*[^\n]*/, "", code) # what it makes is seen where it is used
            if (suite == "") {
                if (code ~ /(BOOST|TRAFIKITO)_[A-Z_]*TEST_(CASE|SUITE)/)
                    wrong("has test cases or suites, and ctest knows only those in an x_test.cpp")
                exit
            }
            if (suite !~ /^[a-z0-9_]+$/)
                wrong("its name is not made of a-z, 0-9 and _, so cmake/rooms.cmake takes another suite from it")
            if (code ~ /[^A-Za-z0-9_]disabled[ \t\n]*\(/)
                wrong("has something disabled(), which no run selects")
            while (match(code, /(BOOST|TRAFIKITO)_[A-Z_]*TEST_(CASE|SUITE)[A-Z_]*[ \t\n]*\([ \t\n]*[A-Za-z0-9_]*/)) {
                macro = name = substr(code, RSTART, RLENGTH)
                code = substr(code, RSTART + RLENGTH)
                sub(/[ \t\n]*\(.*/, "", macro)
                sub(/.*\([ \t\n]*/, "", name)
                if (macro ~ /SUITE_END$/) {
                    if (--depth < 0) { wrong("ends a suite that was not begun"); depth = 0 }
                } else if (macro ~ /(AUTO|FIXTURE)_TEST_SUITE$/) {
                    if (depth++ > 0) continue
                    if (name != suite) wrong("its suite is " name ", and ctest selects " suite)
                    else if (++own > 1) wrong("has the suite " suite " more than once")
                } else if (macro ~ /SUITE/) {
                    wrong("has a suite that is not made by BOOST_AUTO_TEST_SUITE or BOOST_FIXTURE_TEST_SUITE")
                } else {
                    ++cases
                    if (depth == 0) wrong("the test case " name " stands outside the suite " suite)
                }
            }
            if (depth > 0) wrong("does not end a suite that it begins")
            if (own == 0) wrong("has no suite " suite)
            if (cases == 0) wrong("has no test case")
        }' "$1"
}

# The words of a CMake file, one a line.
words_of() { sed 's/#.*//' "$1" | tr -s '() \t"' '\n'; }

# Whether a test is compiled: by the program of its room, test/ROOM.
check_listed() {
    below=${1#test/}
    room=${below%%/*}
    if ! words_of test/CMakeLists.txt | grep -qx "$room"; then
        echo "$1: test/CMakeLists.txt does not build test/$room"
    elif ! words_of "test/$room/CMakeLists.txt" | grep -qx "${below#"$room"/}"; then
        echo "$1: is not among the SOURCES in test/$room/CMakeLists.txt"
    fi
}

check_all() {
    find test -name '*.cpp' -o -name '*.hpp' | sort | while read -r source; do
        check_source "$source"
        case $source in *_test.cpp) check_listed "$source" ;; esac
    done
}

[ -f test/lint_suites.sh ] || {
    echo "test/lint_suites.sh: run it from the root of the repository" >&2
    exit 2
}
found=$(check_all)
[ -z "$found" ] || {
    printf '%s\n' "$found" >&2
    exit 1
}
