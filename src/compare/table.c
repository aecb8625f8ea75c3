#include "compare/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/hypervolume.h"
#include "ogive/text.h"

enum { TABLE_STEPS_PER_DECADE = 16, TABLE_RESAMPLES = 2000, TABLE_BOOTSTRAP_STREAM = 21 };

static const double table_confidence = 0.95;

// What the tables are made from.
typedef struct table_source {
    og_arena* arena;
    og_arena* scratch;
    const og_jobs* jobs;
    const og_compare_plan* plan;
    const og_task* task;
    int environment, width;
    const og_sample* sample;
    const double* corner;  // reference of hypervolumes, to be minimised
    double optimum;        // to be minimised
    double scale;          // regret is divided by it
} table_source;

static const og_job* table_job(const table_source* source, og_job_kind kind, int from) {
    for (int i = from; i < source->jobs->count; i++) {
        const og_job* job = &source->jobs->list[i];
        if (job->kind == kind && job->environment == source->environment) {
            return job;
        }
    }
    return NULL;
}

// Improvements of a curve within the first `evaluations`.
static int64_t table_points(const og_compare_curve* curve, int64_t evaluations) {
    int64_t count = 0;
    while (count < curve->count && curve->at[count] <= evaluations) {
        count++;
    }
    return count;
}

// What was reached within `evaluations`, to be minimised: the objective, or minus the hypervolume.
static double table_value(const table_source* source, const og_compare_curve* curve,
                          int64_t evaluations) {
    const int64_t count = table_points(curve, evaluations);
    if (source->width > 1) {
        return -og_hypervolume(source->scratch, curve->values, count, source->width,
                               source->corner);
    }
    return count > 0 ? curve->values[count - 1] : INFINITY;
}

static double table_sign(const table_source* source, int objective) {
    return source->task->problem->objectives[objective].sense == OG_MAXIMIZE ? -1 : 1;
}

// A value to be minimised in the sense of its objective, and back.
static double table_own(const table_source* source, double value) {
    return source->width > 1 ? -value : table_sign(source, 0) * value;
}

static const double* table_corner(const table_source* source) {
    const double* given = source->task->environment->reference;
    double* corner = OG_NEW(source->arena, double, source->width);
    for (int i = 0; i < source->width; i++) {
        corner[i] = given ? table_sign(source, i) * given[i] : source->sample->worst[i];
    }
    return corner;
}

// The best of one job; of several objectives all its points join `points`.
static void table_best_of(const og_job* job, int width, double* best, double* points,
                          int64_t* count) {
    const og_compare_curve* curve = &job->curve;
    if (width == 1) {
        *best = curve->count > 0 ? fmin(*best, curve->values[curve->count - 1]) : *best;
        return;
    }
    memcpy(points + *count * width, curve->values, (size_t)(curve->count * width) * sizeof *points);
    *count += curve->count;
}

static double table_best(const table_source* source, bool parts_only) {
    const og_arena_mark mark = og_arena_here(source->scratch);
    int64_t room = 0;
    for (int i = 0; i < source->jobs->count; i++) {
        room += source->jobs->list[i].curve.count;
    }
    double* points = OG_NEW(source->scratch, double, source->width > 1 ? room * source->width : 0);
    int64_t count = 0;
    double best = INFINITY;
    for (int i = 0; i < source->jobs->count; i++) {
        const og_job* job = &source->jobs->list[i];
        const bool counts = job->kind == OG_JOB_ENUMERATE || !parts_only;
        if (job->environment == source->environment && counts) {
            table_best_of(job, source->width, &best, points, &count);
        }
    }
    if (source->width > 1) {
        best = -og_hypervolume(source->scratch, points, count, source->width, source->corner);
    }
    og_arena_rewind(source->scratch, mark);
    return best;
}

// What regret is divided by: the gap of a median random design, `median`. Of a hypervolume, which
// falls short by a share of itself, the whole. Without either, regret stays what it is.
static double table_scale(const table_source* source, double median) {
    const double scale = source->width > 1 ? -source->optimum : median - source->optimum;
    return isfinite(scale) && scale > 0 ? scale : 1;
}

static void table_optimum(table_source* source, og_compare_table* table) {
    const og_compare_environment* environment = source->task->environment;
    table->optimum_kind = environment->optimum;
    switch (environment->optimum) {
    case OG_OPTIMUM_GIVEN: source->optimum = table_own(source, environment->optimum_value); break;
    case OG_OPTIMUM_EXHAUSTIVE: source->optimum = table_best(source, true); break;
    case OG_OPTIMUM_BEST_KNOWN: source->optimum = table_best(source, false); break;
    }
    table->optimum = table_own(source, source->optimum);
    const double median = source->sample->accepted > 0 ? source->sample->median : NAN;
    source->scale = table_scale(source, median);
}

