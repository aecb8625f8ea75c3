#include "proxy/validation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/random.h"

enum { VALIDATION_RESAMPLES = 1000 };
#define VALIDATION_RANGE 2  // largest over smallest target from which on logarithms are tried

double og_exam_scaled(bool logarithm, double target) {
    return logarithm ? log(target) : target;
}

double og_exam_unscaled(bool logarithm, double scaled) {
    return logarithm ? exp(scaled) : scaled;
}

bool og_exam_wide(const og_exam* exam) {
    double least = INFINITY;
    double most = -INFINITY;
    for (int i = 0; i < exam->lesson.count; i++) {
        least = fmin(least, exam->lesson.targets[i]);
        most = fmax(most, exam->lesson.targets[i]);
    }
    return least > 0 && most / VALIDATION_RANGE >= least;
}

og_proxy_candidate* og_exam_candidates(og_arena* arena, const og_exam* exam, og_proxy_model only,
                                       int* count) {
    og_proxy_candidate* candidates = OG_NEW(arena, og_proxy_candidate, 2 * OG_PROXY_MODEL_COUNT);
    const int scales = og_exam_wide(exam) ? 2 : 1;
    *count = 0;
    for (int m = 0; m < OG_PROXY_MODEL_COUNT; m++) {
        const bool asked = only == OG_PROXY_MODEL_COUNT || m == (int)only;
        for (int s = 0; s < scales && asked; s++) {
            if (og_learner_takes((og_proxy_model)m, exam->lesson.columns, exam->lesson.width)) {
                candidates[(*count)++] =
                    (og_proxy_candidate){.model = (og_proxy_model)m, .logarithm = s == 1};
            }
        }
    }
    return candidates;
}

// What the threads share: item `candidate * folds + fold`.
typedef struct validation_job {
    const og_exam* exam;
    const og_proxy_candidate* candidates;
    const og_answers* answers;
} validation_job;

// Learn from all folds but one, and answer to that one.
static void validation_work(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    const validation_job* job = context;
    const og_exam* exam = job->exam;
    const og_lesson* all = &exam->lesson;
    const int fold = index % exam->folds;
    const og_proxy_candidate* candidate = &job->candidates[index / exam->folds];
    const og_answers* answers = &job->answers[index / exam->folds];
    double* rows = OG_NEW(scratch, double, (size_t)all->count*(size_t)all->width);
    double* targets = OG_NEW(scratch, double, all->count);
    og_lesson lesson = {all->columns, all->width, rows, targets, 0};
    for (int i = 0; i < all->count; i++) {
        if (exam->fold[i] != fold) {
            memcpy(rows + (long)lesson.count * all->width, all->rows + (long)i * all->width,
                   sizeof(double) * (size_t)all->width);
            targets[lesson.count++] = og_exam_scaled(candidate->logarithm, all->targets[i]);
        }
    }
    const og_learner* learner =
        lesson.count > 0 ? og_learner_fit(scratch, candidate->model, &lesson, exam->seed) : NULL;
    for (int i = 0; i < all->count && learner != NULL; i++) {
        if (exam->fold[i] == fold) {
            og_learner_predict(learner, scratch, all->rows + (long)i * all->width, 1,
                               &answers->mean[i], &answers->deviation[i]);
        }
    }
}

double og_exam_error(const og_exam* exam, const og_proxy_candidate* candidate) {
    return exam->by_ratio ? candidate->ratio.value : candidate->rmse.value;
}

static double validation_least(const og_exam* exam) {
    double least = INFINITY;
    for (int i = 0; i < exam->lesson.count; i++) {
        least = fmin(least, exam->lesson.targets[i]);
    }
    return least;
}

// Squared errors in the unit of the metric, or of logarithms.
static double* validation_squares(og_arena* arena, const og_exam* exam, bool ratio, bool logarithm,
                                  const og_answers* answers) {
    double* squares = OG_NEW(arena, double, exam->lesson.count);
    const double floor = 0.5 * validation_least(exam);
    for (int i = 0; i < exam->lesson.count; i++) {
        const double target = exam->lesson.targets[i];
        const double answer = og_exam_unscaled(logarithm, answers->mean[i]);
        const double error =
            ratio ? log(fmin(fmax(answer, floor), 1e250) / target) : answer - target;
        // a prediction beyond all numbers is wrong, but must not hide the others
        squares[i] = fmin(error * error, 1e250);
    }
    return squares;
}

