#!/usr/bin/env bash
# Install into a new folder and build programs and a plugin against what is there: run.sh BUILD_DIRECTORY.
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix="$work/a prefix"
cmake --install "$build" --prefix "$prefix" >"$work/log" || { cat "$work/log"; exit 1; }
cd "$work"
# installed things need nothing of the build
export PATH="$prefix/bin:$PATH"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name ogive.pc)")
export PKG_CONFIG_PATH

check() {
    echo "\$ $*"
    "$@" || { echo "WRONG: $*"; exit 1; }
}

cat >host.c <<'END'
#include <ogive/ogive.h>
#include <stdio.h>

int main(void) {
    og_arena* arena = og_arena_create();
    const og_environment* type = NULL;
    og_model model;
    double x[64], y[8];
    const char* reason = "";
    if (og_environment_find("function", &type) != OG_OK ||
        og_environment_open(arena, type, NULL, &model) != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        return 1;
    }
    const og_space* space = NULL;
    if (og_space_create(arena, &model.space, &space) != OG_OK) {
        return 1;
    }
    og_space_initial(space, x);
    const og_outcome outcome = type->evaluate(model.data, x, y, arena, &reason);
    printf("%d %s\n", (int)outcome, og_dram_command_names[0]);
    // pulls in what stores need
    og_store* store = NULL;
    if (og_store_open("absent.ogive", OG_STORE_READ, &store) == OG_OK) {
        return 1;
    }
    og_arena_destroy(arena);
    return 0;
}
END
cp host.c host.cpp

# flags OPTIONS...: in an array, for folders with blanks
flags() {
    eval "flags=($(pkg-config "$@" ogive))"
}

flags --cflags --libs
check cc -std=c17 -Wall -Wextra -Wpedantic -Werror host.c -o host_c "${flags[@]}"
if command -v c++ >/dev/null; then
    check c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror host.cpp -o host_cpp "${flags[@]}"
else
    cp host_c host_cpp
fi
library=$(dirname "$(find "$prefix" -name libogive.a)")
for program in host_c host_cpp; do
    check env LD_LIBRARY_PATH="$library" ./$program
    env LD_LIBRARY_PATH="$library" ./$program | grep -q '^0 ' || { echo "WRONG: $program"; exit 1; }
done
mkdir static
cp "$library/libogive.a" static
flags --cflags --libs --static
check cc -std=c17 host.c -o host_static -Lstatic "${flags[@]}"
check env LD_LIBRARY_PATH= ./host_static
if ldd host_static | grep libogive; then
    echo "WRONG: the static library was not taken"
    exit 1
fi

# a plugin that calls the library
cat >plugin.c <<'END'
#include <ogive/plugin.h>
#include <ogive/text.h>

static const og_parameter ring_parameters[] = {
    {OG_INTEGER_ROW("nodes", "", 1, 9, 4, "Nodes.")},
};

static const og_metric ring_metrics[] = {
    {.name = "hops", .unit = "", .doc = "Mean distance.", .better = -1},
};

static const og_parameter ring_options[] = {
    {OG_TEXT_ROW("rule", "plain", "Which ring.")},
};

static og_status ring_open(og_arena* arena, const og_settings* options, og_model* model) {
    if (options->texts[0][0] != 'p') {
        return og_fail(OG_ERROR_VALUE, "rule: '%s' is no ring", options->texts[0]);
    }
    model->space = (og_space_table){.parameters = ring_parameters, .count = 1};
    model->metrics = ring_metrics;
    model->metric_count = 1;
    model->identity = og_text_format(arena, "ring %s", options->texts[0]);
    return OG_OK;
}

static og_outcome ring_evaluate(const void* data, const double* x, double* y, og_arena* scratch,
                                const char** reason) {
    (void)data;
    y[0] = x[0] / 4;
    if (x[0] > 8) {
        *reason = og_text_format(scratch, "%d nodes are too many", (int)x[0]);
        return OG_INFEASIBLE;
    }
    return OG_FEASIBLE;
}

static const og_environment ring = {
    .name = "ring",
    .doc = "A ring.",
    .source = "made up",
    .options = ring_options,
    .option_count = 1,
    .open = ring_open,
    .evaluate = ring_evaluate,
};

OG_PLUGIN(ring);
END
flags --cflags
check cc -std=c17 -Wall -Wextra -Wpedantic -Werror -shared -fPIC plugin.c -o plugin.so "${flags[@]}"
printf 'nodes\n8\n9\n' >designs.csv
check ogive evaluate plugin --option file=plugin.so --designs designs.csv >results.csv
grep '^8,2,feasible' results.csv && grep '9 nodes are too many' results.csv || { cat results.csv; exit 1; }
if ogive describe plugin --option file=plugin.so --option options=rule=other 2>message; then
    echo "WRONG: a rule that is none was taken"
    exit 1
fi
grep -q "rule: 'other' is no ring" message || { cat message; exit 1; }

# a program that keeps the library to itself, as interpreters do
cat >local.c <<'END'
#include <dlfcn.h>
#include <ogive/ogive.h>
#include <stdio.h>

#define FIND(name) __typeof__(name)* name##_here = (__typeof__(name)*)dlsym(library, #name)

int main(int count, char** words) {
    void* library = dlopen(words[count - 2], RTLD_NOW | RTLD_LOCAL);
    FIND(og_environment_find);
    FIND(og_environment_open);
    FIND(og_settings_make);
    FIND(og_settings_set);
    FIND(og_arena_create);
    FIND(og_error_text);
    og_arena* arena = og_arena_create_here();
    const og_environment* type = NULL;
    og_model model;
    og_environment_find_here("plugin", &type);
    og_settings settings = og_settings_make_here(arena, type->options, type->option_count);
    if (og_settings_set_here(&settings, "file", words[count - 1]) != OG_OK ||
        og_environment_open_here(arena, type, &settings, &model) != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text_here());
        return 1;
    }
    puts(model.identity);
    return 0;
}
END
check cc -std=gnu17 local.c -o local "${flags[@]}"
check ./local "$library/libogive.so" ./plugin.so

check test -n "$(find "$prefix" -name 'libogive.so.0')"
if command -v scdoc >/dev/null; then
    check test -s "$(find "$prefix" -name ogive.1)"
fi
check ogive --version
echo "all is installed"
