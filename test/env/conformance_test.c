// Every registered environment: what each must do, and planted bad ones that the same checks catch.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/environment.h"
#include "ogive/random.h"
#include "ogive/workers.h"

enum { CONFORMANCE_DESIGNS = 24, CONFORMANCE_FEW = 4 };

static char conformance_text[512];

__attribute__((format(printf, 1, 2))) static const char* conformance_fault(const char* format,
                                                                           ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(conformance_text, sizeof conformance_text, format, arguments);
    va_end(arguments);
    return conformance_text;
}

static bool conformance_name(const char* name) {
    if (name == NULL || name[0] < 'a' || name[0] > 'z') {
        return false;
    }
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool conformance_sentence(const char* doc) {
    const char* end = doc != NULL ? strrchr(doc, '.') : NULL;
    return end != NULL && end[1] == '\0' && end > doc;
}

// Names, documentation and options of the type.
static const char* conformance_descriptor(const og_environment* type) {
    if (!conformance_name(type->name) || !conformance_sentence(type->doc) || type->source == NULL ||
        type->source[0] == '\0' || type->open == NULL || type->evaluate == NULL) {
        return conformance_fault("the descriptor is incomplete");
    }
    for (int i = 0; i < type->option_count; i++) {
        if (!conformance_sentence(type->options[i].doc)) {
            return conformance_fault("option %s is not documented", type->options[i].name);
        }
    }
    return type->option_count == 0 ||
                   og_parameters_check(type->options, type->option_count) == OG_OK
               ? NULL
               : og_error_text();
}

// Metrics, features and identity of an opened model.
static const char* conformance_model(const og_model* model) {
    for (int i = 0; i < model->metric_count; i++) {
        const og_metric* metric = &model->metrics[i];
        if (!conformance_name(metric->name) || !conformance_sentence(metric->doc) ||
            metric->unit == NULL || metric->better < -1 || metric->better > 1) {
            return conformance_fault("metric %d is not described", i);
        }
        for (int k = 0; k < i; k++) {
            if (strcmp(model->metrics[k].name, metric->name) == 0) {
                return conformance_fault("two metrics are named %s", metric->name);
            }
        }
    }
    for (int i = 0; i < model->feature_count; i++) {
        if (!conformance_name(model->features[i].name) || !isfinite(model->features[i].value)) {
            return conformance_fault("feature %d has no name or no finite value", i);
        }
    }
    return model->identity[0] != '\0' ? NULL : conformance_fault("the identity is empty");
}

// Designs of a model and what they cost.
typedef struct conformance_sample {
    const og_model* model;
    const og_space* space;
    int count;
    double* x;  // shape: [count][space->count]
    double* y;  // shape: [count][metric_count]
    og_outcome* outcomes;
    const char** reasons;
} conformance_sample;

static void conformance_evaluate(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    conformance_sample* sample = context;
    const og_model* model = sample->model;
    double* y = sample->y + index * model->metric_count;
    for (int i = 0; i < model->metric_count; i++) {
        y[i] = NAN;
    }
    sample->reasons[index] = NULL;
    const char* reason = NULL;
    sample->outcomes[index] = model->type->evaluate(
        model->data, sample->x + index * sample->space->count, y, scratch, &reason);
    // the text may live in scratch: keep only whether there is one
    sample->reasons[index] = reason != NULL && reason[0] != '\0' ? "" : NULL;
}

static conformance_sample conformance_draw(og_arena* arena, const og_model* model,
                                           const og_space* space, int count) {
    conformance_sample sample = {
        .model = model,
        .space = space,
        .count = count,
        .x = OG_NEW(arena, double, count * space->count),
        .y = OG_NEW(arena, double, count * model->metric_count),
        .outcomes = OG_NEW(arena, og_outcome, count),
        .reasons = OG_NEW(arena, const char*, count),
    };
    og_random random = og_random_make(7, 0);
    og_space_initial(space, sample.x);
    for (int i = 1; i < count; i++) {
        og_space_sample(space, &random, sample.x + i * space->count);
    }
    return sample;
}

// A sample with the same designs and no results.
static conformance_sample conformance_again(og_arena* arena, const conformance_sample* sample) {
    conformance_sample again = *sample;
    again.y = OG_NEW(arena, double, sample->count * sample->model->metric_count);
    again.outcomes = OG_NEW(arena, og_outcome, sample->count);
    again.reasons = OG_NEW(arena, const char*, sample->count);
    return again;
}

static bool conformance_equal(const conformance_sample* a, int i, const conformance_sample* b,
                              int k) {
    const size_t width = (size_t)a->model->metric_count;
    return a->outcomes[i] == b->outcomes[k] &&
           (a->outcomes[i] != OG_FEASIBLE ||
            memcmp(a->y + (size_t)i * width, b->y + (size_t)k * width, sizeof(double) * width) ==
                0);
}

static const char* conformance_results(const conformance_sample* sample) {
    for (int i = 0; i < sample->count; i++) {
        if (sample->outcomes[i] != OG_FEASIBLE && sample->reasons[i] == NULL) {
            return conformance_fault("design %d is not feasible, and no reason is given", i);
        }
        for (int k = 0; k < sample->model->metric_count; k++) {
            const double y = sample->y[i * sample->model->metric_count + k];
            if (sample->outcomes[i] == OG_FEASIBLE && !isfinite(y)) {
                return conformance_fault("metric %s of design %d is not finite",
                                         sample->model->metrics[k].name, i);
            }
        }
    }
    return NULL;
}

// Equal results in another order, and on four threads.
static const char* conformance_purity(og_arena* arena, const conformance_sample* sample) {
    conformance_sample again = conformance_again(arena, sample);
    og_arena* scratch = og_arena_create();
    for (int i = sample->count - 1; i >= 0; i--) {
        conformance_evaluate(&again, i, 0, scratch);
    }
    og_arena_destroy(scratch);
    conformance_sample threaded = conformance_again(arena, sample);
    og_workers* workers = NULL;
    if (og_workers_create(arena, 4, &workers) != OG_OK) {
        return og_error_text();
    }
    og_workers_run(workers, threaded.count, conformance_evaluate, &threaded);
    og_workers_destroy(workers);
    for (int i = 0; i < sample->count; i++) {
        if (!conformance_equal(sample, i, &again, i)) {
            return conformance_fault("design %d costs another time something else", i);
        }
        if (!conformance_equal(sample, i, &threaded, i)) {
            return conformance_fault("design %d costs something else on four threads", i);
        }
    }
    return NULL;
}

// The canonical form is feasible, its own canonical form, and costs the same.
static const char* conformance_canonical(og_arena* arena, const conformance_sample* sample) {
    const og_model* model = sample->model;
    const size_t width = (size_t)sample->space->count;
    if (model->type->canonical == NULL) {
        return NULL;
    }
    conformance_sample form = conformance_again(arena, sample);
    form.x = OG_NEW(arena, double, (size_t)sample->count* width);
    memcpy(form.x, sample->x, sizeof(double) * (size_t)sample->count * width);
    double* twice = OG_NEW(arena, double, width);
    og_arena* scratch = og_arena_create();
    const char* fault = NULL;
    for (int i = 0; i < sample->count && fault == NULL; i++) {
        double* x = form.x + (size_t)i * width;
        model->type->canonical(model->data, x);
        memcpy(twice, x, sizeof(double) * width);
        model->type->canonical(model->data, twice);
        conformance_evaluate(&form, i, 0, scratch);
        if (!og_space_contains(sample->space, x)) {
            fault = conformance_fault("the canonical form of design %d is infeasible", i);
        } else if (memcmp(x, twice, sizeof(double) * width) != 0) {
            fault = conformance_fault("the canonical form of design %d is not stable", i);
        } else if (!conformance_equal(sample, i, &form, i)) {
            fault = conformance_fault("the canonical form of design %d costs something else", i);
        }
    }
    og_arena_destroy(scratch);
    return fault;
}

// Options at their defaults; required files are samples of the project's own.
static og_settings conformance_settings(og_arena* arena, const og_environment* type) {
    static const char* const samples[][3] = {
        {"command", "file", OG_SOURCE_DIR "/examples/simulators/cache.yaml"},
        {"plugin", "file", OG_PLUGIN_SAMPLE},
        {"process", "file", OG_SOURCE_DIR "/examples/simulators/evaluator_shell.yaml"},
        {"proxy", "file", OG_SOURCE_DIR "/examples/sphere.proxy"},
        {"table", "file", OG_SOURCE_DIR "/examples/memory_log.csv"},
        {"table", "metrics", "read_latency_average_ns,power_mw"},
    };
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (strcmp(type->name, samples[i][0]) == 0) {
            assert_int_equal(og_settings_set(&options, samples[i][1], samples[i][2]), OG_OK);
        }
    }
    return options;
}

