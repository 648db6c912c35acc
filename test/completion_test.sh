#!/usr/bin/env bash
# ctest's build.completion: bash completes what the programs say of themselves.
#
# usage: completion_test.sh COMPLETION AGENT SERVER
set -euo pipefail
# shellcheck source=deploy/completions/trafikito.bash
. "$1"
agent=$2 server=$3
failures=0

# offers PATTERN WORD...: at the end of the line of words, what matches is offered
offers() {
    local pattern=$1
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _trafikito "$1"
    [[ " ${COMPREPLY[*]} " =~ $pattern ]] || {
        echo "${*##*/}: offers ${COMPREPLY[*]:-nothing}, not $pattern" >&2
        failures=$((failures + 1))
    }
}

offers ' check enroll ' "$agent" ''
offers '^ enroll $' "$agent" en
offers ' --help .*--config --once' "$agent" --
offers ' --help .*--api-url ' "$agent" enroll --
offers '^ --json $' "$agent" status --j
offers ' serve .*servers ' "$server" ''
offers ' remove rename ' "$server" servers r
offers ' --server-id ' "$server" servers add --name web --
offers '^ +$' "$server" serve nothing-of-that-name
cd /
offers ' usr ' "$server" serve --data u
offers ' usr ' "$agent" enroll --user-api-key-file u
[ "$failures" = 0 ]
