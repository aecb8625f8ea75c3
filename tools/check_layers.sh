#!/bin/sh
# Check that every #include follows an arrow of tools/layers.txt. Usage: check_layers.sh [ROOT]
set -eu
root=${1:-$(dirname "$0")/..}
cd "$root"
# shellcheck disable=SC2046
find src include -name '*.[ch]' | sort | xargs awk '
# the room of a path inside src/: the longest room name that it begins with
function room_of(path,    dir) {
    dir = path
    while (sub(/\/[^\/]*$/, "", dir)) {
        if (dir in allowed) return dir
    }
    return ""
}
function complain(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    bad = 1
}
FILENAME == "tools/layers.txt" {
    if ($0 ~ /^[a-z_\/]+:/) {
        room = $1
        sub(/:$/, "", room)
        allowed[room] = " " room " "
        for (i = 2; i <= NF; i++) allowed[room] = allowed[room] $i " "
    } else if ($2 == "=") {
        home[$1] = $3
    }
    next
}
FNR == 1 {
    name = FILENAME
    if (sub(/^include\/ogive\//, "", name)) {
        here = home[name]
        if (here == "") complain("the header has no room in tools/layers.txt")
    } else {
        sub(/^src\//, "", name)
        here = room_of(name)
        if (here == "") complain("the file is in no room of tools/layers.txt")
    }
}
here != "" && /^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, "\"")
    target = part[2]
    if (target ~ /\.def$/ && target !~ /\//) next
    if (target ~ /^ogive\//) {
        there = home[substr(target, 7)]
    } else {
        there = room_of(target)
    }
    if (there == "") {
        complain("\"" target "\" is in no room of tools/layers.txt")
    } else if (index(allowed[here], " " there " ") == 0 && name != "ogive.h") {
        complain("room " here " may not include \"" target "\" of room " there)
    }
}
END { exit bad }
' tools/layers.txt
