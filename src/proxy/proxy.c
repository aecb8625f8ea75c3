// Predicting, and making the learners again from designs and numbers.

#include <math.h>
#include <string.h>

#include "proxy/feasibility.h"
#include "proxy/internals.h"
#include "proxy/validation.h"

double* og_proxy_rows(og_arena* arena, const og_rows* rows, const double* x, const bool* feasible,
                      int count, int* row_count) {
    const int width = rows->space->count;
    double* made = OG_NEW(arena, double, (size_t)count*(size_t)width);
    double* encoding = OG_NEW(arena, double, og_space_encoding_width(rows->space));
    *row_count = 0;
    for (int i = 0; i < count; i++) {
        if (feasible == NULL || feasible[i]) {
            og_rows_read(rows, x + (long)i * width, encoding, made + (long)(*row_count)++ * width);
        }
    }
    return made;
}

// The learner of metric `metric` from `lesson`, whose targets are scratch.
static void proxy_build_part(og_arena* arena, const og_proxy* proxy, int metric, og_lesson lesson) {
    const struct og_proxy_internals* own = proxy->internals;
    og_proxy_part* part = &own->parts[metric];
    double* targets = OG_NEW(arena, double, lesson.count);
    double least = INFINITY;
    double most = -INFINITY;
    int row = 0;
    for (int i = 0; i < own->count; i++) {
        if (own->feasible[i]) {
            const double y = own->y[(long)i * proxy->metric_count + metric];
            targets[row] = og_exam_scaled(part->logarithm, y);
            least = fmin(least, targets[row]);
            most = fmax(most, targets[row++]);
        }
    }
    lesson.targets = targets;
    part->least = least - (most - least);
    part->most = most + (most - least);
    part->learner = og_learner_make(arena, part->model, &lesson, part->numbers, own->seed);
}

static void proxy_build_classifier(og_arena* arena, og_proxy* proxy) {
    struct og_proxy_internals* own = proxy->internals;
    og_lesson lesson = {.columns = own->rows.columns, .width = proxy->space->count};
    lesson.rows = og_proxy_rows(arena, &own->rows, own->x, NULL, own->count, &lesson.count);
    double* targets = OG_NEW(arena, double, own->count);
    for (int i = 0; i < own->count; i++) {
        targets[i] = own->feasible[i];
    }
    lesson.targets = targets;
    own->classifier = og_feasibility_learn(arena, &lesson, own->seed);
}

void og_proxy_build(og_arena* arena, og_proxy* proxy) {
    struct og_proxy_internals* own = proxy->internals;
    own->rows = og_rows_make(arena, proxy->space);
    own->encoding_width = og_space_encoding_width(proxy->space);
    own->index = og_proxy_index_make(arena, proxy->space, own->x, own->count);
    for (int i = 0; i < own->count; i++) {
        *og_proxy_index_slot(&own->index, own->x + (long)i * proxy->space->count) = i + 1;
    }
    og_lesson lesson = {.columns = own->rows.columns, .width = proxy->space->count};
    lesson.rows =
        og_proxy_rows(arena, &own->rows, own->x, own->feasible, own->count, &lesson.count);
    for (int m = 0; m < proxy->metric_count; m++) {
        proxy_build_part(arena, proxy, m, lesson);
    }
    if (proxy->feasibility.known) {
        proxy_build_classifier(arena, proxy);
    }
}

void og_proxy_predict(const og_proxy* proxy, og_arena* scratch, const double* x, double* y,
                      double* uncertainty) {
    const struct og_proxy_internals* own = proxy->internals;
    const og_arena_mark mark = og_arena_here(scratch);
    double* encoding = og_arena_allocate_raw(scratch, sizeof(double) * (size_t)own->encoding_width);
    double* row = og_arena_allocate_raw(scratch, sizeof(double) * (size_t)proxy->space->count);
    og_rows_read(&own->rows, x, encoding, row);
    for (int m = 0; m < proxy->metric_count; m++) {
        const og_proxy_part* part = &own->parts[m];
        double mean;
        double deviation = 0;
        og_learner_predict(part->learner, scratch, row, 1, &mean,
                           uncertainty != NULL ? &deviation : NULL);
        mean = fmin(fmax(mean, part->least), part->most);
        y[m] = og_exam_unscaled(part->logarithm, mean);
        if (uncertainty != NULL) {
            const double width =
                og_calibration_width(&part->calibration, deviation, OG_CALIBRATION_DEVIATION);
            // half the interval: in logarithms it is wider above than below
            const double half = part->logarithm ? y[m] * sinh(width) : width;
            uncertainty[m] = fmin(half, OG_PROXY_LARGEST);
        }
    }
    og_arena_rewind(scratch, mark);
}

double og_proxy_feasible(const og_proxy* proxy, og_arena* scratch, const double* x) {
    const struct og_proxy_internals* own = proxy->internals;
    if (own->classifier == NULL) {
        return 1;
    }
    const og_arena_mark mark = og_arena_here(scratch);
    double* encoding = og_arena_allocate_raw(scratch, sizeof(double) * (size_t)own->encoding_width);
    double* row = og_arena_allocate_raw(scratch, sizeof(double) * (size_t)proxy->space->count);
    og_rows_read(&own->rows, x, encoding, row);
    double chance;
    og_forest_predict(own->classifier, row, 1, &chance, NULL);
    og_arena_rewind(scratch, mark);
    return fmin(fmax(chance, 0), 1);
}

bool og_proxy_has(const og_proxy* proxy, const double* x) {
    return *og_proxy_index_slot(&proxy->internals->index, x) != 0;
}
