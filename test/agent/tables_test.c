// Search methods on complete tables of measured designs: the cells of NAS-Bench-201 (accuracy on
// CIFAR-100) and a convolution kernel's tuning space on an A100, where 59 % of the combinations do
// not run. Regret is (best - optimum) / (median - optimum). Skipped where the tables are missing.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/agent.h"

enum { TABLES_SEEDS = 100, TABLES_COLUMNS = 16, TABLES_MOST_ROWS = 20000, TABLES_BUDGET = 200 };

typedef struct tables_source {
    const char* path;
    int first, count;  // columns of the parameters
    int cost;          // column that is searched
    double sign;       // -1 where more is better
    bool ordered;
} tables_source;

static const tables_source tables_cells = {
    OG_SHARED_DATA "/search/nasbench201_hw/nasbench201_acc12_lat.csv", 1, 6, 9, -1, false};
static const tables_source tables_kernel = {
    OG_SHARED_DATA "/search/gpu_autotune/convolution_milo__A100.csv", 0, 7, 7, 1, true};

typedef struct tables_table {
    og_parameter parameters[TABLES_COLUMNS];
    const og_space* space;
    double* costs;   // by number of the design, NAN where there is none
    double* sorted;  // those there are
    int count;
} tables_table;

static int tables_compare(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;
    return (a > b) - (a < b);
}

// Numbers of a line; an empty one is NAN, text is 0, True is 1.
static void tables_parse(const char* line, double* cells) {
    for (int i = 0; i < TABLES_COLUMNS && line != NULL; i++) {
        const bool empty = strchr(",\r\n", *line) != NULL;
        cells[i] = empty ? (double)NAN : strncmp(line, "True", 4) == 0 ? 1 : strtod(line, NULL);
        line = strchr(line, ',');
        line = line != NULL ? line + 1 : NULL;
    }
}

static int tables_read(og_arena* arena, const char* path, double** rows) {
    FILE* file = fopen(path, "r");
    if (file == NULL) {
        print_message("no file %s\n", path);
        return 0;
    }
    *rows = OG_NEW(arena, double, TABLES_MOST_ROWS* TABLES_COLUMNS);
    char line[4096];
    int count = 0;
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        assert_true(count < TABLES_MOST_ROWS);
        tables_parse(line, *rows + TABLES_COLUMNS * count++);
    }
    fclose(file);
    return count;
}

// The values of a column as the levels of a parameter.
static og_parameter tables_parameter(og_arena* arena, const double* rows, int count, int column,
                                     bool ordered) {
    static const char* const choices[] = {"a", "b", "c", "d", "e"};
    double* values = OG_NEW(arena, double, count);
    for (int i = 0; i < count; i++) {
        values[i] = rows[i * TABLES_COLUMNS + column];
    }
    qsort(values, (size_t)count, sizeof *values, tables_compare);
    int levels = 1;
    for (int i = 1; i < count; i++) {
        if (values[i] > values[levels - 1]) {
            values[levels++] = values[i];
        }
    }
    return (og_parameter){.name = og_text_format(arena, "p%d", column),
                          .unit = "",
                          .doc = "A column.",
                          .kind = ordered ? OG_ORDINAL : OG_CHOICE,
                          .values = values,
                          .choices = choices,
                          .level_count = levels,
                          .initial = ordered ? values[0] : 0};
}

static bool tables_load(og_arena* arena, const tables_source* source, tables_table* table) {
    double* rows = NULL;
    const int count = tables_read(arena, source->path, &rows);
    if (count == 0) {
        return false;
    }
    for (int i = 0; i < source->count; i++) {
        table->parameters[i] =
            tables_parameter(arena, rows, count, source->first + i, source->ordered);
    }
    const og_space_table space = {.parameters = table->parameters, .count = source->count};
    assert_int_equal(og_space_create(arena, &space, &table->space), OG_OK);
    const int size = (int)table->space->size;
    table->costs = OG_NEW(arena, double, size);
    table->sorted = OG_NEW(arena, double, count);
    table->count = 0;
    for (int i = 0; i < size; i++) {
        table->costs[i] = NAN;
    }
    for (int i = 0; i < count; i++) {
        const double* row = rows + i * TABLES_COLUMNS;
        if (!isnan(row[source->cost])) {
            const uint64_t number = og_space_index(table->space, row + source->first);
            table->costs[number] = source->sign * row[source->cost];
            table->sorted[table->count++] = table->costs[number];
        }
    }
    qsort(table->sorted, (size_t)table->count, sizeof(double), tables_compare);
    return true;
}

