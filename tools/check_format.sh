#!/bin/sh
# Check the layout of all C files with clang-format 14 and the .clang-format of the root.
# Usage: check_format.sh [ROOT]
set -eu
root=${1:-$(dirname "$0")/..}
cd "$root"
program=$(command -v clang-format-14 || command -v clang-format)
find src include test bench examples -name '*.[ch]' | sort | xargs "$program" --dry-run -Werror
