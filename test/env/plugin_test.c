// Environments in shared libraries: the example, and libraries that are refused.

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "env/command/folder.h"
#include "ogive/file.h"
#include "ogive/plugin.h"
#include "ogive/study.h"
#include "ogive/text.h"

static char plugin_here[64];  // a folder for libraries

static og_status plugin_open(og_arena* arena, const char* file, const char* options,
                             og_model* model) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("plugin", &type), OG_OK);
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&settings, "file", file), OG_OK);
    assert_int_equal(og_settings_set(&settings, "options", options), OG_OK);
    return og_environment_open(arena, type, &settings, model);
}

static void test_example(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    if (plugin_open(arena, OG_PLUGIN_SAMPLE, "", &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    const double x[4] = {32, 4, 0, 0};
    const double small[4] = {16, 16, 0, 0};
    double y[2];
    const char* reason = NULL;
    assert_int_equal(model.type->evaluate(model.data, x, y, arena, &reason), OG_FEASIBLE);
    assert_true(y[0] == 6.228 && y[1] == 42000);
    assert_int_equal(model.type->evaluate(model.data, small, y, arena, &reason), OG_INFEASIBLE);
    assert_string_equal(reason, "a way of less than 2 KiB cannot be built");
    og_model slower;
    assert_int_equal(plugin_open(arena, OG_PLUGIN_SAMPLE, "miss_ps = 160", &slower), OG_OK);
    assert_int_equal(slower.type->evaluate(slower.data, x, y, arena, &reason), OG_FEASIBLE);
    assert_true(y[0] == 11.588);
    assert_string_not_equal(model.identity, slower.identity);
    og_arena_destroy(arena);
}

static void test_wrong_options_are_refused(void** state) {
    (void)state;
    static const char* const cases[][2] = {
        {"mis_ps=3", "did you mean miss_ps"},
        {"miss_ps", "is no name=value"},
        {"miss_ps=0", "allowed: 1 .. 1000"},
    };
    for (int i = 0; i < 3; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        if (plugin_open(arena, OG_PLUGIN_SAMPLE, cases[i][0], &model) == OG_OK ||
            !strstr(og_error_text(), cases[i][1])) {
            fail_msg("%s: %s", cases[i][0], og_error_text());
        }
        og_arena_destroy(arena);
    }
}

static void test_wrong_files_are_refused(void** state) {
    (void)state;
    static const struct {
        const char *source, *message;
    } cases[] = {
        {NULL, "No such file"},
        {"", "exports no og_plugin_entry"},
        {"extern const og_plugin og_plugin_entry;\nconst og_plugin og_plugin_entry = {.abi = 99};",
         "was built for version 99 of the plugin interface, this is version 2"},
        {"extern const og_plugin og_plugin_entry;\n"
         "const og_plugin og_plugin_entry = {.abi = OG_PLUGIN_ABI, .model_size = 1};",
         "build it again"},
        {"static const og_environment e = {.name = \"e\"};\nOG_PLUGIN(e);",
         "needs name, open and evaluate"},
        {"static og_status o(og_arena* a, const og_settings* s, og_model* m)"
         "{ (void)a, (void)s, (void)m; return OG_OK; }\n"
         "static og_outcome c(const void* d, const double* x, double* y, og_arena* s,"
         " const char** r) { (void)d, (void)x, (void)y, (void)s, (void)r; return OG_FAILED; }\n"
         "static const og_environment e = {.name = \"e\", .open = o, .evaluate = c};\n"
         "OG_PLUGIN(e);",
         "gave no parameters"},
        {"static og_status o(og_arena* a, const og_settings* s, og_model* m)"
         "{ (void)a, (void)s, (void)m; return OG_ERROR_FILE; }\n"
         "static og_outcome c(const void* d, const double* x, double* y, og_arena* s,"
         " const char** r) { (void)d, (void)x, (void)y, (void)s, (void)r; return OG_FAILED; }\n"
         "static const og_environment e = {.name = \"e\", .open = o, .evaluate = c};\n"
         "OG_PLUGIN(e);",
         "open() failed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        const char* library = og_text_format(arena, "%s/case%zu.so", plugin_here, i);
        if (cases[i].source) {
            const char* source = og_text_format(arena, "%s/case%zu.c", plugin_here, i);
            const char* text = og_text_format(
                arena, "#include \"ogive/plugin.h\"\nint plugin_case;\n%s\n", cases[i].source);
            assert_int_equal(og_file_write(source, text, strlen(text)), OG_OK);
            const char* build =
                og_text_format(arena, "cc -std=c17 -shared -fPIC -I '%s/include' -o '%s' '%s'",
                               OG_SOURCE_DIR, library, source);
            assert_int_equal(system(build), 0);
        }
        if (plugin_open(arena, library, "", &model) == OG_OK ||
            !strstr(og_error_text(), cases[i].message)) {
            fail_msg("case %zu: %s", i, og_error_text());
        }
        og_arena_destroy(arena);
    }
    og_arena* arena = og_arena_create();
    og_model model;
    assert_int_not_equal(plugin_open(arena, OG_SOURCE_DIR "/LICENSE", "", &model), OG_OK);
    assert_non_null(strstr(og_error_text(), "cannot be loaded"));
    og_arena_destroy(arena);
}

static const char plugin_hostile[] =
    "#include \"ogive/plugin.h\"\n"
    "static const og_parameter p[] = {{OG_INTEGER_ROW(\"n\", \"\", 0, 7, 0, \"\")}};\n"
    "static const og_metric m[] = {{\"a\", \"\", \"\", -1}, {\"b\", \"\", \"\", -1}};\n"
    "static og_status o(og_arena* a, const og_settings* s, og_model* model) {\n"
    "    (void)a, (void)s;\n"
    "    model->space = (og_space_table){.parameters = p, .count = 1};\n"
    "    model->metrics = m, model->metric_count = 2, model->identity = \"h\";\n"
    "    return OG_OK;\n"
    "}\n"
    "static og_outcome c(const void* d, const double* x, double* y, og_arena* s,\n"
    "                    const char** r) {\n"
    "    (void)d, (void)s;\n"
    "    y[0] = y[1] = 1;\n"
    "    switch ((int)x[0]) {\n"
    "    case 1: y[0] = 0.0 / 0.0; break;\n"
    "    case 2: y[1] = -1e308 * 10; break;\n"
    "    case 3: return OG_INFEASIBLE;\n"
    "    case 4: *r = 0; return OG_FAILED;\n"
    "    case 5: return (og_outcome)99;\n"
    "    case 6: *r = \"a\\033[31m\\nb\"; return OG_FAILED;\n"
    "    case 7: *r = \"\"; return (og_outcome)-1;\n"
    "    }\n"
    "    return OG_FEASIBLE;\n"
    "}\n"
    "static const og_environment e = {.name = \"e\", .open = o, .evaluate = c};\n"
    "OG_PLUGIN(e);\n";

// What a plugin may answer becomes an outcome and one line of text.
static void test_strange_answers(void** state) {
    (void)state;
    static const struct {
        og_outcome outcome;
        const char* reason;
    } wanted[] = {
        {OG_FEASIBLE, NULL},
        {OG_FAILED, "a is not a number"},
        {OG_FAILED, "b is infinite"},
        {OG_INFEASIBLE, "no reason given"},
        {OG_FAILED, "no reason given"},
        {OG_FAILED, "gave outcome 99"},
        {OG_FAILED, "a?[31m?b"},
        {OG_FAILED, "gave outcome -1"},
    };
    og_arena* arena = og_arena_create();
    const char* source = og_text_format(arena, "%s/hostile.c", plugin_here);
    const char* library = og_text_format(arena, "%s/hostile.so", plugin_here);
    assert_int_equal(og_file_write(source, plugin_hostile, strlen(plugin_hostile)), OG_OK);
    assert_int_equal(
        system(og_text_format(arena, "cc -std=c17 -shared -fPIC -I '%s/include' -o '%s' '%s'",
                              OG_SOURCE_DIR, library, source)),
        0);
    og_model model;
    assert_int_equal(plugin_open(arena, library, "", &model), OG_OK);
    double x[8];
    for (int n = 0; n < 8; n++) {
        x[n] = n;
    }
    og_trial* trials;
    assert_int_equal(og_study_evaluate(arena, &model, 8, x, 2, &trials), OG_OK);
    for (int n = 0; n < 8; n++) {
        if (trials[n].outcome != wanted[n].outcome ||
            (wanted[n].reason && !strstr(trials[n].reason, wanted[n].reason))) {
            fail_msg("%d: outcome %d, %s", n, (int)trials[n].outcome, trials[n].reason);
        }
    }
    og_arena_destroy(arena);
}

int main(void) {
    snprintf(plugin_here, sizeof plugin_here, "/tmp/ogive-plugin-XXXXXX");
    if (!mkdtemp(plugin_here)) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_wrong_options_are_refused),
        cmocka_unit_test(test_wrong_files_are_refused),
        cmocka_unit_test(test_strange_answers),
    };
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    og_folder_remove(plugin_here);
    return failures;
}
