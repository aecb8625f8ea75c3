// Tables as environments: what is inferred, what is refused and where, lookups against the file,
// and real tables where there are any.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "env/table/table.h"
#include "ogive/file.h"

static const og_environment* table_type(void) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("table", &type), OG_OK);
    return type;
}

static og_settings table_settings(og_arena* arena, const char* const* pairs) {
    const og_environment* type = table_type();
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    for (; pairs != NULL && pairs[0] != NULL; pairs += 2) {
        assert_int_equal(og_settings_set(&options, pairs[0], pairs[1]), OG_OK);
    }
    return options;
}

// Open a table given as text; `pairs` (list: names and values, NULL at the end) are its options.
static og_status table_open(og_arena* arena, const char* text, const char* const* pairs,
                            og_model* model) {
    const og_settings options = table_settings(arena, pairs);
    *model = (og_model){.type = table_type()};
    return og_table_open_text(arena, &options, "t.csv", og_text_copy(arena, text, strlen(text)),
                              strlen(text), model);
}

static og_outcome table_cost(const og_model* model, const double* x, double* y) {
    const char* reason = NULL;
    const og_outcome outcome = model->type->evaluate(model->data, x, y, NULL, &reason);
    assert_true(outcome == OG_FEASIBLE || reason[0] != '\0');
    return outcome;
}

static void test_kinds_and_signs_are_inferred(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const char* text =
        "\xef\xbb\xbfTile Size,mode,2nd,Latency (ms)-,Gain+\r\n"
        "16,fast,0.5,3,10\r\n"
        " 4 , slow ,1e0,1,20\r\n"
        "\r\n"
        "8,\"a \"\"b\"\", c\",0.5,2,30\r\n";
    assert_int_equal(table_open(arena, text, NULL, &model), OG_OK);
    assert_int_equal(model.space.count, 3);
    const og_parameter* rows = model.space.parameters;
    assert_string_equal(rows[0].name, "tile_size");
    assert_int_equal(rows[0].kind, OG_ORDINAL);
    assert_int_equal(rows[0].level_count, 3);
    assert_true(rows[0].values[0] == 4 && rows[0].values[2] == 16);
    assert_string_equal(rows[1].name, "mode");
    assert_int_equal(rows[1].kind, OG_CHOICE);
    assert_string_equal(rows[1].choices[0], "a \"b\", c");
    assert_string_equal(rows[1].choices[2], "slow");
    assert_string_equal(rows[2].name, "x2nd");
    assert_int_equal(rows[2].level_count, 2);
    assert_int_equal(model.metric_count, 2);
    assert_string_equal(model.metrics[0].name, "latency_ms");
    assert_int_equal(model.metrics[0].better, -1);
    assert_int_equal(model.metrics[1].better, 1);
    double y[2];
    assert_int_equal(table_cost(&model, (double[]){4, 2, 1}, y), OG_FEASIBLE);
    assert_true(y[0] == 1 && y[1] == 20);
    assert_int_equal(table_cost(&model, (double[]){4, 1, 1}, y), OG_INFEASIBLE);
    og_arena_destroy(arena);
}

static void test_columns_are_chosen(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const char* text = "id,A,b,A-,note\n1,1,5,2,x\n2,2,5,3,y\n";
    const char* stated[] = {"parameters", "b, A:choice", "metrics", "A-", NULL};
    assert_int_equal(table_open(arena, text, stated, &model), OG_OK);
    assert_int_equal(model.space.count, 2);
    assert_string_equal(model.space.parameters[0].name, "b");
    assert_string_equal(model.space.parameters[1].name, "a");
    assert_int_equal(model.space.parameters[1].kind, OG_CHOICE);
    assert_string_equal(model.space.parameters[1].choices[1], "2");
    // the metric's own name is taken by a parameter
    assert_string_equal(model.metrics[0].name, "a_metric");
    double y[1];
    assert_int_equal(table_cost(&model, (double[]){5, 1}, y), OG_FEASIBLE);
    assert_true(y[0] == 3);

    // a sign of the user's, and names in place of headers
    const char* signs[] = {"parameters", "id", "metrics", "b+,a", NULL};
    assert_int_equal(table_open(arena, "ID,B,A\n1,2,3\n", signs, &model), OG_OK);
    assert_int_equal(model.metrics[0].better, 1);
    assert_int_equal(model.metrics[1].better, -1);
    const char* turned[] = {"metrics", "b-", NULL};
    assert_int_equal(table_open(arena, "ID,B+\n1,2\n", turned, &model), OG_OK);
    assert_int_equal(model.metrics[0].better, -1);
    og_arena_destroy(arena);
}

