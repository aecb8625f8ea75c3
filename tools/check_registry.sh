#!/bin/sh
# Check the registries: every agent and environment has its line in the .def of its room, and every
# line its file. Usage: check_registry.sh [ROOT]
set -u
root=${1:-$(dirname "$0")/..}
cd "$root" || exit 1
status=0

# check DIRECTORY DEF MACRO TYPE PREFIX
check() {
    if [ ! -f "$1/$2" ]; then
        echo "$1/$2: missing"
        status=1
        return
    fi
    listed=$(sed -n "s/^$3(\([a-z0-9_]*\)).*/\1/p" "$1/$2")
    for name in $listed; do
        if ! grep -q "^const $4 $5$name\b" "$1/$name.c" 2>/dev/null; then
            echo "$1/$2: $3($name) has no file $1/$name.c that defines $5$name"
            status=1
        fi
    done
    if [ "$(echo "$listed" | sort | uniq -d)" != "" ]; then
        echo "$1/$2: a line appears twice"
        status=1
    fi
    for found in $(grep -h -o "^const $4 $5[a-z0-9_]*" "$1"/*.c | sed "s/.* $5//"); do
        if ! echo "$listed" | grep -qx "$found"; then
            echo "$1/$found.c: defines $5$found, but $1/$2 has no line $3($found)"
            status=1
        fi
    done
}

check src/agent agents.def OG_AGENT og_agent_type og_agent_
check src/env environments.def OG_ENVIRONMENT og_environment og_environment_
exit $status
