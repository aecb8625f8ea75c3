#!/bin/sh
# Tests of environment @NAME@: designs whose metrics are known, one that cannot be built, one that is
# refused, and a search. OGIVE names the program where it is not installed.
set -eu
cd "$(dirname "$0")"
ogive=${OGIVE:-ogive}
results=$(mktemp)
trap 'rm -f "$results"' EXIT

evaluate() {
    "$ogive" evaluate command --option file=@NAME@.yaml --designs - >"$results"
}

# expect TEXT: a row of the results begins with it
expect() {
    grep -q "^$1" "$results" || { echo "expected: $1, but got:" && cat "$results" && exit 1; }
}

evaluate <<'END'
lanes,depth,policy
4,8,fifo
16,32,priority
16,8,fifo
END
expect "4,8,fifo,32,784,feasible"
expect "16,32,priority,15,8044,feasible"
expect "16,8,fifo,,,infeasible,16 lanes need queues of 16 entries"

# a constraint is known before evaluating
if echo "lanes,depth
16,64" | evaluate 2>/dev/null; then
    echo "expected: lanes * depth <= 512 refuses the design" && exit 1
fi

"$ogive" run study.yaml --quiet
echo "all tests passed"