static void test_missing_and_duplicates(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const char* text = "a,b,t-\n1,1,10\n1,2,\n1,2,6\n1,2,8\n2,1,?\n-0,1,3\n0,1,5\n";
    double y[1];
    assert_int_equal(table_open(arena, text, NULL, &model), OG_OK);
    assert_int_equal(table_cost(&model, (double[]){1, 2}, y), OG_FEASIBLE);
    assert_true(y[0] == 6);
    assert_int_equal(table_cost(&model, (double[]){-0.0, 1}, y), OG_FEASIBLE);
    assert_true(y[0] == 3);
    assert_int_equal(table_cost(&model, (double[]){2, 1}, y), OG_INFEASIBLE);
    assert_int_equal(table_cost(&model, (double[]){2, 2}, y), OG_INFEASIBLE);
    const char* others[] = {"missing", "failed", "duplicates", "mean", NULL};
    og_model mean;
    assert_int_equal(table_open(arena, text, others, &mean), OG_OK);
    assert_int_equal(table_cost(&mean, (double[]){1, 2}, y), OG_FEASIBLE);
    assert_true(y[0] == 7);
    assert_int_equal(table_cost(&mean, (double[]){2, 1}, y), OG_FAILED);
    // models with other results have other identities
    assert_string_not_equal(model.identity, mean.identity);
    og_model other;
    assert_int_equal(table_open(arena, "a,b,t-\n1,1,11\n", NULL, &other), OG_OK);
    assert_string_not_equal(model.identity, other.identity);
    assert_int_equal(table_open(arena, text, NULL, &other), OG_OK);
    assert_string_equal(model.identity, other.identity);
    og_arena_destroy(arena);
}

static void test_default_is_measured_and_central(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    // (2, 2) is the middle, but did not run; (2, 3) is next to it
    const char* text = "a,b,t-\n1,1,10\n2,2,\n3,1,9\n2,3,7\n";
    assert_int_equal(table_open(arena, text, NULL, &model), OG_OK);
    assert_true(model.space.parameters[0].initial == 2);
    assert_true(model.space.parameters[1].initial == 3);
    og_arena_destroy(arena);
}

static void test_refusals(void** state) {
    (void)state;
    const struct {
        const char* text;
        const char* options[6];
        const char* what;
    } cases[] = {
        {"", {NULL}, "t.csv: empty"},
        {"\n \n", {NULL}, "t.csv: empty"},
        {"a,t-\n", {NULL}, "t.csv: has no rows"},
        {"a,t-\n1,2\n\n1,2,3\n", {NULL}, "t.csv:4: more cells than the 2 columns"},
        {"a,t-\n1\n", {NULL}, "t.csv:2: 1 cells"},
        {"a,,t-\n1,2,3\n", {NULL}, "t.csv:1: column 2 has no name"},
        {"a,a,t-\n1,2,3\n", {NULL}, "t.csv:1: two columns are named 'a'"},
        {"a,t-\n\"1,2\n", {NULL}, "t.csv:2: a quote"},
        {"a,t-\n\"1\"x,2\n", {NULL}, "t.csv:2: a quote"},
        {"a,t-\n1,fast\n", {NULL}, "t.csv:2: 'fast' in metric 't-' is not a finite number"},
        {"a,t-\n1,1e999\n", {NULL}, "t.csv:2: '1e999'"},
        {"a,t-\n1,2\n,3\n", {NULL}, "t.csv:3: the cell of parameter 'a' is empty"},
        {"a,t-\n1,\n", {NULL}, "no row has all metrics"},
        {"a,t\n1,2\n", {NULL}, "metrics: not given"},
        {"t-\n1\n", {NULL}, "every column of t.csv is a metric"},
        {"A,a,t-\n1,2,3\n", {NULL}, "columns 'A' and 'a' would both be named a"},
        {"a,time_ms\n1,2\n", {"metrics", "time_m"}, "did you mean time_ms?"},
        {"alpha,t-\n1,2\n", {"parameters", "alhpa"}, "did you mean alpha?"},
        {"a,t-\n1,2\n", {"parameters", "a,a"}, "column 'a' is stated twice"},
        {"a,t\n1,2\n", {"metrics", "t,t-"}, "column 't' is stated twice"},
        {"a,L-,l+\n1,2,3\n", {NULL}, "metrics: columns 'L-' and 'l+' would both be named l"},
        {"a,t-\n1,2\n", {"parameters", "t-"}, "column 't-' is a metric"},
        {"a,t-\n1,2\n", {"parameters", "a:integer"}, "allowed: choice | ordinal"},
        {"a,t-\n1,2\nx,2\n", {"parameters", "a:ordinal"}, "t.csv:3: 'x' in ordinal 'a'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        assert_int_not_equal(table_open(arena, cases[i].text, cases[i].options, &model), OG_OK);
        if (strstr(og_error_text(), cases[i].what) == NULL) {
            fail_msg("'%s' was refused as '%s'", cases[i].what, og_error_text());
        }
        og_arena_destroy(arena);
    }
}

static void test_zero_bytes_and_choices(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_settings options = table_settings(arena, NULL);
    og_model model = {.type = table_type()};
    char zero[] = "a,t-\n1\0,2\n";
    assert_int_equal(og_table_open_text(arena, &options, "t.csv", zero, sizeof zero - 1, &model),
                     OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "t.csv:2: a zero byte"));
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "id,t-\n");
    for (int i = 0; i < 1100; i++) {
        og_buffer_print(&text, "row%d,1\n", i);
    }
    assert_int_equal(table_open(arena, text.data, NULL, &model), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "1100 different values"));
    og_arena_destroy(arena);
}

