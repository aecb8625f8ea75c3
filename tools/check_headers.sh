#!/bin/sh
# Check that every public header compiles alone, and that ogive/ogive.h holds them all and compiles
# as C17 and C++17. Usage: check_headers.sh [ROOT]
set -u
root=${1:-$(dirname "$0")/..}
cd "$root" || exit 1
status=0
warnings="-Wall -Wextra -Wpedantic -Werror"

for header in include/ogive/*.h; do
    name=ogive/$(basename "$header")
    # shellcheck disable=SC2086
    if ! printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
        ${CC:-cc} -std=c17 $warnings -Wstrict-prototypes -Iinclude -fsyntax-only -x c -; then
        echo "$header: does not compile alone as C17"
        status=1
    fi
    if [ "$name" != ogive/ogive.h ] && ! grep -q "\"$name\"" include/ogive/ogive.h; then
        echo "$header: is not included by include/ogive/ogive.h"
        status=1
    fi
done

if command -v "${CXX:-c++}" >/dev/null; then
    # shellcheck disable=SC2086
    if ! printf '#include "ogive/ogive.h"\n#include <vector>\n' |
        "${CXX:-c++}" -std=c++17 $warnings -Iinclude -fsyntax-only -x c++ -; then
        echo "include/ogive/ogive.h: does not compile as C++17"
        status=1
    fi
else
    echo "no C++ compiler: the C++ check is left out"
fi
exit $status
