#include "cli/run_plan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/assign.h"
#include "ogive/store.h"
#include "study/plan.h"

// "2000", "30s", "5min", "2h": evaluations or seconds
static og_status run_plan_budget(og_arena* arena, const char* text, og_plan* plan) {
    static const struct {
        const char* unit;
        double seconds;
    } units[] = {{"s", 1}, {"sec", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
    double value = 0;
    if (og_text_number(text, &value) && value >= 1 && value <= 0x1p53 && value == trunc(value)) {
        plan->evaluations = (int64_t)value;
        plan->seconds = 0;
        return OG_OK;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const size_t digits = strlen(text) - strlen(units[i].unit);
        if (strlen(text) <= strlen(units[i].unit) || strcmp(text + digits, units[i].unit) != 0 ||
            !og_text_number(og_text_copy(arena, text, digits), &value)) {
            continue;
        }
        const double seconds = value * units[i].seconds;
        if (seconds >= 0.001 && seconds <= 1e9) {
            plan->evaluations = 0;
            plan->seconds = seconds;
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_VALUE,
                   "--budget '%s': a number of evaluations (2000) or a time (30s, 5min, 1h) is "
                   "needed, at least 1 or 0.001s",
                   text);
}

static og_status run_plan_seed(const char* text, uint64_t* seed) {
    errno = 0;
    const bool digits = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
    const unsigned long long value = digits ? strtoull(text, NULL, 10) : 0;
    if (!digits || errno != 0) {
        return og_fail(OG_ERROR_VALUE,
                       "--seed: '%s' is not allowed, which is an integer 0 .. 18446744073709551615",
                       text);
    }
    *seed = value;
    return OG_OK;
}

// set one key in a list of assignments: replace it where it stands, else append
static void run_plan_assign(og_arena* arena, const og_assignment** list, int* count,
                            og_assignment assignment) {
    og_assignment* grown = OG_NEW(arena, og_assignment, *count + 1);
    int at = *count;
    for (int i = 0; i < *count; i++) {
        grown[i] = (*list)[i];
        at = strcmp(grown[i].key, assignment.key) == 0 ? i : at;
    }
    grown[at] = assignment;
    *count = at == *count ? *count + 1 : *count;
    *list = grown;
}

static og_status run_plan_assignments(const og_call* call, const char* option,
                                      const og_assignment** list, int* count) {
    int given = 0;
    const char* const* texts = og_call_texts(call, option, &given);
    for (int i = 0; i < given; i++) {
        og_assignment assignment = {.where = og_option_text(call->arena, option)};
        OG_TRY(og_assign_split(call->arena, option, og_call_placeholder(call, option), texts[i],
                               &assignment.key, &assignment.value));
        run_plan_assign(call->arena, list, count, assignment);
    }
    return OG_OK;
}

static og_status run_plan_target(og_arena* arena, const char* text, og_objective* objective) {
    const char* equals = strrchr(text, '=');
    if (!equals || equals == text ||
        !og_text_number(og_text_trim(arena, equals + 1), &objective->target)) {
        return og_fail(OG_ERROR_VALUE, "--target '%s': METRIC=NUMBER is needed", text);
    }
    objective->sense = OG_TARGET;
    objective->where = "--target";
    objective->expression = og_text_trim(arena, og_text_copy(arena, text, (size_t)(equals - text)));
    return OG_OK;
}

// objectives on the command line replace those of the file
static og_status run_plan_objectives(const og_call* call, og_plan* plan) {
    int minimize = 0;
    int maximize = 0;
    int target = 0;
    const char* const* minimized = og_call_texts(call, "minimize", &minimize);
    const char* const* maximized = og_call_texts(call, "maximize", &maximize);
    const char* const* targets = og_call_texts(call, "target", &target);
    const int count = minimize + maximize + target;
    if (count == 0) {
        return OG_OK;
    }
    og_objective* objectives = OG_NEW(call->arena, og_objective, count);
    int n = 0;
    for (int i = 0; i < minimize; i++) {
        objectives[n++] = (og_objective){OG_MINIMIZE, minimized[i], 0, "--minimize"};
    }
    for (int i = 0; i < maximize; i++) {
        objectives[n++] = (og_objective){OG_MAXIMIZE, maximized[i], 0, "--maximize"};
    }
    for (int i = 0; i < target; i++) {
        OG_TRY(run_plan_target(call->arena, targets[i], &objectives[n++]));
    }
    plan->objectives = objectives;
    plan->objective_count = count;
    return OG_OK;
}

// derived metrics are added to those of the file; one of the same name is replaced
static og_status run_plan_metrics(const og_call* call, og_plan* plan) {
    int given = 0;
    const char* const* texts = og_call_texts(call, "metric", &given);
    og_derived* metrics = OG_NEW(call->arena, og_derived, plan->metric_count + given);
    for (int i = 0; i < plan->metric_count; i++) {
        metrics[i] = plan->metrics[i];
    }
    for (int i = 0; i < given; i++) {
        og_derived metric = {.unit = ""};
        OG_TRY(og_assign_split(call->arena, "metric", og_call_placeholder(call, "metric"), texts[i],
                               &metric.name, &metric.expression));
        int at = plan->metric_count;
        for (int k = 0; k < plan->metric_count; k++) {
            at = strcmp(metrics[k].name, metric.name) == 0 ? k : at;
        }
        metrics[at] = metric;
        plan->metric_count += at == plan->metric_count;
    }
    plan->metrics = metrics;
    return OG_OK;
}

static og_status run_plan_numbers(const og_call* call, og_plan* plan) {
    if (og_call_given(call, "seed")) {
        OG_TRY(run_plan_seed(og_call_text(call, "seed"), &plan->seed));
    }
    if (og_call_given(call, "batch")) {
        plan->batch = (int)og_call_number(call, "batch");
    }
    return og_call_given(call, "budget")
               ? run_plan_budget(call->arena, og_call_text(call, "budget"), plan)
               : OG_OK;
}

// another environment than the file's has other options
static void run_plan_names(const og_call* call, og_plan* plan) {
    const char* environment = og_call_text(call, "environment");
    if (environment && plan->environment && strcmp(environment, plan->environment) != 0) {
        plan->environment_option_count = 0;
    }
    plan->environment = environment ? environment : plan->environment;
    plan->environment_where = environment ? "--environment" : plan->environment_where;
    og_plan_split_environment(call->arena, plan);
    plan->name = og_call_given(call, "name") ? og_call_text(call, "name") : plan->name;
    plan->store = og_call_given(call, "store") ? og_call_text(call, "store") : plan->store;
}

// the search, which tasks without one lack: another agent than the file's has other options
static og_status run_plan_search(const og_call* call, og_plan* plan) {
    const char* agent = og_call_text(call, "agent");
    if (agent && plan->agent && strcmp(agent, plan->agent) != 0) {
        plan->agent_option_count = 0;
    }
    if (agent) {
        plan->proposer_word_count = 0;
    }
    plan->agent = agent ? agent : plan->agent;
    plan->workers = og_call_number(call, "workers") != 0 ? OG_WORKERS_YES : plan->workers;
    if (og_call_given(call, "enqueue")) {
        plan->enqueue = og_call_text(call, "enqueue");
        plan->enqueue_where = "--enqueue";
    }
    OG_TRY(run_plan_assignments(call, "agent_option", &plan->agent_options,
                                &plan->agent_option_count));
    return run_plan_numbers(call, plan);
}

// constraints on the command line replace those of the file
static void run_plan_constraints(const og_call* call, og_plan* plan) {
    int given = 0;
    const char* const* texts = og_call_texts(call, "constraint", &given);
    if (given == 0) {
        return;
    }
    const char** places = OG_NEW(call->arena, const char*, given);
    for (int i = 0; i < given; i++) {
        places[i] = "--constraint";
    }
    plan->constraints = texts;
    plan->constraint_where = places;
    plan->constraint_count = given;
}

// what is searched for
static og_status run_plan_goals(const og_call* call, const char* path, og_plan* plan) {
    if (path && og_store_is_server(path)) {
        return og_fail(OG_ERROR_VALUE, "%s is a store: put it behind --store",
                       og_store_name(call->arena, path));
    }
    if (path) {
        OG_TRY(og_plan_load(call->arena, path, plan));
    } else {
        *plan = (og_plan){.seed = 1};
    }
    OG_TRY(run_plan_assignments(call, "space", &plan->space, &plan->space_count));
    OG_TRY(run_plan_objectives(call, plan));
    OG_TRY(run_plan_metrics(call, plan));
    run_plan_constraints(call, plan);
    return OG_OK;
}

// and where
static og_status run_plan_task(const og_call* call, const char* path, og_plan* plan) {
    OG_TRY(run_plan_goals(call, path, plan));
    run_plan_names(call, plan);
    return run_plan_assignments(call, "option", &plan->environment_options,
                                &plan->environment_option_count);
}

static og_status run_plan_set(const og_call* call, og_plan* plan) {
    int sets = 0;
    const char* const* assignments = og_call_texts(call, "set", &sets);
    for (int i = 0; i < sets; i++) {
        OG_TRY(og_plan_set(call->arena, plan, assignments[i]));
    }
    return OG_OK;
}

og_status og_run_plan(const og_call* call, og_plan* plan) {
    OG_TRY(run_plan_task(call, og_call_argument(call, 0), plan));
    OG_TRY(run_plan_search(call, plan));
    return run_plan_set(call, plan);
}

og_status og_run_plan_import(const og_call* call, og_plan* plan) {
    OG_TRY(run_plan_task(call, og_call_argument(call, 1), plan));
    return run_plan_set(call, plan);
}

og_status og_run_plan_goals(const og_call* call, og_plan* plan) {
    OG_TRY(run_plan_goals(call, og_call_argument(call, 1), plan));
    return run_plan_set(call, plan);
}

og_status og_run_plan_pairs(const og_call* call, const char* option, const og_assignment** list,
                            int* count) {
    return run_plan_assignments(call, option, list, count);
}