static void table_random(const table_source* source, og_compare_table* table) {
    const og_sample* sample = source->sample;
    table->random_share = (double)sample->accepted / (double)sample->count;
    table->random_median = table_own(source, sample->median);
    table->random_mean = table_own(source, sample->mean);
    if (source->width > 1) {
        const double value = table_value(source, &sample->curve, sample->count);
        table->random_median = table->random_mean = table_own(source, value);
        double* reference = OG_NEW(source->arena, double, source->width);
        for (int i = 0; i < source->width; i++) {
            reference[i] = table_sign(source, i) * source->corner[i];
        }
        table->reference = reference;
    }
}

static double table_regret(const table_source* source, double value) {
    if (value == INFINITY) {
        return INFINITY;  // none found, also where nobody has found any
    }
    return value == source->optimum ? 0 : (value - source->optimum) / source->scale;
}

static size_t table_at(const table_source* source, int agent, int seed, int budget) {
    const og_compare_plan* plan = source->plan;
    return ((size_t)agent * (size_t)plan->seed_count + (size_t)seed) * (size_t)plan->budget_count +
           (size_t)budget;
}

static void table_fill(const table_source* source, og_compare_table* table) {
    const og_compare_plan* plan = source->plan;
    const int runs = plan->agent_count * plan->seed_count;
    og_compare_curve* curves = OG_NEW(source->arena, og_compare_curve, runs);
    double* values = OG_NEW(source->arena, double, runs * plan->budget_count);
    double* regrets = OG_NEW(source->arena, double, runs * plan->budget_count);
    for (int i = 0; i < source->jobs->count; i++) {
        const og_job* job = &source->jobs->list[i];
        if (job->kind != OG_JOB_RUN || job->environment != source->environment) {
            continue;
        }
        curves[job->agent * plan->seed_count + job->seed] = job->curve;
        for (int b = 0; b < plan->budget_count; b++) {
            const size_t at = table_at(source, job->agent, job->seed, b);
            values[at] = table_value(source, &job->curve, plan->budgets[b]);
            regrets[at] = table_regret(source, values[at]);
        }
    }
    table->curves = curves;
    table->values = values;
    table->regrets = regrets;
}

// Numbers of one agent at one budget over the seeds, into `out` (list: [seed_count]).
static void table_column(const table_source* source, const double* from, int agent, int budget,
                         double* out) {
    for (int s = 0; s < source->plan->seed_count; s++) {
        out[s] = from[table_at(source, agent, s, budget)];
    }
}

static og_quartiles table_own_quartiles(const table_source* source, og_quartiles q) {
    if (table_own(source, 1) > 0) {
        return q;
    }
    return (og_quartiles){-q.high, -q.median, -q.low, -q.mean};
}

static double table_improvement(const table_source* source, const og_compare_table* table,
                                double mean) {
    const double random = table_own(source, table->random_mean);
    return 100 * (random - mean) / fabs(random);
}

static void table_cell(const table_source* source, const og_compare_table* table, int agent,
                       int budget, og_compare_cell* cell) {
    const int count = source->plan->seed_count;
    const og_arena_mark mark = og_arena_here(source->scratch);
    double* column = OG_NEW(source->scratch, double, count);
    table_column(source, table->values, agent, budget, column);
    const og_quartiles value = og_quartiles_of(source->scratch, column, count);
    cell->value = table_own_quartiles(source, value);
    cell->improvement = table_improvement(source, table, value.mean);
    for (int i = 0; i < count; i++) {
        column[i] = column[i] == source->optimum ? 0 : column[i] - source->optimum;
    }
    cell->raw = og_quartiles_of(source->scratch, column, count);
    table_column(source, table->regrets, agent, budget, column);
    cell->regret = og_quartiles_of(source->scratch, column, count);
    og_random random = og_random_make(0, TABLE_BOOTSTRAP_STREAM);
    og_bootstrap_median(source->scratch, column, count, TABLE_RESAMPLES, table_confidence, &random,
                        &cell->regret_low, &cell->regret_high);
    for (int i = 0; i < count; i++) {
        cell->hits += column[i] <= source->plan->tolerance;
    }
    cell->hits /= count;
    og_arena_rewind(source->scratch, mark);
}

