/// Analysis of a recorded study: which parameters matter, what each of their values is worth, what
/// surrounds the best design, and how the search went. From the record alone; nothing is evaluated.
///
///     const og_analysis* analysis;
///     OG_TRY(og_analysis_create(arena, &record, trials, &analysis));
///     const og_quantity time = og_analysis_objective(analysis, arena, 0);
///     const og_surrogate* surrogate = og_surrogate_fit(arena, analysis, &time, NULL);
///     og_importance importance;
///     og_surrogate_importance(surrogate, arena, &importance);
///
/// Everything is a pure function of the record and the options: the same bytes each time. All
/// results live in the arena they were made in. Trials are counted once: a design that was proposed
/// again adds nothing to any table here.
///
/// What is said of a parameter holds for the designs that were tried. A search tries what it
/// believes in, so the values of its parameters go together; means of what was tried mix the effect
/// of a value with that of its company. The surrogate takes them apart as far as the record allows.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/status.h"
#include "ogive/store.h"
#include "ogive/study.h"

/// A study opened for analysis.
typedef struct og_analysis {
    const og_study_record* record;
    const og_trial* trials;    ///< list: [record->trial_count]
    const double* objectives;  ///< in the form that is minimised (a maximised one has the other
                               ///< sign, a target is the distance from it), shape:
                               ///< [trial_count][record->objective_count]; NaN without metrics
    const int64_t* first;  ///< number of the first trial of the same design, shape: [trial_count]
    const int64_t* distinct;  ///< trials that are the first of their design, ascending, list:
                              ///< [distinct_count]
    int64_t distinct_count;
    struct og_analysis_internals* internals;
} og_analysis;

/// Open `record` with all its trials (list: [record->trial_count], in order); both must outlive the
/// analysis. Fails when the record contradicts itself (an objective or a constraint that
/// cannot be read).
og_status og_analysis_create(og_arena* arena, const og_study_record* record, const og_trial* trials,
                             const og_analysis** analysis);

/// True when a trial counts as a result: it has metrics, and all constraints on them hold.
bool og_analysis_accepted(const og_trial* trial);

/// A number per trial, which tables and importances are about.
typedef struct og_quantity {
    const char* name;      ///< of the metric, expression of the objective, or "loss"
    const char* unit;      ///< "" when there is none
    og_sense sense;        ///< what is better; OG_MINIMIZE for a metric that has no better side
    double target;         ///< OG_TARGET
    const double* values;  ///< as people read them, not negated; NaN without metrics, shape:
                           ///< [trial_count]
    double reference;      ///< at the default design; NaN when not known
} og_quantity;

/// Objective number `index` < record->objective_count.
og_quantity og_analysis_objective(const og_analysis* analysis, og_arena* arena, int index);

/// Metric number `index` < record->metric_count.
og_quantity og_analysis_metric(const og_analysis* analysis, og_arena* arena, int index);

/// What the study was led by: its only objective, or the loss that stands for several.
og_quantity og_analysis_loss(const og_analysis* analysis, og_arena* arena);

/// The quantity `name`: a metric, or the expression of an objective. Unknown: OG_ERROR_NAME with
/// the nearest one.
og_status og_analysis_quantity(const og_analysis* analysis, og_arena* arena, const char* name,
                               og_quantity* quantity);

/// True when value `a` of the quantity is better than `b`; no NaN is better than anything.
bool og_quantity_better(const og_quantity* quantity, double a, double b);

/// At most `most` trials to draw of distinct_count: all of them where they fit; else the accepted
/// ones that no other dominates (thinned where even they are too many), then a uniform draw of the
/// others. Ascending (list: [*count]).
const int64_t* og_analysis_sample(const og_analysis* analysis, og_arena* arena, int64_t most,
                                  int64_t* count);

// Importances

/// How a surrogate is fitted; 0 stands for the default everywhere.
typedef struct og_surrogate_options {
    int64_t rows;   ///< most designs it is fitted to, drawn uniformly; at most 5,000, default 2,000
    int trees;      ///< default 30
    uint64_t seed;  ///< of the draw and of the forest; default 1
} og_surrogate_options;

/// A regression forest over the whole space, fitted to the designs with metrics. Constraints and
/// conditions of the space are not part of it: its means are over all combinations of values, of
/// choices only those that were tried. Where the record holds every combination, it is one tree
/// that reproduces them exactly.
typedef struct og_surrogate {
    const og_analysis* analysis;
    og_quantity quantity;
    int64_t rows;       ///< designs that it is fitted to
    int64_t available;  ///< designs with metrics; more than `rows` when they were sampled
    double explained;   ///< share of the variance of designs that it has not seen which it predicts
                        ///< (out of bag); 1 = all, <= 0 = it knows nothing. NaN when all are equal
    struct og_surrogate_internals* internals;
} og_surrogate;