static int validation_order(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

// Mean and 95 % interval of `values`, which are sorted.
static og_proxy_error validation_interval(double value, double* values, int count) {
    qsort(values, (size_t)count, sizeof *values, validation_order);
    return (og_proxy_error){value, values[(int)(0.025 * (count - 1))],
                            values[(int)(0.975 * (count - 1))]};
}

// How often each group is in resample `sample`.
static void validation_resample(const og_exam* exam, int sample, int* times) {
    memset(times, 0, sizeof *times * (size_t)exam->group_count);
    og_random random = og_random_make(exam->seed, 0x626f6f74 + (uint64_t)sample);
    for (int g = 0; g < exam->group_count; g++) {
        times[og_random_below(&random, (uint64_t)exam->group_count)]++;
    }
}

static og_proxy_error validation_rmse(og_arena* scratch, const og_exam* exam,
                                      const double* squares) {
    const og_arena_mark mark = og_arena_here(scratch);
    const int count = exam->lesson.count;
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += squares[i] / count;
    }
    int* times = OG_NEW(scratch, int, exam->group_count);
    double* values = OG_NEW(scratch, double, VALIDATION_RESAMPLES);
    for (int s = 0; s < VALIDATION_RESAMPLES; s++) {
        validation_resample(exam, s, times);
        double drawn = 0;
        double weight = 0;
        for (int i = 0; i < count; i++) {
            drawn += times[exam->group[i]] * squares[i];
            weight += times[exam->group[i]];
        }
        values[s] = weight > 0 ? sqrt(drawn / weight) : 0;
    }
    const og_proxy_error error = validation_interval(sqrt(sum), values, VALIDATION_RESAMPLES);
    og_arena_rewind(scratch, mark);
    return error;
}

// A value with its place, for ranks.
typedef struct validation_ranked {
    double value;
    int index;
} validation_ranked;

static int validation_rank_order(const void* a, const void* b) {
    const validation_ranked* x = a;
    const validation_ranked* y = b;
    const int order = (x->value > y->value) - (x->value < y->value);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

// Ranks of `values`, equal ones sharing the middle of theirs.
static double* validation_ranks(og_arena* arena, const double* values, int count) {
    double* ranks = OG_NEW(arena, double, count);
    validation_ranked* list = OG_NEW(arena, validation_ranked, count);
    for (int i = 0; i < count; i++) {
        list[i] = (validation_ranked){values[i], i};
    }
    qsort(list, (size_t)count, sizeof *list, validation_rank_order);
    for (int begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && !(list[end].value > list[begin].value); end++) {
        }
        for (int i = begin; i < end; i++) {
            ranks[list[i].index] = 0.5 * (begin + end - 1);
        }
    }
    return ranks;
}

