// The beginning of a run: from names to an opened environment, a started agent and a description of
// the study that its record keeps.

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "ogive/text.h"
#include "study/run.h"

static og_status start_settings(og_arena* arena, const og_parameter* table, int count,
                                const og_assignment* given, int given_count, const char* owner,
                                og_settings* settings) {
    *settings = og_settings_make(arena, table, count);
    for (int i = 0; i < given_count; i++) {
        const og_status status = og_settings_set(settings, given[i].key, given[i].value);
        if (status != OG_OK) {
            const char* where = given[i].where ? given[i].where : "options";
            return og_fail_context(status, "%s: %s", where, owner);
        }
    }
    return OG_OK;
}

static og_status start_environment(og_run* run, const og_environment* environment) {
    const og_plan* plan = run->plan;
    const char* owner = og_text_format(run->work, "environment %s", environment->name);
    og_settings settings;
    OG_TRY(start_settings(run->arena, environment->options, environment->option_count,
                          plan->environment_options, plan->environment_option_count, owner,
                          &settings));
    return og_environment_open(run->arena, environment, &settings, &run->model);
}

// Options that differ from their defaults, as text.
static const char* start_options_text(og_arena* arena, const og_settings* settings) {
    og_buffer text = {.arena = arena};
    og_buffer_add(&text, "", 0);
    for (int i = 0; i < settings->count; i++) {
        if (settings->values[i] != settings->table[i].initial) {
            og_buffer_print(&text, "%s%s=", text.length ? ", " : "", settings->table[i].name);
            og_parameter_print(&settings->table[i], settings->values[i], &text);
        }
    }
    return text.data;
}

// The command of a proposer stands where agents have their options.
static const char* start_command_text(og_run* run) {
    og_buffer text = {.arena = run->arena};
    og_buffer_add(&text, "", 0);
    for (int i = 0; i < run->plan->proposer_word_count; i++) {
        og_buffer_print(&text, "%s%s", i > 0 ? " " : "", run->plan->proposer[i]);
    }
    return text.data;
}

// What proposes designs: an agent, a program, or nothing.
static const char* start_agent_name(const og_plan* plan, const og_agent_type* type) {
    return type ? type->name : plan->proposer_word_count > 0 ? OG_RUN_OUTSIDER : OG_RUN_NO_AGENT;
}

static og_status start_agent(og_run* run, const og_agent_type* type) {
    const og_plan* plan = run->plan;
    if (!type) {
        run->entry.record.agent_options = start_command_text(run);
        run->entry.record.batch = plan->batch > 0 ? plan->batch : 1;
        return OG_OK;
    }
    const char* owner = og_text_format(run->work, "agent %s", type->name);
    og_settings settings;
    OG_TRY(start_settings(run->work, type->options, type->option_count, plan->agent_options,
                          plan->agent_option_count, owner, &settings));
    double* features = OG_NEW(run->work, double, run->model.feature_count);
    for (int i = 0; i < run->model.feature_count; i++) {
        features[i] = run->model.features[i].value;
    }
    const og_agent_setup setup = {
        .space = run->problem->space,
        .options = &settings,
        .objective_count = run->problem->objective_count,
        .features = features,
        .feature_count = run->model.feature_count,
        .seed = plan->seed,
    };
    OG_TRY(og_agent_start(run->work, type, &setup, &run->agent));
    run->entry.record.agent_options = start_options_text(run->arena, &settings);
    run->entry.record.batch = plan->batch > 0 ? plan->batch : type->batch(run->agent);
    return OG_OK;
}

static const char* start_now(og_arena* arena) {
    const time_t now = time(NULL);
    struct tm utc;
    char text[32] = "";
    if (gmtime_r(&now, &utc)) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    return og_text_format(arena, "%s", text);
}

static void start_describe(og_run* run, const og_environment* environment,
                           const og_agent_type* type) {
    const og_problem* problem = run->problem;
    const og_plan* plan = run->plan;
    og_plan kept = *plan;
    if (!kept.name) {
        kept.name = og_text_format(run->arena, "%s-%s-%" PRIu64, environment->name,
                                   start_agent_name(plan, type), plan->seed);
    }
    // the record does not depend on where it is kept
    kept.store = NULL;
    kept.workers = OG_WORKERS_DEFAULT;
    run->entry.record = (og_study_record){
        .name = kept.name,
        .plan = og_plan_print(run->arena, &kept),
        .environment = environment->name,
        .identity = run->model.identity,
        .agent = start_agent_name(plan, type),
        .agent_options = run->entry.record.agent_options,
        .batch = run->entry.record.batch,
        .seed = plan->seed,
        .space = problem->table,
        .metrics = problem->metrics,
        .metric_count = problem->metric_count,
        .objectives = problem->objective_texts,
        .objective_count = problem->objective_count,
        .constraints = problem->constraint_texts,
        .constraint_count = problem->constraint_count,
        .reference_x = problem->reference_x,
        .reference_y = problem->reference_y,
        .best = -1,
        .created = start_now(run->arena),
    };
}

// The default design, outside the budget: objectives are measured against it.
static void start_reference(og_run* run) {
    og_problem* problem = run->problem;
    double* y = OG_NEW(run->work, double, problem->metric_count);
    og_judgement judgement = {.objectives = OG_NEW(run->work, double, problem->objective_count)};
    og_problem_evaluate(problem, problem->reference_x, y, &judgement, run->work);
    og_problem_set_reference(problem, y, run->work);
}

static og_status start_check_name(const char* name) {
    enum { LONGEST = 200 };
    const int64_t characters = name ? og_text_characters(name) : 1;
    return characters >= 1 && characters <= LONGEST
               ? OG_OK
               : og_fail(OG_ERROR_VALUE,
                         "name: '%.200s' is no name for a study, allowed: 1 .. %d "
                         "printable characters",
                         name, LONGEST);
}

og_status og_run_start(og_run* run, const og_environment* environment, const og_agent_type* type) {
    const og_plan* plan = run->plan;
    if (plan->objective_count == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "objectives: at least one needed, such as {minimize: METRIC}");
    }
    if ((type || plan->proposer_word_count > 0) && plan->evaluations <= 0 && !(plan->seconds > 0)) {
        return og_fail(OG_ERROR_VALUE, "budget: evaluations or seconds needed");
    }
    OG_TRY(start_check_name(plan->name));
    OG_TRY(start_environment(run, environment));
    OG_TRY(og_problem_create(run->arena, &run->model, plan, &run->problem));
    start_reference(run);
    OG_TRY(start_agent(run, type));
    start_describe(run, environment, type);
    return OG_OK;
}
