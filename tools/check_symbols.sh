#!/bin/sh
# Check names: what the library exports starts with og_; what is local to a file starts with the
# file's stem. Usage: check_symbols.sh LIBRARY [ROOT]
set -eu
library=$1
root=${2:-$(dirname "$0")/..}
status=0

# what the linker sees
nm --defined-only "$library" 2>/dev/null | awk '
/\.o:$/ { file = $0; sub(/(\.c)?\.o:$/, "", file); sub(/.*\//, "", file); next }
NF == 3 && $2 ~ /^[TDBRCVWGS]$/ && $3 !~ /^(og_|__|DW\.ref)/ {
    printf "%s.c: exported name %s does not start with og_\n", file, $3
    bad = 1
}
# a static local carries a number behind a point
NF == 3 && $2 ~ /^[dbr]$/ && $3 !~ /^(\.|_)/ && $3 !~ /\.[0-9]+$/ && index($3, file "_") != 1 {
    printf "%s.c: file-local name %s does not start with %s_\n", file, $3, file
    bad = 1
}
END { exit bad }' || status=1

# what inlining hides from the linker: functions and types of each source file
cd "$root"
find src -name '*.c' | sort | xargs awk '
function check(name) {
    if (name != stem && index(name, stem "_") != 1) {
        printf "%s:%d: file-local name %s does not start with %s_\n", FILENAME, FNR, name, stem
        bad = 1
    }
}
FNR == 1 { stem = FILENAME; sub(/.*\//, "", stem); sub(/\.c$/, "", stem) }
/^static [^=;]*\(/ && !/^static _Thread_local/ {
    name = $0
    sub(/^static (inline )?/, "", name)
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    if (name != "" && name != "__attribute__") check(name)
}
# a type that headers leave opaque keeps its exported name
/^typedef (struct|enum|union) [a-z_0-9]+ \{/ && $3 !~ /^og_/ { check($3) }
END { exit bad }' || status=1
exit $status
