/// What is known of a study that is being watched, from the trials seen so far.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/analysis.h"
#include "ogive/store.h"

/// Most objectives whose values are shown.
enum { OG_WATCH_OBJECTIVES = 4 };

/// How many trials there were at some moment, for the rate.
typedef struct og_watch_sample {
    double clock;  ///< og_clock_seconds()
    int64_t trials;
} og_watch_sample;

enum { OG_WATCH_SAMPLES = 16 };

/// One objective of a study, as people read it.
typedef struct og_watch_objective {
    const char* name;
    const char* unit;
    og_sense sense;
    double best;       ///< at the best design, NaN = none
    double reference;  ///< at the default design, NaN = not known
} og_watch_objective;

/// A study and what its trials came to. Make one with og_watch_study_make().
typedef struct og_watch_study {
    og_arena* arena;         ///< its own; ends with og_watch_study_end()
    og_study_record record;  ///< names, seed, counts and how it ended; the rest is empty
    int64_t budget;          ///< evaluations, 0 = none
    double budget_seconds;   ///< 0 = none
    int64_t seen;            ///< trials read
    int64_t accepted, broken, infeasible, failed, repeats;
    og_watch_objective objectives[OG_WATCH_OBJECTIVES];
    int objective_count;
    double loss;  ///< of the best design, INFINITY = none
    int64_t best;
    double elapsed;  ///< seconds from the study's beginning to the end of its last trial

    int64_t* steps;  ///< trials that improved the best, list: [step_count]
    double* values;  ///< the value shown (or loss) from there on, list: [step_count]
    int step_count, step_capacity;

    double* points;  ///< accepted designs in the first two objectives as people read them, shape:
                     ///< [point_count][2]; a sample where there are many
    int point_count;
    double* front;  ///< those of all trials that no other dominates, minimised, shape:
                    ///< [front_count][2]
    int front_count, front_capacity;

    og_watch_sample samples[OG_WATCH_SAMPLES];
    int sample_count;
    double changed;  ///< og_clock_seconds() when the last new trial was seen
} og_watch_study;

/// A study of which no trial was read yet.
og_watch_study* og_watch_study_make(void);

/// Free all that `study` holds.
void og_watch_study_end(og_watch_study* study);

/// True when `record` is the study that `study` watched before: the same one, with no fewer trials.
bool og_watch_study_is(const og_watch_study* study, const og_study_record* record);

/// Read what is new of `record` from `store`.
og_status og_watch_study_read(og_watch_study* study, og_store* store,
                              const og_study_record* record);

/// Trials a second: of late, or over all where only one look was taken; NaN = not known.
double og_watch_study_rate(const og_watch_study* study);

/// Seconds until the budget is used up, NaN = not known.
double og_watch_study_left(const og_watch_study* study);

/// Share of the budget that is used, in [0, 1], NaN = not known.
double og_watch_study_share(const og_watch_study* study);