static double tables_regret(const tables_table* table, double cost) {
    const double best = table->sorted[0];
    return (cost - best) / (table->sorted[table->count / 2] - best);
}

static double tables_search(const tables_table* table, const char* name, uint64_t seed) {
    og_arena* arena = og_arena_create();
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find(name, &type), OG_OK);
    const og_agent_setup setup = {.space = table->space, .objective_count = 1, .seed = seed};
    og_agent* agent = NULL;
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_OK);
    const int batch = type->batch(agent);
    double* x = OG_NEW(arena, double, batch * table->space->count);
    double* costs = OG_NEW(arena, double, batch);
    og_told* told = OG_NEW(arena, og_told, batch);
    double best = INFINITY;
    for (int spent = 0; spent < TABLES_BUDGET;) {
        const int made = type->ask(agent, batch, x);
        assert_true(made > 0);
        for (int i = 0; i < made; i++) {
            const double* design = x + i * table->space->count;
            costs[i] = table->costs[og_space_index(table->space, design)];
            told[i] = (og_told){.x = design, .objectives = &costs[i], .failed = isnan(costs[i])};
            told[i].loss = told[i].failed ? INFINITY : costs[i];
            best = spent + i < TABLES_BUDGET ? fmin(best, told[i].loss) : best;
        }
        if (type->tell != NULL) {
            type->tell(agent, made, told);
        }
        spent += made;
    }
    og_arena_destroy(arena);
    return tables_regret(table, best);
}

// Mean regret over seeds, and the standard error of the mean.
static double tables_mean(const tables_table* table, const char* name, double* error) {
    double sum = 0;
    double squares = 0;
    for (uint64_t seed = 0; seed < TABLES_SEEDS; seed++) {
        const double regret = tables_search(table, name, seed);
        sum += regret;
        squares += regret * regret;
    }
    const double mean = sum / TABLES_SEEDS;
    *error = sqrt((squares / TABLES_SEEDS - mean * mean) / TABLES_SEEDS);
    return mean;
}

// Exact expectation of the regret of random search: the k-th best design is the best found when it
// is drawn and the k - 1 better ones are not. Draws without replacement from all designs.
static double tables_expected_random(const tables_table* table) {
    const double size = table->space->size;
    double none_so_far = 1;
    double sum = 0;
    double left = size;
    for (int k = 0; k < table->count; k++, left--) {
        // given that none of the better ones is among the drawn
        const double drawn = fmin(1, TABLES_BUDGET / left);
        sum += none_so_far * drawn * tables_regret(table, table->sorted[k]);
        none_so_far *= 1 - drawn;
    }
    return sum;
}

static void test_random_as_computed(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    tables_table table;
    if (!tables_load(arena, &tables_cells, &table)) {
        skip();
    }
    double error = 0;
    const double mean = tables_mean(&table, "random", &error);
    const double expected = tables_expected_random(&table);
    print_message("random: %.4f +- %.4f, computed %.4f\n", mean, error, expected);
    assert_true(fabs(mean - expected) < 4 * error);
    // the bound is tight enough to notice a tenth of the regret
    assert_true(4 * error < 0.25 * expected);
    og_arena_destroy(arena);
}

// Mean regret after 200 evaluations, at most `most` of that of random search.
static void tables_expect(const tables_source* source, double most) {
    static const char* const names[] = {"hill_climb", "anneal", "genetic", "regularized_evolution"};
    og_arena* arena = og_arena_create();
    tables_table table;
    if (!tables_load(arena, source, &table)) {
        skip();
    }
    const double random = tables_expected_random(&table);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        double error = 0;
        const double mean = tables_mean(&table, names[i], &error);
        print_message("%s: %.4f +- %.4f, random %.4f\n", names[i], mean, error, random);
        assert_true(mean < most * random);
    }
    og_arena_destroy(arena);
}

static void test_cells(void** state) {
    (void)state;
    tables_expect(&tables_cells, 0.3);
}

static void test_kernel(void** state) {
    (void)state;
    tables_expect(&tables_kernel, 0.6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_as_computed),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