// All checks of an environment with its options as given.
static const char* conformance_check(const og_environment* type, const og_settings* options,
                                     int designs) {
    og_arena* arena = og_arena_create();
    og_model model;
    og_model second;
    const og_space* space = NULL;
    const char* fault = NULL;
    if (og_environment_open(arena, type, options, &model) != OG_OK ||
        og_environment_open(arena, type, options, &second) != OG_OK ||
        og_space_create(arena, &model.space, &space) != OG_OK) {
        fault = conformance_fault("it does not open: %s", og_error_text());
    } else if (strcmp(model.identity, second.identity) != 0) {
        fault = conformance_fault("two models of the same options have other identities");
    } else {
        fault = conformance_model(&model);
    }
    if (fault == NULL) {
        conformance_sample sample = conformance_draw(arena, &model, space, designs);
        og_arena* scratch = og_arena_create();
        for (int i = 0; i < designs; i++) {
            conformance_evaluate(&sample, i, 0, scratch);
        }
        og_arena_destroy(scratch);
        fault = conformance_results(&sample);
        fault = fault != NULL ? fault : conformance_purity(arena, &sample);
        fault = fault != NULL ? fault : conformance_canonical(arena, &sample);
    }
    og_arena_destroy(arena);
    return fault;
}

static void test_descriptors(void** state) {
    (void)state;
    for (int i = 0; og_environment_at(i) != NULL; i++) {
        const og_environment* type = og_environment_at(i);
        const char* fault = conformance_descriptor(type);
        if (fault != NULL) {
            fail_msg("%s: %s", type->name, fault);
        }
        char path[1024];
        snprintf(path, sizeof path, "%s/src/env/%s.c", OG_SOURCE_DIR, type->name);
        FILE* file = fopen(path, "r");
        if (file == NULL) {
            fail_msg("%s is not defined in %s", type->name, path);
        }
        fclose(file);
        const og_environment* found = NULL;
        assert_int_equal(og_environment_find(type->name, &found), OG_OK);
        assert_ptr_equal(found, type);
    }
}

