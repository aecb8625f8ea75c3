// Draw all kinds of pictures of a study made from bytes: any outcomes, any numbers as metrics, any
// text as names and reasons. Each picture is well-formed or refused with a message.

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../report/markup.h"
#include "ogive/report.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

enum { PICTURE_FUZZ_TRIALS = 64, PICTURE_FUZZ_WIDTH = 4, PICTURE_FUZZ_METRICS = 3 };

// the bytes, from the front; 0 behind their end
typedef struct picture_fuzz_source {
    const uint8_t* data;
    size_t size;
} picture_fuzz_source;

static uint8_t picture_fuzz_byte(picture_fuzz_source* source) {
    if (source->size == 0) {
        return 0;
    }
    source->size--;
    return *source->data++;
}

// mostly small numbers, sometimes the bits of any double
static double picture_fuzz_number(picture_fuzz_source* source) {
    const uint8_t kind = picture_fuzz_byte(source);
    if (kind < 200) {
        return kind / 8.0 - 5;
    }
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        bits = bits << 8 | picture_fuzz_byte(source);
    }
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const char* picture_fuzz_text(picture_fuzz_source* source, og_arena* arena) {
    const size_t length = picture_fuzz_byte(source) % 24;
    char* text = OG_NEW(arena, char, length + 1);
    for (size_t i = 0; i < length; i++) {
        const char c = (char)picture_fuzz_byte(source);
        text[i] = c ? c : ' ';
    }
    return text;
}

static const char* const picture_fuzz_choices[] = {"one", "two, \"2\"", "<three>"};
static const double picture_fuzz_sizes[] = {1, 2, 4, 8, 16};
static const og_parameter picture_fuzz_parameters[PICTURE_FUZZ_WIDTH] = {
    {OG_CHOICE_ROW("choice", picture_fuzz_choices, 0, "A & B")},
    {OG_ORDINAL_ROW("size", "KiB", picture_fuzz_sizes, 2, "")},
    {OG_REAL_ROW("real", "s", 1e-9, 1e9, 1, ""), .scale = OG_LOGARITHMIC},
    {OG_INTEGER_ROW("whole", "", -100, 100, 0, "")},
};

static void picture_fuzz_design(picture_fuzz_source* source, double* x) {
    x[0] = picture_fuzz_byte(source) % 3;
    x[1] = picture_fuzz_sizes[picture_fuzz_byte(source) % 5];
    x[2] = pow(10, picture_fuzz_byte(source) % 18 - 9.0);
    x[3] = picture_fuzz_byte(source) % 201 - 100.0;
}

static void picture_fuzz_trial(picture_fuzz_source* source, og_arena* arena, int64_t number,
                               og_trial* trial) {
    double* x = OG_NEW(arena, double, PICTURE_FUZZ_WIDTH);
    double* y = OG_NEW(arena, double, PICTURE_FUZZ_METRICS);
    picture_fuzz_design(source, x);
    const uint8_t outcome = picture_fuzz_byte(source);
    *trial = (og_trial){.number = number,
                        .x = x,
                        .y = y,
                        .outcome = outcome < 200 ? OG_FEASIBLE : (og_outcome)(outcome % 3),
                        .repeat_of = outcome % 7 == 0 ? number / 2 : -1,
                        .started = fabs(picture_fuzz_number(source)),
                        .seconds = fabs(picture_fuzz_number(source)),
                        .loss = INFINITY};
    trial->reason = trial->outcome == OG_FEASIBLE ? "" : picture_fuzz_text(source, arena);
    for (int m = 0; m < PICTURE_FUZZ_METRICS; m++) {
        y[m] = trial->outcome == OG_FEASIBLE ? picture_fuzz_number(source) : NAN;
    }
    if (trial->outcome == OG_FEASIBLE) {
        trial->loss = y[0];
        trial->violation = outcome % 5 == 0 ? 1 : 0;
    }
}

static og_report_study picture_fuzz_study(picture_fuzz_source* source, og_arena* arena) {
    static const og_metric metrics[PICTURE_FUZZ_METRICS] = {
        {"a", "ns", "", -1}, {"b", "<mW>", "", -1}, {"c", "", "", 1}};
    static const char* const objectives[] = {"minimize a", "maximize b + c", "minimize c"};
    static const char* const constraints[] = {"b <= 3", "a < c"};
    const uint8_t shape = picture_fuzz_byte(source);
    double* reference_x = OG_NEW(arena, double, PICTURE_FUZZ_WIDTH);
    double* reference_y = OG_NEW(arena, double, PICTURE_FUZZ_METRICS);
    picture_fuzz_design(source, reference_x);
    for (int m = 0; m < PICTURE_FUZZ_METRICS; m++) {
        reference_y[m] = picture_fuzz_number(source);
    }
    og_report_study study = {
        .record = {.name = picture_fuzz_text(source, arena),
                   .plan = "environment: toy\nagent: random\nobjectives: [{minimize: a}]\n"
                           "budget: {evaluations: 1}\n",
                   .environment = picture_fuzz_text(source, arena),
                   .identity = "",
                   .agent = picture_fuzz_text(source, arena),
                   .agent_options = "",
                   .space = {picture_fuzz_parameters, PICTURE_FUZZ_WIDTH, NULL, 0},
                   .metrics = metrics,
                   .metric_count = PICTURE_FUZZ_METRICS,
                   .objectives = objectives,
                   .objective_count = 1 + shape % 3,
                   .constraints = constraints,
                   .constraint_count = shape / 3 % 3,
                   .reference_x = reference_x,
                   .reference_y = reference_y,
                   .trial_count = shape / 9 * 2 % PICTURE_FUZZ_TRIALS,
                   .best = -1,
                   .created = ""}};
    og_trial* trials = OG_NEW(arena, og_trial, PICTURE_FUZZ_TRIALS);
    for (int64_t i = 0; i < study.record.trial_count; i++) {
        picture_fuzz_trial(source, arena, i, &trials[i]);
        const bool accepted = trials[i].outcome == OG_FEASIBLE && trials[i].violation == 0;
        study.record.best = accepted ? i : study.record.best;
    }
    study.trials = trials;
    return study;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    picture_fuzz_source source = {data, size};
    const og_report_study studies[] = {picture_fuzz_study(&source, arena),
                                       picture_fuzz_study(&source, arena)};
    for (int i = 0; og_picture_kind_at(i); i++) {
        const og_picture_kind* kind = og_picture_kind_at(i);
        const og_picture picture = {
            .arena = arena, .studies = studies, .count = kind->single ? 1 : 2};
        og_buffer svg = {.arena = arena};
        og_buffer csv = {.arena = arena};
        const og_status drawn = og_picture_svg(kind, &picture, &svg);
        if (drawn == OG_OK ? !markup_is_balanced(svg.data) : og_error_text()[0] == '\0') {
            abort();
        }
        if (og_picture_csv(kind, &picture, &csv) == OG_OK && markup_count(csv.data, "\n") < 1) {
            abort();
        }
    }
    og_arena_destroy(arena);
    return 0;
}