static double validation_correlation(const double* a, const double* b, int count) {
    const double middle = 0.5 * (count - 1);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < count; i++) {
        ab += (a[i] - middle) * (b[i] - middle);
        aa += (a[i] - middle) * (a[i] - middle);
        bb += (b[i] - middle) * (b[i] - middle);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

// Errors, as parts of the metric's size and variance, and rank correlation.
static void validation_describe(og_arena* scratch, const og_exam* exam, const og_answers* answers,
                                const double* squares, og_proxy_candidate* candidate) {
    const og_arena_mark mark = og_arena_here(scratch);
    const int count = exam->lesson.count;
    const double* targets = exam->lesson.targets;
    double mean = 0;
    double size = 0;
    for (int i = 0; i < count; i++) {
        mean += targets[i] / count;
        size += fabs(targets[i]) / count;
    }
    double variance = 0;
    double wrong = 0;
    for (int i = 0; i < count; i++) {
        variance += (targets[i] - mean) * (targets[i] - mean) / count;
        wrong += squares[i] / count;
    }
    candidate->relative = size > 0 ? candidate->rmse.value / size : NAN;
    candidate->explained = variance > 1e-26 * size * size ? 1 - wrong / variance : NAN;
    candidate->spearman =
        validation_correlation(validation_ranks(scratch, targets, count),
                               validation_ranks(scratch, answers->mean, count), count);
    og_arena_rewind(scratch, mark);
}

// Residuals in the scale learnt.
static double* validation_residuals(og_arena* arena, const og_exam* exam, bool logarithm,
                                    const og_answers* answers) {
    double* residuals = OG_NEW(arena, double, exam->lesson.count);
    for (int i = 0; i < exam->lesson.count; i++) {
        residuals[i] = og_exam_scaled(logarithm, exam->lesson.targets[i]) - answers->mean[i];
    }
    return residuals;
}

og_calibration og_exam_calibrate(og_arena* scratch, const og_exam* exam, bool logarithm,
                                 const og_answers* answers) {
    const og_arena_mark mark = og_arena_here(scratch);
    const double* residuals = validation_residuals(scratch, exam, logarithm, answers);
    const og_calibration calibration =
        og_calibration_make(scratch, residuals, answers->deviation, exam->lesson.count);
    og_arena_rewind(scratch, mark);
    return calibration;
}

// Shares of the designs of `fold` within intervals, calibrated on all others.
static void validation_cover_fold(og_arena* scratch, const og_exam* exam, const double* residuals,
                                  const double* deviations, int fold,
                                  og_proxy_candidate* candidate) {
    const og_arena_mark mark = og_arena_here(scratch);
    const int count = exam->lesson.count;
    double* others = OG_NEW(scratch, double, count);
    double* stated = OG_NEW(scratch, double, count);
    int known = 0;
    for (int i = 0; i < count; i++) {
        if (exam->fold[i] != fold) {
            others[known] = residuals[i];
            stated[known++] = deviations[i];
        }
    }
    const og_calibration calibration = og_calibration_make(scratch, others, stated, known);
    for (int i = 0; i < count; i++) {
        for (int c = 0; c < OG_PROXY_COVERAGES && exam->fold[i] == fold; c++) {
            const double size = fabs(residuals[i]);
            candidate->raw[c] += (size <= og_calibration_normal[c] * deviations[i]) / (double)count;
            candidate->calibrated[c] +=
                (size <= og_calibration_width(&calibration, deviations[i], c)) / (double)count;
        }
    }
    og_arena_rewind(scratch, mark);
}

void og_exam_run(og_arena* arena, og_workers* workers, const og_exam* exam,
                 og_proxy_candidate* candidates, int count, og_answers* answers) {
    for (int c = 0; c < count; c++) {
        answers[c].mean = OG_NEW(arena, double, exam->lesson.count);
        answers[c].deviation = OG_NEW(arena, double, exam->lesson.count);
    }
    validation_job job = {exam, candidates, answers};
    og_workers_run(workers, count * exam->folds, validation_work, &job);
    for (int c = 0; c < count; c++) {
        const og_arena_mark mark = og_arena_here(arena);
        const bool logarithm = candidates[c].logarithm;
        const double* squares = validation_squares(arena, exam, false, logarithm, &answers[c]);
        candidates[c].rmse = validation_rmse(arena, exam, squares);
        candidates[c].ratio = (og_proxy_error){NAN, NAN, NAN};
        if (validation_least(exam) > 0) {
            candidates[c].ratio = validation_rmse(
                arena, exam, validation_squares(arena, exam, true, logarithm, &answers[c]));
        }
        validation_describe(arena, exam, &answers[c], squares, &candidates[c]);
        const double* residuals = validation_residuals(arena, exam, logarithm, &answers[c]);
        for (int fold = 0; fold < exam->folds; fold++) {
            validation_cover_fold(arena, exam, residuals, answers[c].deviation, fold,
                                  &candidates[c]);
        }
        og_arena_rewind(arena, mark);
    }
}

og_proxy_error og_exam_choice(og_arena* scratch, const og_exam* exam,
                              const og_proxy_candidate* candidates, int count,
                              const og_answers* answers) {
    const og_arena_mark mark = og_arena_here(scratch);
    double* squares[2 * OG_PROXY_MODEL_COUNT];
    for (int c = 0; c < count; c++) {
        squares[c] =
            validation_squares(scratch, exam, exam->by_ratio, candidates[c].logarithm, &answers[c]);
    }
    int* times = OG_NEW(scratch, int, exam->group_count);
    double* values = OG_NEW(scratch, double, VALIDATION_RESAMPLES);
    int known = 0;
    double mean = 0;
    for (int s = 0; s < VALIDATION_RESAMPLES; s++) {
        validation_resample(exam, s, times);
        double least = INFINITY;
        double outside = 0;
        double others = 0;
        for (int c = 0; c < count; c++) {
            double inside = 0;
            double left = 0;
            others = 0;
            for (int i = 0; i < exam->lesson.count; i++) {
                const int drawn = times[exam->group[i]];
                inside += drawn * squares[c][i];
                left += drawn == 0 ? squares[c][i] : 0;
                others += drawn == 0;
            }
            outside = inside < least ? left : outside;
            least = fmin(least, inside);
        }
        if (others > 0) {
            values[known] = sqrt(outside / others);
            mean += values[known++];
        }
    }
    const og_proxy_error error = known > 0 ? validation_interval(mean / known, values, known)
                                           : (og_proxy_error){NAN, NAN, NAN};
    og_arena_rewind(scratch, mark);
    return error;
}