static void test_defaults(void** state) {
    (void)state;
    for (int i = 0; og_environment_at(i) != NULL; i++) {
        og_arena* arena = og_arena_create();
        const og_settings options = conformance_settings(arena, og_environment_at(i));
        const char* fault = conformance_check(og_environment_at(i), &options, CONFORMANCE_DESIGNS);
        if (fault != NULL) {
            fail_msg("%s: %s", og_environment_at(i)->name, fault);
        }
        og_arena_destroy(arena);
    }
}

// One option at one of its levels: the model conforms, or it is refused with a message.
static const char* conformance_check_option(const og_environment* type, int option, int64_t level) {
    og_arena* arena = og_arena_create();
    const og_parameter* row = &type->options[option];
    og_settings options = conformance_settings(arena, type);
    og_buffer text = {.arena = arena};
    og_parameter_print(row, og_parameter_value(row, level), &text);
    const char* fault = NULL;
    og_model model;
    if (og_settings_set(&options, row->name, text.data) != OG_OK) {
        fault = conformance_fault("%s=%s: %s", row->name, text.data, og_error_text());
    } else if (og_environment_open(arena, type, &options, &model) == OG_OK) {
        fault = conformance_check(type, &options, CONFORMANCE_FEW);
    } else if (strstr(og_error_text(), type->name) == NULL) {
        fault = conformance_fault("a refusal does not name the environment: %s", og_error_text());
    }
    if (fault != NULL) {
        print_message("with %s=%s\n", row->name, text.data);
    }
    og_arena_destroy(arena);
    return fault;
}

static void test_options(void** state) {
    (void)state;
    for (int i = 0; og_environment_at(i) != NULL; i++) {
        const og_environment* type = og_environment_at(i);
        for (int k = 0; k < type->option_count; k++) {
            const int64_t levels = og_parameter_levels(&type->options[k]);
            // every choice; both ends of a range, but not the end of a range of sizes, which costs
            // hours
            const bool sizes = levels > 1000 && type->options[k].scale == OG_LOGARITHMIC;
            const int64_t step = type->options[k].kind == OG_CHOICE || levels < 2 ? 1
                                 : sizes                                          ? levels
                                                                                  : levels - 1;
            for (int64_t level = 0; level < levels; level += step) {
                const char* fault = conformance_check_option(type, k, level);
                if (fault != NULL) {
                    fail_msg("%s: %s", type->name, fault);
                }
            }
        }
    }
}

static void test_bad_option_values(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (int i = 0; og_environment_at(i) != NULL; i++) {
        const og_environment* type = og_environment_at(i);
        og_settings options = og_settings_make(arena, type->options, type->option_count);
        assert_int_equal(og_settings_set(&options, "no_such_option", "1"), OG_ERROR_NAME);
        for (int k = 0; k < type->option_count; k++) {
            if (type->options[k].kind == OG_TEXT) {
                continue;
            }
            assert_int_not_equal(og_settings_set(&options, type->options[k].name, "1e300x"), OG_OK);
            assert_non_null(strstr(og_error_text(), type->options[k].name));
        }
    }
    og_arena_destroy(arena);
}