/// Fit a surrogate of `quantity`; options NULL = defaults. NULL when no design has metrics.
const og_surrogate* og_surrogate_fit(og_arena* arena, const og_analysis* analysis,
                                     const og_quantity* quantity,
                                     const og_surrogate_options* options);

/// Mean over the trees for design x (shape: [space.count]); NaN for a choice that none of its
/// designs has.
double og_surrogate_predict(const og_surrogate* surrogate, og_arena* scratch, const double* x);

/// Shares of the variance of a quantity over the whole space (functional analysis of variance:
/// Hutter, Hoos and Leyton-Brown, ICML 2014), exact for the surrogate's trees, the mean over them.
/// Of a quantity that never changes all are 0.
typedef struct og_importance {
    int width;      ///< parameters of the record's space
    double* alone;  ///< main effect of each parameter, shape: [width]
    double* pairs;  ///< beyond the main effects, shape: [width][width], symmetric, diagonal 0
    double* total;  ///< alone and in pairs with any other, shape: [width]; they add to more than 1
    double rest;    ///< of three parameters and more together: 1 - all that is in alone and pairs
    int* order;     ///< parameters by `total`, the most important first, shape: [width]
} og_importance;

void og_surrogate_importance(const og_surrogate* surrogate, og_arena* arena,
                             og_importance* importance);

/// Which parameters decide whether a design is among the best (PED-ANOVA: Watanabe, Bansal and
/// Hutter, IJCAI 2023): for each parameter the Pearson divergence between its values in the best
/// designs and in all, which is the variance over its values of the chance to be among the best.
/// Densities are counts, in at most 16 parts for parameters of many values. What such counts differ
/// by chance alone is subtracted (as in the adjusted coefficient of determination), so that a
/// parameter without influence is near 0 however many values it has.
///
/// A design is as good as few others dominate it in the objectives (Fonseca and Fleming, ICGA
/// 1993); with one objective that is its rank. Of two that break constraints the one that does so
/// less is better; designs without metrics are the worst. Computed on at most 5,000 designs.
typedef struct og_best_importance {
    int width;
    double* share;  ///< of the variance of being among the best, explained by each parameter alone,
                    ///< in [0, 1], shape: [width]
    double* parts;  ///< the same as parts of 1, or all 0, shape: [width]
    int* order;     ///< parameters by share, the most important first, shape: [width]
    int64_t rows;   ///< designs looked at
    int64_t available;  ///< designs there are
    int64_t best;       ///< of rows: those called the best; more than asked for when there are ties
} og_best_importance;

/// Importances for being among the best `quantile` in (0, 1) of designs, commonly 0.1.
void og_analysis_best_importance(const og_analysis* analysis, og_arena* arena, double quantile,
                                 og_best_importance* importance);

// Effects

/// One value of a parameter, or one range of values where there are too many to show each.
typedef struct og_level {
    double low, high;  ///< values covered: equal for a single value, which all choices are
    int64_t tried;     ///< designs
    int64_t count;     ///< of them: accepted
    double mean;       ///< of the quantity in them; NaN without any, as are the next four
    double deviation;  ///< standard deviation, NaN with fewer than two
    double least, most;
    int64_t best;            ///< trial number of the best of them, -1 = none
    double marginal;         ///< mean of the surrogate over the whole space with this value (in a
                             ///< range: with its middle one); NaN without surrogate
    double marginal_spread;  ///< its standard deviation across trees
} og_level;

/// What each value of one parameter is worth.
typedef struct og_effect {
    int parameter;
    int count;         ///< values that were tried, or ranges
    og_level* levels;  ///< ascending, list: [count]; choices in order of their table
    double span;       ///< largest less smallest marginal (without surrogate: mean)
} og_effect;

/// Most levels of an effect; parameters with more values are shown in so many ranges of about
/// equally many designs each.
enum { OG_EFFECT_LEVELS = 32 };

/// The effect of parameter `parameter` on `quantity` over accepted designs; with `surrogate` (of
/// the same quantity, or NULL) also its marginals.
void og_analysis_effect(const og_analysis* analysis, og_arena* arena, const og_quantity* quantity,
                        const og_surrogate* surrogate, int parameter, og_effect* effect);

/// One cell of an interaction.
typedef struct og_cell {
    int64_t count;    ///< accepted designs with both values
    double mean;      ///< of the quantity in them, NaN without any
    int64_t best;     ///< trial number of the best of them, -1 = none
    double marginal;  ///< mean of the surrogate over the whole space with both values (in a
                      ///< range: with its middle one); NaN without surrogate
    double joint;     ///< of it what is not the sum of two effects: marginal - mean of its row -
                      ///< mean of its column + mean, all cells weighing equally
} og_cell;