// Mean ranks of the agents at one budget, over the seeds.
static void table_cell_ranks(const table_source* source, const og_compare_table* table, int budget,
                             og_compare_cell* cells) {
    const og_compare_plan* plan = source->plan;
    if (plan->agent_count < 2) {
        cells[budget].rank = 1;
        return;
    }
    const og_arena_mark mark = og_arena_here(source->scratch);
    double* values = OG_NEW(source->scratch, double, plan->seed_count * plan->agent_count);
    double* ranks = OG_NEW(source->scratch, double, plan->agent_count);
    for (int s = 0; s < plan->seed_count; s++) {
        for (int a = 0; a < plan->agent_count; a++) {
            values[s * plan->agent_count + a] = table->values[table_at(source, a, s, budget)];
        }
    }
    og_friedman(source->scratch, values, plan->seed_count, plan->agent_count, ranks);
    for (int a = 0; a < plan->agent_count; a++) {
        cells[a * plan->budget_count + budget].rank = ranks[a];
    }
    og_arena_rewind(source->scratch, mark);
}

static int table_versus(const og_compare_plan* plan, const og_compare_cell* cells) {
    int best = 0;
    for (int a = 0; a < plan->agent_count; a++) {
        if (plan->versus && strcmp(plan->versus, plan->agents[a].label) == 0) {
            return a;
        }
        const og_compare_cell* own = &cells[(a + 1) * plan->budget_count - 1];
        best = own->rank < cells[(best + 1) * plan->budget_count - 1].rank ? a : best;
    }
    return best;
}

// Effects and tests of all agents against one, at one budget.
static void table_tests(const table_source* source, const og_compare_table* table, int budget,
                        og_compare_cell* cells) {
    const og_compare_plan* plan = source->plan;
    const og_arena_mark mark = og_arena_here(source->scratch);
    double* own = OG_NEW(source->scratch, double, plan->seed_count);
    double* other = OG_NEW(source->scratch, double, plan->seed_count);
    double* p = OG_NEW(source->scratch, double, plan->agent_count);
    table_column(source, table->values, table->versus, budget, other);
    for (int a = 0; a < plan->agent_count; a++) {
        og_compare_cell* cell = &cells[a * plan->budget_count + budget];
        table_column(source, table->values, a, budget, own);
        cell->effect = og_vargha_delaney(own, plan->seed_count, other, plan->seed_count);
        p[a] =
            a == table->versus ? NAN : og_wilcoxon(source->scratch, own, other, plan->seed_count).p;
    }
    og_holm(source->scratch, p, plan->agent_count);
    for (int a = 0; a < plan->agent_count; a++) {
        cells[a * plan->budget_count + budget].p = p[a];
    }
    og_arena_rewind(source->scratch, mark);
}

static void table_cells(const table_source* source, og_compare_table* table) {
    const og_compare_plan* plan = source->plan;
    og_compare_cell* cells =
        OG_NEW(source->arena, og_compare_cell, plan->agent_count * plan->budget_count);
    for (int b = 0; b < plan->budget_count; b++) {
        for (int a = 0; a < plan->agent_count; a++) {
            table_cell(source, table, a, b, &cells[a * plan->budget_count + b]);
        }
        table_cell_ranks(source, table, b, cells);
    }
    table->versus = table_versus(plan, cells);
    for (int b = 0; b < plan->budget_count; b++) {
        table_tests(source, table, b, cells);
    }
    table->cells = cells;
}

static void table_times(const table_source* source, og_compare_table* table) {
    const og_compare_plan* plan = source->plan;
    double* agent_seconds = OG_NEW(source->arena, double, plan->agent_count);
    double seconds = 0;
    for (int i = 0; i < source->jobs->count; i++) {
        const og_job* job = &source->jobs->list[i];
        if (job->environment == source->environment) {
            seconds += job->curve.simulator_seconds;
            table->simulated += job->curve.simulated;
        }
    }
    for (int a = 0; a < plan->agent_count; a++) {
        double own = 0;
        double evaluations = 0;
        for (int s = 0; s < plan->seed_count; s++) {
            const og_compare_curve* curve = &table->curves[a * plan->seed_count + s];
            own += curve->agent_seconds;
            evaluations += (double)curve->evaluations;
        }
        agent_seconds[a] = evaluations > 0 ? own / evaluations : NAN;
    }
    table->agent_seconds = agent_seconds;
    table->simulator_seconds = table->simulated > 0 ? seconds / (double)table->simulated : NAN;
}

static void table_steps(const table_source* source, og_compare_table* table) {
    const int64_t last = source->plan->budgets[source->plan->budget_count - 1];
    int64_t* steps =
        OG_NEW(source->arena, int64_t,
               (int)(log10((double)last) * TABLE_STEPS_PER_DECADE) + TABLE_STEPS_PER_DECADE);
    int count = 0;
    for (int i = 0;; i++) {
        const int64_t step = llround(pow(10, (double)i / TABLE_STEPS_PER_DECADE));
        if (step >= last) {
            break;
        }
        if (count == 0 || step > steps[count - 1]) {
            steps[count++] = step;
        }
    }
    steps[count++] = last;
    table->steps = steps;
    table->step_count = count;
}

