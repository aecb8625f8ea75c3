#!/bin/sh
# Show that the architecture checks find what they are for: violations planted in a small tree.
# Usage: checks_test.sh ROOT
set -eu
root=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# expect WHAT COUNT PATTERN COMMAND...: the command fails and prints COUNT lines with PATTERN
expect() {
    what=$1 count=$2 pattern=$3
    shift 3
    if "$@" >"$tree/output" 2>&1; then
        echo "not caught: $what"
        failed=1
    elif [ "$(grep -c -e "$pattern" "$tree/output")" != "$count" ]; then
        echo "caught, but not as '$pattern': $what"
        cat "$tree/output"
        failed=1
    fi
}

# pass WHAT COMMAND...
pass() {
    what=$1
    shift
    if ! "$@" >"$tree/output" 2>&1; then
        echo "false alarm: $what"
        cat "$tree/output"
        failed=1
    fi
}

mkdir -p "$tree/src/base" "$tree/src/space" "$tree/src/agent" "$tree/src/env" \
    "$tree/src/sim/dram" "$tree/include/ogive" "$tree/tools"
cp "$root/tools/layers.txt" "$root/.clang-format" "$tree/tools/"
cp "$root/.clang-format" "$tree/"
echo 'int og_arena_size(void);' >"$tree/include/ogive/arena.h"
echo '#include "ogive/arena.h"' >"$tree/include/ogive/agent.h"
echo '#include "ogive/arena.h"' >"$tree/include/ogive/ogive.h"
echo '#include "ogive/agent.h"' >>"$tree/include/ogive/ogive.h"
printf 'int og_arena_size(void) {\n    return 0;\n}\n' >"$tree/src/base/arena.c"
printf '#include "sim/dram/bank.h"\n' >"$tree/src/sim/dram/bank.c"
printf '#include "ogive/arena.h"\n' >"$tree/src/sim/dram/bank.h"

layers=$root/tools/check_layers.sh
pass "layers of a sound tree" "$layers" "$tree"
printf '\n#include "ogive/agent.h"\n' >"$tree/src/env/ring.c"
expect "an environment that includes an agent" 1 'src/env/ring.c:2: room env may not include' \
    "$layers" "$tree"
printf '#include "sim/dram/bank.h"\n' >"$tree/src/env/ring.c"
pass "an environment that includes a simulator" "$layers" "$tree"
printf '#include "sim/dram/bank.h"\n' >"$tree/src/agent/walker.c"
expect "an agent that includes a simulator" 1 'src/agent/walker.c:1: room agent' "$layers" "$tree"
rm "$tree/src/agent/walker.c"
printf '#include "ogive/nowhere.h"\n' >"$tree/src/env/ring.c"
expect "a header without a room" 1 'nowhere.h" is in no room' "$layers" "$tree"
rm "$tree/src/env/ring.c"
mkdir "$tree/src/attic"
echo >"$tree/src/attic/box.c"
expect "a folder without a room" 1 'src/attic/box.c:1: the file is in no room' "$layers" "$tree"
rm -r "$tree/src/attic"

