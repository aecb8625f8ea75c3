#!/usr/bin/env bash
# The stores of many workers side by side: a file, and a PostgreSQL server of its own.
# Usage: bench/workers.sh [PROGRAM], the program bench_workers.
set -euo pipefail
program=${1:-build/bench/bench_workers}
folder=$(mktemp -d)
server=
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1 || true)

finish() {
    [ -z "$server" ] || { kill -INT "$server" && wait "$server" || true; }
    rm -rf "$folder"
}
trap finish EXIT

# the server refuses to run as root
as_user() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid postgres --regid postgres --clear-groups "$@"
    fi
    exec "$@"
}

stores=("$folder/store.ogive")
if [ -x "$programs/postgres" ] && { [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1; }; then
    mkdir "$folder/server"
    [ "$(id -u)" != 0 ] || { chown postgres "$folder/server" && chmod 755 "$folder"; }
    (as_user "$programs/initdb" -D "$folder/server/data" -A trust -U ogive -E UTF8 --locale=C >/dev/null)
    (as_user "$programs/postgres" -D "$folder/server/data" -k "$folder/server" -h '' >"$folder/log" 2>&1) &
    server=$!
    until "$programs/pg_isready" -q -h "$folder/server"; do sleep 0.1; done
    stores+=("postgresql://ogive@/postgres?host=$folder/server")
else
    echo "PostgreSQL is not installed: a file alone"
fi
"$program" "${stores[@]}"