static void test_files(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const char* none[] = {"file", "no_such_file.csv", NULL};
    og_settings options = table_settings(arena, none);
    assert_int_equal(og_environment_open(arena, table_type(), &options, &model), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "no_such_file.csv"));
    assert_int_equal(og_environment_open(arena, table_type(), NULL, &model), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "file"));
    og_arena_destroy(arena);
}

// Every row of a large table is found.
static void test_every_row_is_found(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "a,b,c,d,t-\n");
    enum { ROWS = 20000 };
    for (int i = 0; i < ROWS; i++) {
        og_buffer_print(&text, "%d,%d,%d.5,%d,%d\n", i % 20, i / 20 % 10, i / 200 % 10,
                        1 << (i / 2000), i);
    }
    og_model model;
    assert_int_equal(table_open(arena, text.data, NULL, &model), OG_OK);
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &model.space, &space), OG_OK);
    assert_true(space->size == ROWS);
    for (int i = 0; i < ROWS; i++) {
        const double x[] = {i % 20, i / 20 % 10, i / 200 % 10 + 0.5, 1 << (i / 2000)};
        double y[1];
        assert_int_equal(table_cost(&model, x, y), OG_FEASIBLE);
        assert_true(y[0] == i);
    }
    og_arena_destroy(arena);
}

static bool table_real(og_arena* arena, const char* file, const char* metrics,
                       const char* parameters, og_model* model, const og_space** space) {
    const char* path = og_text_format(arena, "%s/search/%s", OG_SHARED_DATA, file);
    FILE* found = fopen(path, "r");
    if (found == NULL) {
        print_message("no file %s\n", path);
        return false;
    }
    fclose(found);
    const char* pairs[] = {"file", path, "metrics", metrics, "parameters", parameters, NULL};
    const og_settings options = table_settings(arena, pairs);
    if (og_environment_open(arena, table_type(), &options, model) != OG_OK ||
        og_space_create(arena, &model->space, space) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return true;
}

// Feasible designs of the product, and the least value of the first metric.
static int table_count(const og_model* model, const og_space* space, double* best) {
    double x[64];
    double y[16];
    int feasible = 0;
    *best = INFINITY;
    for (uint64_t i = 0; i < (uint64_t)space->size; i++) {
        og_space_design(space, i, x);
        if (table_cost(model, x, y) == OG_FEASIBLE) {
            feasible++;
            *best = fmin(*best, y[0]);
        }
    }
    return feasible;
}

static void test_real_tables(void** state) {
    (void)state;
    // figures counted from the files with another program
    const struct {
        const char *file, *metrics, *parameters;
        double size;
        int feasible;
        double best;
    } tables[] = {
        {"gpu_autotune/old_gemm__RTX_3090.csv", "time_ms",
         "MWG,NWG,MDIMC,NDIMC,MDIMA,NDIMB,VWM,VWN,SA,SB", 82944, 17956, 5.65784},
        {"gpu_autotune/convolution_milo__A100.csv", "time_ms,GFLOP/s+", "", 10240, 4201, 0.5536},
        {"nasbench_macro/nasbench_macro_cifar10.csv", "mean_acc+",
         "b0:choice,b1:choice,b2:choice,b3:choice,b4:choice,b5:choice,b6:choice,b7:choice", 6561,
         6561, 45.3633},
        {"moot/config__SS-H.csv", "", "", 280, 259, 6.144515496},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        const og_space* space = NULL;
        if (!table_real(arena, tables[i].file, tables[i].metrics, tables[i].parameters, &model,
                        &space)) {
            skip();
        }
        double best = 0;
        assert_true(space->size == tables[i].size);
        assert_int_equal(table_count(&model, space, &best), tables[i].feasible);
        assert_true(best == tables[i].best);
        og_arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_and_signs_are_inferred),
        cmocka_unit_test(test_columns_are_chosen),
        cmocka_unit_test(test_missing_and_duplicates),
        cmocka_unit_test(test_default_is_measured_and_central),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_zero_bytes_and_choices),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_every_row_is_found),
        cmocka_unit_test(test_real_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
