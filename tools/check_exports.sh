#!/bin/sh
# Check that a shared library or program exports the names of the public headers and no others.
# Usage: check_exports.sh FILE [ROOT]
set -eu
file=$1
root=${2:-$(dirname "$0")/..}
here=$(dirname "$0")

[ -r "$file" ] || { echo "$file: cannot be read"; exit 2; }
# a name with a version belongs to another library: its variable has its place in this program
nm -D --defined-only "$file" | awk '$2 ~ /^[TDBRiVW]$/ && $3 !~ /@/ { print "exported", $3 }' |
    { "$here/public_symbols.sh" names "$root" | sed 's/^/declared /' && cat; } | awk -v file="$file" '
$1 == "declared" { declared[$2] = 1 }
$1 == "exported" { exported[$2] = 1 }
END {
    for (name in declared) {
        if (!(name in exported)) {
            printf "%s: does not export %s, which a public header declares\n", file, name
            bad = 1
        }
    }
    for (name in exported) {
        if (!(name in declared)) {
            printf "%s: exports %s, which no public header declares\n", file, name
            bad = 1
        }
    }
    exit bad
}'
