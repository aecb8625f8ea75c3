#!/bin/sh
# The functions and data that the public headers declare, one name a line, or as a list for the linker.
# Usage: public_symbols.sh [names|version_script|dynamic_list] [ROOT]
set -eu
form=${1:-names}
root=${2:-$(dirname "$0")/..}

names=$(sed -e 's,//.*,,' "$root"/include/ogive/*.h | awk '
# a preprocessor line goes on behind a backslash
continued || /^[ \t]*#/ { continued = /\\$/; next }
# the braces of extern "C" hold includes alone
/^extern "C"/ || /^}$/ { next }
# what stands outside of braces is a declaration
{
    count = split($0, letter, "")
    for (i = 1; i <= count; i++) {
        c = letter[i]
        if (c == "{") depth++
        if (depth == 0 && c != ";") text = text c
        if (c == "}") depth--
        if (depth == 0 && c == ";") {
            report(text)
            text = ""
        }
    }
    text = text " "
}
function report(text,    name) {
    sub(/^[ \t]+/, "", text)
    if (text ~ /^(typedef|static)[ \t]/ || text ~ /^(struct|union|enum)[ \t][^(]*$/) return
    name = text
    if (text ~ /^extern[ \t][^(]*$/) {
        sub(/\[.*/, "", name)
    } else if (!sub(/[ \t]*\(.*/, "", name)) {
        return
    }
    sub(/[ \t]+$/, "", name)
    sub(/.*[ \t*]/, "", name)
    if (name ~ /^og_/) print name
}' | sort -u)

case $form in
names) echo "$names" ;;
version_script) printf '{\nglobal:\n%s\nlocal:\n*;\n};\n' "$(echo "$names" | sed 's/$/;/')" ;;
dynamic_list) printf '{\n%s\n};\n' "$(echo "$names" | sed 's/$/;/')" ;;
*)
    echo "public_symbols.sh: unknown form '$form'" >&2
    exit 2
    ;;
esac