static void test_unknown_names(void** state) {
    (void)state;
    const og_environment* found = NULL;
    assert_int_equal(og_environment_find("fumction", &found), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "function"));
    assert_int_equal(og_environment_find("", &found), OG_ERROR_NAME);
    assert_null(found);
}

// Planted faults: an environment of two bits, and ways to break it.

static const og_parameter planted_rows[] = {
    {OG_BOOLEAN_ROW("a", 0, "One.")},
    {OG_BOOLEAN_ROW("b", 0, "Two.")},
};
static const og_metric planted_metrics[] = {
    {.name = "cost", .unit = "", .doc = "Cost.", .better = -1},
    {.name = "area", .unit = "", .doc = "Area.", .better = -1},
};
static const og_metric planted_twins[] = {
    {.name = "cost", .unit = "", .doc = "Cost.", .better = -1},
    {.name = "cost", .unit = "", .doc = "Cost.", .better = -1},
};

static og_status planted_open(og_arena* arena, const og_settings* options, og_model* model) {
    (void)arena, (void)options;
    model->space = (og_space_table){.parameters = planted_rows, .count = 2};
    model->metrics = planted_metrics;
    model->metric_count = 2;
    model->identity = "planted";
    return OG_OK;
}

static og_status planted_open_twins(og_arena* arena, const og_settings* options, og_model* model) {
    OG_TRY(planted_open(arena, options, model));
    model->metrics = planted_twins;
    return OG_OK;
}

static og_status planted_open_changing(og_arena* arena, const og_settings* options,
                                       og_model* model) {
    static int opened;
    OG_TRY(planted_open(arena, options, model));
    model->identity = opened++ % 2 ? "odd" : "even";
    return OG_OK;
}

static og_outcome planted_good(const void* data, const double* x, double* y, og_arena* scratch,
                               const char** reason) {
    (void)data, (void)scratch, (void)reason;
    y[0] = x[0];
    y[1] = x[1] > 0.5 ? 2 : 1;
    return OG_FEASIBLE;
}

static og_outcome planted_counting(const void* data, const double* x, double* y, og_arena* scratch,
                                   const char** reason) {
    static int calls;
    planted_good(data, x, y, scratch, reason);
    y[0] += __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return OG_FEASIBLE;
}

static og_outcome planted_gap(const void* data, const double* x, double* y, og_arena* scratch,
                              const char** reason) {
    (void)data, (void)scratch, (void)reason;
    y[0] = x[0];
    return OG_FEASIBLE;
}

static og_outcome planted_silent(const void* data, const double* x, double* y, og_arena* scratch,
                                 const char** reason) {
    (void)data, (void)x, (void)y, (void)scratch, (void)reason;
    return OG_INFEASIBLE;
}

static void planted_canonical_good(const void* data, double* x) {
    (void)data, (void)x;
}

static void planted_canonical_wrong(const void* data, double* x) {
    (void)data;
    x[1] = 0;
}

static void planted_canonical_restless(const void* data, double* x) {
    (void)data;
    x[1] = 1 - x[1];
}

static void planted_canonical_outside(const void* data, double* x) {
    (void)data;
    x[0] = 0.5;
}

static void test_planted_environments(void** state) {
    (void)state;
    const struct {
        const char* what;
        og_environment type;
    } faults[] = {
        {NULL, {.evaluate = planted_good}},
        {NULL, {.evaluate = planted_good, .canonical = planted_canonical_good}},
        {"two metrics", {.open = planted_open_twins, .evaluate = planted_good}},
        {"identities", {.open = planted_open_changing, .evaluate = planted_good}},
        {"another time", {.evaluate = planted_counting}},
        {"not finite", {.evaluate = planted_gap}},
        {"no reason", {.evaluate = planted_silent}},
        {"costs something", {.evaluate = planted_good, .canonical = planted_canonical_wrong}},
        {"not stable", {.evaluate = planted_good, .canonical = planted_canonical_restless}},
        {"is infeasible", {.evaluate = planted_good, .canonical = planted_canonical_outside}},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        og_environment type = faults[i].type;
        type.name = "planted";
        type.doc = "Planted.";
        type.source = "None.";
        type.open = type.open != NULL ? type.open : planted_open;
        const char* fault = conformance_check(&type, NULL, CONFORMANCE_DESIGNS);
        if ((fault == NULL) != (faults[i].what == NULL) ||
            (fault != NULL && strstr(fault, faults[i].what) == NULL)) {
            fail_msg("planted '%s' was found as '%s'", faults[i].what, fault);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors),   cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_options),       cmocka_unit_test(test_bad_option_values),
        cmocka_unit_test(test_unknown_names), cmocka_unit_test(test_planted_environments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