static void table_convergence(const table_source* source, og_compare_table* table) {
    const og_compare_plan* plan = source->plan;
    table_steps(source, table);
    og_quartiles* convergence =
        OG_NEW(source->arena, og_quartiles, plan->agent_count * table->step_count);
    double* regrets = OG_NEW(source->scratch, double, plan->seed_count);
    for (int a = 0; a < plan->agent_count; a++) {
        for (int i = 0; i < table->step_count; i++) {
            for (int s = 0; s < plan->seed_count; s++) {
                const og_compare_curve* curve = &table->curves[a * plan->seed_count + s];
                regrets[s] = table_regret(source, table_value(source, curve, table->steps[i]));
            }
            convergence[a * table->step_count + i] =
                og_quartiles_of(source->scratch, regrets, plan->seed_count);
        }
    }
    table->convergence = convergence;
}

static const char* table_objective(const table_source* source) {
    const og_problem* problem = source->task->problem;
    if (source->width == 1) {
        return og_text_format(source->arena, "%s", problem->objective_texts[0]);
    }
    og_buffer text = {.arena = source->arena};
    og_buffer_print(&text, "hypervolume of ");
    for (int i = 0; i < source->width; i++) {
        og_buffer_print(&text, "%s%s", i ? ", " : "", problem->objective_texts[i]);
    }
    return text.data;
}

void og_table_of_jobs(og_arena* arena, const og_jobs* jobs, int environment,
                      og_compare_table* table) {
    const og_task* task = &jobs->tasks[environment];
    table_source source = {.arena = arena,
                           .scratch = og_arena_create(),
                           .jobs = jobs,
                           .plan = jobs->plan,
                           .task = task,
                           .environment = environment,
                           .width = task->problem->objective_count};
    source.sample = &table_job(&source, OG_JOB_SAMPLE, 0)->sample;
    source.corner = source.width > 1 ? table_corner(&source) : NULL;
    *table = (og_compare_table){.label = task->environment->label,
                                .objective = table_objective(&source),
                                .maximize = table_own(&source, 1) < 0,
                                .objective_count = source.width,
                                .designs = task->problem->space->size};
    table_optimum(&source, table);
    table_random(&source, table);
    table_fill(&source, table);
    table_cells(&source, table);
    table_times(&source, table);
    table_convergence(&source, table);
    og_arena_destroy(source.scratch);
}

double og_table_regret(og_arena* scratch, const og_task* task, const og_compare_table* table,
                       const og_compare_curve* curve, int64_t evaluations) {
    table_source source = {
        .scratch = scratch, .task = task, .width = task->problem->objective_count};
    double corner[3];
    for (int i = 0; source.width > 1 && i < source.width; i++) {
        corner[i] = table_sign(&source, i) * table->reference[i];
    }
    source.corner = corner;
    source.optimum = table_own(&source, table->optimum);
    source.scale = table_scale(&source, table_own(&source, table->random_median));
    return table_regret(&source, table_value(&source, curve, evaluations));
}

// One block of the ranks: what each agent reached.
static void table_block(const og_compare_result* result, int environment, int seed, double* row) {
    const og_compare_plan* plan = result->plan;
    const og_compare_table* table = &result->tables[environment];
    const int last = plan->budget_count - 1;
    for (int a = 0; a < plan->agent_count; a++) {
        const int run = a * plan->seed_count + seed;
        row[a] = plan->rank_by_run ? table->values[run * plan->budget_count + last]
                                   : table->cells[a * plan->budget_count + last].regret.median;
    }
}

void og_table_ranks(og_arena* arena, og_compare_result* result) {
    const og_compare_plan* plan = result->plan;
    const int seeds = plan->rank_by_run ? plan->seed_count : 1;
    result->blocks = plan->environment_count * seeds;
    if (plan->agent_count < 2) {
        return;
    }
    og_arena* scratch = og_arena_create();
    double* values = OG_NEW(scratch, double, result->blocks * plan->agent_count);
    for (int e = 0; e < plan->environment_count; e++) {
        for (int s = 0; s < seeds; s++) {
            table_block(result, e, s, values + (e * seeds + s) * plan->agent_count);
        }
    }
    double* ranks = OG_NEW(arena, double, plan->agent_count);
    result->friedman = og_friedman(scratch, values, result->blocks, plan->agent_count, ranks);
    result->mean_ranks = ranks;
    result->critical_difference = og_nemenyi_difference(plan->agent_count, result->blocks, 0.05);
    og_arena_destroy(scratch);
}
