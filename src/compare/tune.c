#include "compare/tune.h"

#include <string.h>

#include "ogive/text.h"
#include "study/run.h"

enum { TUNE_LOTTERY_STREAM = 22, TUNE_DEFAULT = 0, TUNE_TUNED = 1, TUNE_FIXED = 2 };

// Assignments as one text, one a line.
static const char* tune_lines(og_arena* arena, const char* const* assignments, int count) {
    og_buffer text = {.arena = arena};
    og_buffer_add(&text, "", 0);
    for (int i = 0; i < count; i++) {
        og_buffer_print(&text, "%s%s", i ? "\n" : "", assignments[i]);
    }
    return text.data;
}

static og_plan tune_study(og_arena* arena, const og_tune_plan* plan, const char* path,
                          const char* lines, const og_tune_options* options) {
    og_assignment* given = OG_NEW(arena, og_assignment, 4);
    given[0] = (og_assignment){"file", path, "tune"};
    given[1] = (og_assignment){"set", lines, "tune"};
    given[2] = (og_assignment){"runs", options->journal ? options->journal : "", "tune"};
    given[3] = (og_assignment){"jobs", og_text_format(arena, "%d", options->study.jobs), "tune"};
    og_objective* objective = OG_NEW(arena, og_objective, 1);
    *objective = (og_objective){
        .sense = OG_MINIMIZE, .expression = plan->by_rank ? "rank" : "regret", .where = "measure"};
    og_plan study = plan->search;
    study.name = og_text_format(arena, "tune-%s", plan->compare.agents[0].agent);
    study.environment = og_environment_tuning.name;
    study.environment_options = given;
    study.environment_option_count = 4;
    study.space = plan->space;
    study.space_count = plan->space_count;
    study.objectives = objective;
    study.objective_count = 1;
    study.store = options->store;
    return study;
}

static og_status tune_search(og_arena* arena, const og_tune_plan* plan, const char* path,
                             const char* lines, const og_tune_options* options,
                             og_study_result* result) {
    const og_agent_type* type;
    const og_status status = og_agent_find(plan->search.agent, &type);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", plan->search.agent_where);
    }
    const og_plan study = tune_study(arena, plan, path, lines, options);
    return og_study_run_with(arena, &study, &og_environment_tuning, type, &options->study, result);
}

// Seeds that follow the largest one that was tuned on.
static void tune_held_out(og_arena* arena, const og_tune_plan* plan, og_compare_plan* held) {
    uint64_t largest = 0;
    for (int i = 0; i < plan->compare.seed_count; i++) {
        largest = plan->compare.seeds[i] > largest ? plan->compare.seeds[i] : largest;
    }
    uint64_t* seeds = OG_NEW(arena, uint64_t, plan->held_out);
    for (int i = 0; i < plan->held_out; i++) {
        seeds[i] = largest + 1 + (uint64_t)i;
    }
    held->seeds = seeds;
    held->seed_count = plan->held_out;
}

static og_status tune_contestants(og_arena* arena, const og_tune_plan* plan,
                                  og_tune_result* result) {
    const og_compare_agent* agent = &plan->compare.agents[0];
    const og_space* space;
    OG_TRY(og_space_create(arena, &result->study.record.space, &space));
    og_compare_agent* agents = OG_NEW(arena, og_compare_agent, TUNE_FIXED + plan->lottery);
    agents[TUNE_DEFAULT] = og_tune_agent(arena, agent, "default", result->initial);
    agents[TUNE_TUNED] = og_tune_agent(arena, agent, "tuned", result->tuned);
    og_random random = og_random_make(plan->search.seed, TUNE_LOTTERY_STREAM);
    double* x = OG_NEW(arena, double, space->count);
    for (int i = 0; i < plan->lottery; i++) {
        og_space_sample(space, &random, x);
        agents[TUNE_FIXED + i] =
            og_tune_agent(arena, agent, og_text_format(arena, "setting %d", i + 1), x);
    }
    result->plan = plan->compare;
    result->plan.agents = agents;
    result->plan.agent_count = TUNE_FIXED + plan->lottery;
    result->plan.versus = agents[TUNE_DEFAULT].label;
    tune_held_out(arena, plan, &result->plan);
    return OG_OK;
}

og_status og_tune_run(og_arena* arena, const char* path, const char* const* assignments, int count,
                      const og_tune_options* options, og_tune_result* result) {
    *result = (og_tune_result){0};
    og_tune_plan plan;
    OG_TRY(og_tune_load(arena, path, assignments, count, &plan));
    OG_TRY(tune_search(arena, &plan, path, tune_lines(arena, assignments, count), options,
                       &result->study));
    const og_study_record* record = &result->study.record;
    result->rows = record->space.parameters;
    result->row_count = record->space.count;
    result->initial = record->reference_x;
    if (record->stop == OG_STOP_USER) {
        result->interrupted = true;
        return OG_OK;
    }
    // no setting suits the method: the default one stays
    result->tuned = record->best >= 0 ? result->study.trials[record->best].x : record->reference_x;
    OG_TRY(tune_contestants(arena, &plan, result));
    const og_compare_options compare = {.jobs = options->study.jobs,
                                        .journal = options->journal,
                                        .interrupt = options->study.interrupt,
                                        .progress = options->progress,
                                        .progress_context = options->progress_context};
    // the comparison points at its plan: keep that one where it stays when the result is copied
    og_compare_plan* kept = OG_NEW(arena, og_compare_plan, 1);
    *kept = result->plan;
    OG_TRY(og_compare_run(arena, kept, &compare, &result->compare));
    result->interrupted = result->compare.interrupted;
    return OG_OK;
}