# library of the sources of the tree
library() {
    rm -f "$tree/library.a" "$tree"/*.o
    for source in "$tree"/src/*/*.c; do
        cc -std=c17 -c "$source" -o "$tree/$(basename "$source").o" -I"$tree/include"
    done
    ar rcs "$tree/library.a" "$tree"/*.o
}

symbols=$root/tools/check_symbols.sh
rm "$tree/src/sim/dram/bank.c"
library
pass "names of a sound tree" "$symbols" "$tree/library.a" "$tree"
printf 'int helper(void);\nint helper(void) {\n    return 1;\n}\n' >"$tree/src/space/tree.c"
library
expect "an exported name without og_" 1 'tree.c: exported name helper' \
    "$symbols" "$tree/library.a" "$tree"
printf 'static inline int grow(int a) {\n    return a;\n}\nint og_x(int a) {\n    return grow(a);\n}\n' \
    >"$tree/src/space/tree.c"
library
expect "a file-local function without its stem" 1 'src/space/tree.c:1: file-local name grow' \
    "$symbols" "$tree/library.a" "$tree"
printf 'typedef struct leaf {\n    int a;\n} leaf;\nint og_x(leaf* a) {\n    return a->a;\n}\n' \
    >"$tree/src/space/tree.c"
library
expect "a file-local type without its stem" 1 'src/space/tree.c:1: file-local name leaf' \
    "$symbols" "$tree/library.a" "$tree"
printf 'static int seed = 7;\nint og_x(void) {\n    return seed++;\n}\n' >"$tree/src/space/tree.c"
library
expect "file-local data without its stem" 1 'tree.c: file-local name seed' \
    "$symbols" "$tree/library.a" "$tree"
printf 'static int tree_seed;\nint og_x(void) {\n    static int calls;\n' >"$tree/src/space/tree.c"
printf '    return tree_seed++ + calls++;\n}\n' >>"$tree/src/space/tree.c"
library
pass "file-local data with its stem" "$symbols" "$tree/library.a" "$tree"

headers=$root/tools/check_headers.sh
sed -i '1i #pragma once' "$tree"/include/ogive/*.h
pass "sound headers" "$headers" "$tree"
printf '#pragma once\nsize_t og_box_size(void);\n' >"$tree/include/ogive/box.h"
expect "a header that needs another" 1 'box.h: does not compile alone' "$headers" "$tree"
expect "a header that ogive.h lacks" 1 'box.h: is not included' "$headers" "$tree"
rm "$tree/include/ogive/box.h"

exports=$root/tools/check_exports.sh
export_library() {
    cc -std=c17 -shared -fPIC -I"$tree/include" -o "$tree/library.so" "$tree"/src/*/*.c
}
printf '#pragma once\nint og_arena_size(void);\nextern const int og_list[2];\n' >"$tree/include/ogive/arena.h"
printf 'typedef int og_work(int a);\nenum { OG_ONE };\nint* og_many(int a, int b, og_work* c)\n' \
    >>"$tree/include/ogive/arena.h"
printf '    __attribute__((const));\n#define OG_X() \\\n    int og_not(void);\n' >>"$tree/include/ogive/arena.h"
printf '#include "ogive/arena.h"\nconst int og_list[2];\n' >"$tree/src/space/tree.c"
printf 'int* og_many(int a, int b, og_work* c) {\n    return (void)(a + b + c(a)), (int*)0;\n}\n' \
    >>"$tree/src/space/tree.c"
export_library
pass "exports that are the declared names" "$exports" "$tree/library.so" "$tree"
printf 'int og_inner(void);\nint og_inner(void) {\n    return 1;\n}\n' >>"$tree/src/space/tree.c"
export_library
expect "an exported name that no header declares" 1 'exports og_inner' "$exports" "$tree/library.so" "$tree"
printf '#include "ogive/arena.h"\nconst int og_list[2];\n' >"$tree/src/space/tree.c"
export_library
expect "a declared name that is not exported" 1 'does not export og_many' \
    "$exports" "$tree/library.so" "$tree"

registry=$root/tools/check_registry.sh
echo 'OG_AGENT(walker)' >"$tree/src/agent/agents.def"
echo 'OG_ENVIRONMENT(ring)' >"$tree/src/env/environments.def"
echo 'const og_agent_type og_agent_walker = {0};' >"$tree/src/agent/walker.c"
echo 'const og_environment og_environment_ring = {0};' >"$tree/src/env/ring.c"
pass "a sound registry" "$registry" "$tree"
echo 'const og_agent_type og_agent_stray = {0};' >"$tree/src/agent/stray.c"
expect "an agent without a line" 1 'stray.c: defines og_agent_stray' "$registry" "$tree"
rm "$tree/src/agent/stray.c"
echo 'OG_ENVIRONMENT(ghost)' >>"$tree/src/env/environments.def"
expect "a line without a file" 1 'OG_ENVIRONMENT(ghost) has no file' "$registry" "$tree"

if command -v clang-format >/dev/null; then
    mkdir -p "$tree/test" "$tree/bench" "$tree/examples"
    printf 'int   og_x (void);\n' >"$tree/src/space/tree.c"
    expect "a badly laid out file" 1 'tree.c:1:.*code should be clang-formatted.*og_x\|tree.c:1:4' \
        "$root/tools/check_format.sh" "$tree"
fi
[ $failed = 0 ] && echo "all planted violations were caught"
exit $failed