/// What two parameters do together. Values in ranges where there are more than
/// OG_INTERACTION_LEVELS.
typedef struct og_interaction {
    og_effect rows, columns;  ///< one parameter each; levels without marginals
    og_cell* cells;           ///< shape: [rows.count][columns.count]
} og_interaction;

/// Most rows and columns of an interaction.
enum { OG_INTERACTION_LEVELS = 12 };

/// The interaction of parameters `row` and `column`, which differ.
void og_analysis_interaction(const og_analysis* analysis, og_arena* arena,
                             const og_quantity* quantity, const og_surrogate* surrogate, int row,
                             int column, og_interaction* interaction);

// The neighbourhood of a design

/// What is known of a neighbour.
typedef enum og_neighbour_state {
    OG_NEIGHBOUR_KNOWN,      ///< its metrics (or why it has none) are there
    OG_NEIGHBOUR_OPEN,       ///< it is not in the record: evaluate it
    OG_NEIGHBOUR_FORBIDDEN,  ///< the space does not allow this value with the others
} og_neighbour_state;

/// A design that differs from another one in one parameter. Parameters that no longer exist with
/// the new value have their initial ones.
typedef struct og_neighbour {
    int parameter;
    double value;     ///< of that parameter
    const double* x;  ///< the whole design, shape: [space.count]
    og_neighbour_state state;
    int64_t trial;             ///< that it was recorded as, -1 = none
    og_outcome outcome;        ///< of a known one, as are all that follow
    const char* reason;        ///< why it has no metrics, else ""
    const double* y;           ///< shape: [metric_count]
    const double* objectives;  ///< as in og_analysis, shape: [objective_count]
    double loss;               ///< as a trial's
    double violation;
} og_neighbour;

/// All one-parameter neighbours of a design.
typedef struct og_neighbourhood {
    const og_analysis* analysis;
    og_neighbour center;       ///< the design itself; parameter -1
    og_neighbour* neighbours;  ///< by parameter, then by value, list: [count]
    int count;
    int open;           ///< of them: to be evaluated
    const double* x;    ///< those designs, shape: [open][space.count]
    int* open_indices;  ///< their places in neighbours, list: [open]
} og_neighbourhood;

/// Most values of one parameter that are looked at: of parameters with more, the next ones up and
/// down and others evenly spread over the range.
enum { OG_NEIGHBOURHOOD_LEVELS = 16 };

/// The neighbourhood of trial `trial`, commonly record->best. Fails when the recorded space cannot
/// be compiled.
og_status og_analysis_neighbourhood(const og_analysis* analysis, og_arena* arena, int64_t trial,
                                    og_neighbourhood* neighbourhood);

/// Fill in what evaluating `neighbourhood->x` gave: trials (list: [open]) as og_study_evaluate()
/// made them, with the metrics of the environment; derived metrics, objectives and violations are
/// computed here. A design whose trial has no `x` (NULL) was not evaluated and stays open. Fails
/// when the recorded plan cannot be read.
og_status og_neighbourhood_fill(og_neighbourhood* neighbourhood, og_arena* arena,
                                const og_trial* trials);

// The course of the search

/// A curve over evaluations: the value holds from its trial until the next one.
typedef struct og_course {
    int64_t count;
    int64_t* trials;  ///< numbers, ascending, list: [count]
    double* values;   ///< list: [count]
} og_course;

/// The best value of `quantity` so far among accepted trials, at every trial that changes it.
void og_analysis_best_so_far(const og_analysis* analysis, og_arena* arena,
                             const og_quantity* quantity, og_course* course);

/// The accepted trials that no other one dominates in the objectives, one of each design, ascending
/// (list: [*count]).
const int64_t* og_analysis_front(const og_analysis* analysis, og_arena* arena, int64_t* count);

/// The box that hypervolumes of several studies of one task can share: `ideal` and `worst` (shapes:
/// [objective_count], in the form that is minimised) receive the least value of each objective over
/// the fronts of all `analyses` (list: [count]), and the largest over these fronts and the default
/// designs, moved outwards by a tenth of the span. Returns false when nothing was accepted.
bool og_analysis_box(const og_analysis* const* analyses, int count, og_arena* arena, double* ideal,
                     double* worst);

/// The share of the box between `ideal` and `worst` that the accepted trials so far dominate, at no
/// more than `points` >= 2 trials, spaced evenly in the logarithm, the last one among them. At most
/// OG_HYPERVOLUME_DIMENSIONS objectives.
void og_analysis_hypervolume(const og_analysis* analysis, og_arena* arena, const double* ideal,
                             const double* worst, int points, og_course* course);
