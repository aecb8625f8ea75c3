// From trials to a proxy: designs, folds, examination, choice.

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "proxy/feasibility.h"
#include "proxy/internals.h"
#include "proxy/validation.h"

enum { FIT_DESIGNS = 2000, FIT_FOLDS = 5 };

// What is being fitted.
typedef struct fit_task {
    og_arena* arena;
    og_workers* workers;
    const og_proxy_options* options;  // with defaults filled in
    og_proxy_model only;              // OG_PROXY_MODEL_COUNT = all
    og_proxy* proxy;
    og_proxy_designs designs;
    og_exam exam;  // of the designs with metrics; without targets
} fit_task;

static og_status fit_options(const og_proxy_options* given, og_proxy_options* options,
                             og_proxy_model* only) {
    *options = given != NULL ? *given : (og_proxy_options){0};
    options->designs = options->designs > 0 ? options->designs : FIT_DESIGNS;
    options->folds = options->folds > 0 ? options->folds : FIT_FOLDS;
    options->jobs = options->jobs > 0 ? options->jobs : og_workers_available();
    options->seed = options->seed > 0 ? options->seed : 1;
    if (options->designs < OG_PROXY_LEAST || options->designs > OG_PROXY_MOST_DESIGNS) {
        return og_fail(OG_ERROR_VALUE, "designs: %d, allowed: %d .. %d", options->designs,
                       OG_PROXY_LEAST, OG_PROXY_MOST_DESIGNS);
    }
    if (options->folds < 2 || options->folds > OG_PROXY_LEAST) {
        return og_fail(OG_ERROR_VALUE, "folds: %d, allowed: 2 .. %d", options->folds,
                       OG_PROXY_LEAST);
    }
    *only = OG_PROXY_MODEL_COUNT;
    for (int m = 0; m < OG_PROXY_MODEL_COUNT && options->model != NULL; m++) {
        if (strcmp(options->model, og_proxy_model_names[m]) == 0) {
            *only = (og_proxy_model)m;
        }
    }
    if (options->model != NULL && *only == OG_PROXY_MODEL_COUNT) {
        const char* nearest =
            og_text_nearest(options->model, og_proxy_model_names, OG_PROXY_MODEL_COUNT);
        return og_fail(OG_ERROR_NAME,
                       "no model '%s', allowed: ridge, ridge_pairs, forest, boosting, "
                       "gaussian_process, net%s%s%s",
                       options->model, nearest ? "; did you mean " : "", nearest ? nearest : "",
                       nearest ? "?" : "");
    }
    return OG_OK;
}

// The exam of all designs with metrics, their groups numbered anew.
static void fit_exam(fit_task* task) {
    const og_proxy_designs* designs = &task->designs;
    const og_rows rows = og_rows_make(task->arena, task->proxy->space);
    og_exam* exam = &task->exam;
    *exam = (og_exam){.lesson = {.columns = rows.columns, .width = task->proxy->space->count},
                      .folds = task->options->folds,
                      .seed = task->options->seed};
    exam->lesson.rows = og_proxy_rows(task->arena, &rows, designs->x, designs->feasible,
                                      designs->count, &exam->lesson.count);
    int* number = OG_NEW(task->arena, int, designs->group_count);
    int* group = OG_NEW(task->arena, int, exam->lesson.count);
    int row = 0;
    for (int i = 0; i < designs->count; i++) {
        if (designs->feasible[i]) {
            int* found = &number[designs->group[i]];
            *found = *found > 0 ? *found : ++exam->group_count;
            group[row++] = *found - 1;
        }
    }
    exam->group = group;
    int* fold = OG_NEW(task->arena, int, exam->lesson.count);
    if (exam->group_count > 0) {
        og_proxy_fold(task->arena, group, exam->lesson.count, exam->group_count, exam->folds,
                      exam->seed, fold);
    }
    exam->fold = fold;
}

static og_status fit_count(const fit_task* task) {
    const int64_t groups = task->exam.group_count;
    if (groups >= OG_PROXY_LEAST) {
        return OG_OK;
    }
    return og_fail(OG_ERROR_VALUE,
                   "%" PRId64
                   " of %d distinct designs can be told apart by their metrics, at "
                   "least %d are needed to learn a proxy and to test it",
                   groups, task->exam.lesson.count, OG_PROXY_LEAST);
}

// One metric of all designs that have it.
static double* fit_targets(const fit_task* task, int metric) {
    const og_proxy_designs* designs = &task->designs;
    double* targets = OG_NEW(task->arena, double, task->exam.lesson.count);
    int row = 0;
    for (int i = 0; i < designs->count; i++) {
        if (designs->feasible[i]) {
            targets[row++] = designs->y[(long)i * designs->metric_count + metric];
        }
    }
    return targets;
}

