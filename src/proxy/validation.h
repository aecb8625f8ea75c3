/// Cross-validation: what each model says of designs that it has not seen, and how wrong that is.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/proxy.h"
#include "ogive/workers.h"
#include "proxy/calibration.h"
#include "proxy/learner.h"

/// One metric to be validated: all designs that have it.
typedef struct og_exam {
    og_lesson lesson;  ///< targets are the metric
    const int* group;  ///< of each row, in [0, group_count), shape: [lesson.count]
    const int* fold;   ///< likewise, in [0, folds)
    int group_count;
    int folds;
    uint64_t seed;
    bool by_ratio;  ///< candidates are chosen by ratio
} og_exam;

/// Answers of one candidate to held-out rows, in the scale that it learnt.
typedef struct og_answers {
    double* mean;       ///< shape: [count]
    double* deviation;  ///< shape: [count]
} og_answers;

/// True when all targets are positive and the largest is at least twice the smallest.
bool og_exam_wide(const og_exam* exam);

/// The candidates for an exam, in order of simplicity (list: [*count]): `only`, or with
/// OG_PROXY_MODEL_COUNT every model that takes the rows, with and without logarithm where targets
/// are wide.
og_proxy_candidate* og_exam_candidates(og_arena* arena, const og_exam* exam, og_proxy_model only,
                                       int* count);

/// The target in the scale that a candidate learns, and back.
double og_exam_scaled(bool logarithm, double target);
double og_exam_unscaled(bool logarithm, double scaled);

/// Let all candidates (list: [count]) answer, and fill in their errors and coverages; answers
/// (list: [count]) in `arena`.
void og_exam_run(og_arena* arena, og_workers* workers, const og_exam* exam,
                 og_proxy_candidate* candidates, int count, og_answers* answers);

/// By what the candidates are chosen: the error of one of them.
double og_exam_error(const og_exam* exam, const og_proxy_candidate* candidate);

/// The error of choosing among the candidates (list: [count]) by their answers; see
/// og_proxy_learnt.
og_proxy_error og_exam_choice(og_arena* scratch, const og_exam* exam,
                              const og_proxy_candidate* candidates, int count,
                              const og_answers* answers);

/// Calibration of a candidate on all its answers.
og_calibration og_exam_calibrate(og_arena* scratch, const og_exam* exam, bool logarithm,
                                 const og_answers* answers);