static og_status fit_metric(fit_task* task, int metric, og_proxy_learnt* learnt) {
    og_exam exam = task->exam;
    double* targets = fit_targets(task, metric);
    exam.lesson.targets = targets;
    exam.by_ratio = !task->options->absolute && og_exam_wide(&exam);
    learnt->by_ratio = exam.by_ratio;
    og_proxy_candidate* candidates =
        og_exam_candidates(task->arena, &exam, task->only, &learnt->candidate_count);
    if (learnt->candidate_count == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "model %s does not take %d parameters with that many levels; forest and "
                       "boosting do",
                       task->options->model, exam.lesson.width);
    }
    og_answers answers[2 * OG_PROXY_MODEL_COUNT];
    og_exam_run(task->arena, task->workers, &exam, candidates, learnt->candidate_count, answers);
    learnt->candidates = candidates;
    for (int c = 1; c < learnt->candidate_count; c++) {
        const bool less = og_exam_error(&exam, &candidates[c]) <
                          og_exam_error(&exam, &candidates[learnt->chosen]);
        learnt->chosen = less ? c : learnt->chosen;
    }
    const og_proxy_candidate* chosen = &candidates[learnt->chosen];
    learnt->error =
        og_exam_choice(task->arena, &exam, candidates, learnt->candidate_count, answers);
    og_proxy_part* part = &task->proxy->internals->parts[metric];
    part->model = chosen->model;
    part->logarithm = chosen->logarithm;
    part->calibration =
        og_exam_calibrate(task->arena, &exam, chosen->logarithm, &answers[learnt->chosen]);
    for (int i = 0; i < exam.lesson.count; i++) {
        targets[i] = og_exam_scaled(chosen->logarithm, targets[i]);
    }
    part->numbers = og_learner_numbers(
        og_learner_fit(task->arena, part->model, &exam.lesson, task->options->seed));
    return OG_OK;
}

static void fit_feasibility(fit_task* task) {
    const og_proxy_designs* designs = &task->designs;
    og_exam exam = task->exam;
    const og_rows rows = og_rows_make(task->arena, task->proxy->space);
    exam.lesson.rows =
        og_proxy_rows(task->arena, &rows, designs->x, NULL, designs->count, &exam.lesson.count);
    double* targets = OG_NEW(task->arena, double, designs->count);
    int* fold = OG_NEW(task->arena, int, designs->count);
    for (int i = 0; i < designs->count; i++) {
        targets[i] = designs->feasible[i];
    }
    og_proxy_fold(task->arena, designs->group, designs->count, designs->group_count, exam.folds,
                  exam.seed, fold);
    exam.lesson.targets = targets;
    exam.fold = fold;
    exam.group = designs->group;
    exam.group_count = designs->group_count;
    task->proxy->feasibility = og_feasibility_judge(task->arena, task->workers, &exam);
}

static og_status fit_run(fit_task* task, const og_proxy_data* data) {
    og_proxy* proxy = task->proxy;
    OG_TRY(og_proxy_designs_make(task->arena, proxy->space, data, task->options->designs,
                                 task->options->seed, &task->designs));
    fit_exam(task);
    OG_TRY(fit_count(task));
    og_proxy_learnt* metrics = OG_NEW(task->arena, og_proxy_learnt, data->metric_count);
    proxy->internals = OG_NEW(task->arena, struct og_proxy_internals, 1);
    *proxy->internals = (struct og_proxy_internals){
        .count = task->designs.count,
        .x = task->designs.x,
        .y = task->designs.y,
        .feasible = task->designs.feasible,
        .seed = task->options->seed,
        .parts = OG_NEW(task->arena, og_proxy_part, data->metric_count),
    };
    proxy->distinct = task->designs.distinct;
    proxy->designs = task->designs.count;
    proxy->groups = task->exam.group_count;
    proxy->metrics = metrics;
    proxy->metric_count = data->metric_count;
    for (int m = 0; m < data->metric_count; m++) {
        metrics[m].metric = data->metrics[m];
        OG_TRY(fit_metric(task, m, &metrics[m]));
    }
    fit_feasibility(task);
    og_proxy_build(task->arena, proxy);
    return OG_OK;
}

og_status og_proxy_fit(og_arena* arena, const og_proxy_data* data, const og_proxy_options* given,
                       const og_proxy** fitted) {
    og_proxy_options options;
    fit_task task = {.arena = arena, .options = &options};
    OG_TRY(fit_options(given, &options, &task.only));
    og_proxy* proxy = OG_NEW(arena, og_proxy, 1);
    *proxy = (og_proxy){
        .table = data->space,
        .environment = data->environment,
        .identity = data->identity,
        .studies = data->studies,
        .study_count = data->study_count,
        .trials = data->count,
    };
    OG_TRY(og_space_create(arena, &proxy->table, &proxy->space));
    task.proxy = proxy;
    og_arena* threads = og_arena_create();
    og_status status = og_workers_create(threads, options.jobs, &task.workers);
    if (status == OG_OK) {
        status = fit_run(&task, data);
        og_workers_destroy(task.workers);
    }
    og_arena_destroy(threads);
    *fitted = proxy;
    return status;
}
