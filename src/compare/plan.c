#include "compare/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/file.h"
#include "ogive/text.h"
#include "study/plan.h"

enum {
    PLAN_FILE_LIMIT = 1 << 20,  // bytes
    PLAN_SEEDS = 20,
    PLAN_SEEDS_LIMIT = 100000,
    PLAN_BUDGETS_LIMIT = 32,
    PLAN_BUDGETS_SHOWN = 4,  // of a budget that is one number
    PLAN_SAMPLE = 1001,
};

static const double plan_evaluations_limit = 1e12;
static const double plan_tolerance = 1e-9;

// Keys that an environment takes over from the file where it has none of its own.
static const char* const plan_task_keys[] = {"space", "metrics", "objectives", "constraints"};
enum { PLAN_TASK_KEYS = sizeof plan_task_keys / sizeof *plan_task_keys };

static og_status plan_number_list(const og_node_source* source, const og_document_node* node,
                                  const char* key, double minimum, double maximum, bool integer,
                                  double** values, int* count) {
    const og_document_node* const* items;
    *count = og_node_items(&node, &items);
    *values = OG_NEW(source->arena, double, *count);
    for (int i = 0; i < *count; i++) {
        OG_TRY(og_node_number(source, items[i], key, minimum, maximum, integer, &(*values)[i]));
    }
    if (*count == 0) {
        return og_fail(OG_ERROR_VALUE, "%s: %s: at least one number expected",
                       og_node_where(source, node), key);
    }
    return OG_OK;
}

// A number N stands for the seeds 1 .. N.
static og_status plan_seeds(const og_node_source* source, const og_document_node* node,
                            og_compare_plan* plan) {
    double* given = NULL;
    int count = PLAN_SEEDS;
    const bool list = node && node->kind == OG_LIST;
    if (list) {
        OG_TRY(plan_number_list(source, node, "seeds", 0, 0x1p53, true, &given, &count));
    } else if (node) {
        double number;
        OG_TRY(og_node_number(source, node, "seeds", 1, PLAN_SEEDS_LIMIT, true, &number));
        count = (int)number;
    }
    uint64_t* seeds = OG_NEW(source->arena, uint64_t, count);
    for (int i = 0; i < count; i++) {
        seeds[i] = list ? (uint64_t)given[i] : (uint64_t)i + 1;
        for (int k = 0; list && k < i; k++) {
            if (seeds[k] == seeds[i]) {
                return og_fail(OG_ERROR_VALUE, "%s: seeds: %" PRIu64 " is given twice",
                               og_node_where(source, node->items[i]), seeds[i]);
            }
        }
    }
    plan->seeds = seeds;
    plan->seed_count = count;
    return OG_OK;
}

// The last few of 10, 20, 50, 100 ... below `most`, and `most` itself.
static int plan_budget_steps(int64_t most, int64_t* budgets) {
    static const int64_t parts[] = {1, 2, 5};
    int64_t steps[64];
    int count = 0;
    for (int64_t power = 10; power < most; power *= 10) {
        for (int i = 0; i < 3 && parts[i] * power < most; i++) {
            steps[count++] = parts[i] * power;
        }
    }
    const int from = count > PLAN_BUDGETS_SHOWN - 1 ? count - (PLAN_BUDGETS_SHOWN - 1) : 0;
    memcpy(budgets, steps + from, (size_t)(count - from) * sizeof *budgets);
    budgets[count - from] = most;
    return count - from + 1;
}

static og_status plan_budgets(const og_node_source* source, const og_document_node* node,
                              og_compare_plan* plan) {
    if (!node) {
        return og_fail(OG_ERROR_VALUE, "%s: budget: a number of evaluations needed", source->name);
    }
    double* given;
    int count;
    OG_TRY(
        plan_number_list(source, node, "budget", 1, plan_evaluations_limit, true, &given, &count));
    if (count > PLAN_BUDGETS_LIMIT) {
        return og_fail(OG_ERROR_VALUE, "%s: budget: %d numbers, at most %d allowed",
                       og_node_where(source, node), count, PLAN_BUDGETS_LIMIT);
    }
    int64_t* budgets = OG_NEW(source->arena, int64_t, PLAN_BUDGETS_LIMIT);
    for (int i = 0; i < count; i++) {
        budgets[i] = (int64_t)given[i];
        if (i > 0 && budgets[i] <= budgets[i - 1]) {
            return og_fail(OG_ERROR_VALUE,
                           "%s: budget: %" PRId64 " comes after %" PRId64
                           ", an increasing list expected",
                           og_node_where(source, node->items[i]), budgets[i], budgets[i - 1]);
        }
    }
    plan->budgets = budgets;
    plan->budget_count = node->kind == OG_LIST ? count : plan_budget_steps(budgets[0], budgets);
    return OG_OK;
}

// {name, options} of an environment or agent, as a study file has them.
static og_status plan_part(const og_node_source* source, const og_document_node* node,
                           const char* key, og_plan* plan) {
    static const char* const keys[] = {"name", "options"};
    const og_document_node* part =
        node->kind == OG_SCALAR ? node : og_node_pick(source->arena, node, keys, 2);
    if (og_document_is_null(node) || (node->kind == OG_MAP && !og_node_find(node, "name"))) {
        return og_fail(OG_ERROR_VALUE, "%s: %s: name is missing", og_node_where(source, node), key);
    }
    return og_plan_read(source->arena, og_node_wrap(source->arena, key, part), source->name, plan);
}

// Options that environments get for one agent.
static og_status plan_agent_environment(const og_node_source* source, const og_document_node* node,
                                        og_compare_agent* agent) {
    const og_document_node* part = og_node_wrap(source->arena, "options", node);
    og_plan plan = {0};
    OG_TRY(og_plan_read(source->arena, og_node_wrap(source->arena, "environment", part),
                        source->name, &plan));
    agent->environment_options = plan.environment_options;
    agent->environment_option_count = plan.environment_option_count;
    return OG_OK;
}

static og_status plan_agent(const og_node_source* source, const og_document_node* node,
                            const og_plan* base, og_compare_agent* agent) {
    static const char* const keys[] = {"name", "options", "label", "batch", "environment_options"};
    static const char* const batch_key[] = {"batch"};
    if (node->kind != OG_SCALAR) {
        OG_TRY(og_node_check(source, node, "a name, or {name, options, label, batch},", keys, 5));
    }
    og_plan plan = *base;
    OG_TRY(og_plan_read(source->arena, og_node_pick(source->arena, node, batch_key, 1),
                        source->name, &plan));
    OG_TRY(plan_part(source, node, "agent", &plan));
    const og_agent_type* type;
    const og_status status = og_agent_find(plan.agent, &type);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", plan.agent_where);
    }
    *agent = (og_compare_agent){.label = plan.agent,
                                .where = og_node_where(source, node),
                                .agent = plan.agent,
                                .options = plan.agent_options,
                                .option_count = plan.agent_option_count,
                                .batch = plan.batch};
    const og_document_node* seen = og_node_find(node, "environment_options");
    if (seen) {
        OG_TRY(plan_agent_environment(source, seen, agent));
    }
    const og_document_node* label = og_node_find(node, "label");
    return label ? og_node_text(source, label, "label", &agent->label) : OG_OK;
}

static og_status plan_optimum(const og_node_source* source, const og_document_node* node,
                              og_compare_environment* environment) {
    if (node->kind == OG_SCALAR && og_text_number(node->text, &environment->optimum_value)) {
        environment->optimum = OG_OPTIMUM_GIVEN;
        return OG_OK;
    }
    static const char* const names[] = {"best_known", "exhaustive"};
    for (int i = 0; i < 2; i++) {
        if (node->kind == OG_SCALAR && strcmp(node->text, names[i]) == 0) {
            environment->optimum = i == 0 ? OG_OPTIMUM_BEST_KNOWN : OG_OPTIMUM_EXHAUSTIVE;
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_VALUE,
                   "%s: optimum: '%s' is not allowed, allowed: exhaustive, best_known or a number",
                   og_node_where(source, node), node->kind == OG_SCALAR ? node->text : "a list");
}

static og_status plan_reference(const og_node_source* source, const og_document_node* node,
                                og_compare_environment* environment) {
    double* values;
    int count;
    OG_TRY(plan_number_list(source, node, "reference", -1e300, 1e300, false, &values, &count));
    if (count != environment->plan.objective_count) {
        return og_fail(OG_ERROR_VALUE, "%s: reference: %d numbers for %d objectives",
                       og_node_where(source, node), count, environment->plan.objective_count);
    }
    environment->reference = values;
    return OG_OK;
}

static og_status plan_environment(const og_node_source* source, const og_document_node* root,
                                  const og_document_node* node, const og_plan* base,
                                  og_compare_environment* environment) {
    static const char* const keys[] = {"name",        "options", "label",
                                       "space",       "metrics", "objectives",
                                       "constraints", "optimum", "reference"};
    if (node->kind != OG_SCALAR) {
        OG_TRY(og_node_check(source, node,
                             "a name, or {name, options, label, objectives, optimum, ...},", keys,
                             sizeof keys / sizeof *keys));
    }
    *environment = (og_compare_environment){.plan = *base, .where = og_node_where(source, node)};
    og_plan* plan = &environment->plan;
    OG_TRY(plan_part(source, node, "environment", plan));
    OG_TRY(og_plan_read(source->arena,
                        og_node_pick(source->arena, node, plan_task_keys, PLAN_TASK_KEYS),
                        source->name, plan));
    environment->label = plan->environment;
    if (plan->objective_count == 0) {
        return og_fail(OG_ERROR_VALUE, "%s: objectives: at least one needed, for all or for %s",
                       environment->where, plan->environment);
    }
    const og_document_node* label = og_node_find(node, "label");
    if (label) {
        OG_TRY(og_node_text(source, label, "label", &environment->label));
    }
    const og_document_node* own = og_node_find(node, "optimum");
    const og_document_node* optimum = own ? own : og_node_find(root, "optimum");
    if (optimum) {
        OG_TRY(plan_optimum(source, optimum, environment));
    }
    const og_document_node* reference = og_node_find(node, "reference");
    reference = reference ? reference : og_node_find(root, "reference");
    return reference ? plan_reference(source, reference, environment) : OG_OK;
}

static og_status plan_label_unique(const char* label, const char* const* labels, int count,
                                   const char* where) {
    for (int i = 0; i < count; i++) {
        if (strcmp(label, labels[i]) == 0) {
            return og_fail(OG_ERROR_NAME,
                           "%s: '%s' is there already, give one of them another label", where,
                           label);
        }
    }
    return OG_OK;
}

// Non-empty list of what `key` has to name.
static og_status plan_list(const og_node_source* source, const og_document_node* root,
                           const char* key, const og_document_node* const** items, int* count) {
    const og_document_node* node = og_node_find(root, key);
    *count = 0;
    if (node && node->kind == OG_LIST) {
        *items = node->items;
        *count = node->count;
    } else if (node) {
        const og_document_node** single = OG_NEW(source->arena, const og_document_node*, 1);
        single[0] = node;
        *items = single;
        *count = 1;
    }
    if (*count == 0) {
        return og_fail(OG_ERROR_VALUE, "%s: %s: at least one needed",
                       node ? og_node_where(source, node) : source->name, key);
    }
    return OG_OK;
}

static og_status plan_agents(const og_node_source* source, const og_document_node* root,
                             const og_plan* base, og_compare_plan* plan) {
    const og_document_node* const* items;
    int count;
    OG_TRY(plan_list(source, root, "agents", &items, &count));
    og_compare_agent* agents = OG_NEW(source->arena, og_compare_agent, count);
    const char** labels = OG_NEW(source->arena, const char*, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(plan_agent(source, items[i], base, &agents[i]));
        OG_TRY(plan_label_unique(agents[i].label, labels, i, agents[i].where));
        labels[i] = agents[i].label;
    }
    plan->agents = agents;
    plan->agent_count = count;
    return OG_OK;
}

static og_status plan_environments(const og_node_source* source, const og_document_node* root,
                                   const og_plan* base, og_compare_plan* plan) {
    const og_document_node* const* items;
    int count;
    OG_TRY(plan_list(source, root, "environments", &items, &count));
    og_compare_environment* environments = OG_NEW(source->arena, og_compare_environment, count);
    const char** labels = OG_NEW(source->arena, const char*, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(plan_environment(source, root, items[i], base, &environments[i]));
        OG_TRY(plan_label_unique(environments[i].label, labels, i, environments[i].where));
        labels[i] = environments[i].label;
    }
    plan->environments = environments;
    plan->environment_count = count;
    return OG_OK;
}

static og_status plan_versus(const og_node_source* source, const og_document_node* node,
                             og_compare_plan* plan) {
    const char* name;
    OG_TRY(og_node_text(source, node, "versus", &name));
    plan->versus = NULL;
    const char** labels = OG_NEW(source->arena, const char*, plan->agent_count + 1);
    for (int i = 0; i < plan->agent_count; i++) {
        labels[i] = plan->agents[i].label;
        plan->versus = strcmp(labels[i], name) == 0 ? labels[i] : plan->versus;
    }
    labels[plan->agent_count] = "best";
    if (plan->versus || strcmp(name, "best") == 0) {
        return OG_OK;
    }
    const char* nearest = og_text_nearest(name, labels, plan->agent_count + 1);
    return og_fail(OG_ERROR_NAME, "%s: versus: no agent is labelled '%s'%s%s%s",
                   og_node_where(source, node), name, nearest ? ", did you mean " : "",
                   nearest ? nearest : "", nearest ? "?" : "");
}

static og_status plan_ranks(const og_node_source* source, const og_document_node* node,
                            og_compare_plan* plan) {
    const char* name;
    OG_TRY(og_node_text(source, node, "ranks", &name));
    plan->rank_by_run = strcmp(name, "runs") == 0;
    if (!plan->rank_by_run && strcmp(name, "environments") != 0) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: ranks: '%s' is not allowed, allowed: runs, environments",
                       og_node_where(source, node), name);
    }
    return OG_OK;
}

static og_status plan_settings(const og_node_source* source, const og_document_node* root,
                               og_compare_plan* plan) {
    const og_document_node* sample = og_node_find(root, "sample");
    const og_document_node* tolerance = og_node_find(root, "tolerance");
    const og_document_node* versus = og_node_find(root, "versus");
    const og_document_node* ranks = og_node_find(root, "ranks");
    const og_document_node* output = og_node_find(root, "output");
    double number = PLAN_SAMPLE;
    if (sample) {
        OG_TRY(og_node_number(source, sample, "sample", 11, 1e7, true, &number));
    }
    plan->sample = (int)number;
    plan->tolerance = plan_tolerance;
    if (tolerance) {
        OG_TRY(og_node_number(source, tolerance, "tolerance", 0, 1, false, &plan->tolerance));
    }
    plan->versus = plan->agents[0].label;
    if (versus) {
        OG_TRY(plan_versus(source, versus, plan));
    }
    plan->rank_by_run = true;
    if (ranks) {
        OG_TRY(plan_ranks(source, ranks, plan));
    }
    return output ? og_node_text(source, output, "output", &plan->directory) : OG_OK;
}

og_status og_compare_read(const og_node_source* source, const og_document_node* root,
                          og_compare_plan* plan) {
    // docs/compare.md describes them in this order
    static const char* const keys[] = {"environments", "space",   "metrics",   "objectives",
                                       "constraints",  "optimum", "reference", "agents",
                                       "batch",        "budget",  "seeds",     "versus",
                                       "ranks",        "sample",  "tolerance", "output"};
    static const char* const agent_keys[] = {"batch"};
    OG_TRY(og_node_check(source, root, "keys of a comparison (environments: ..., agents: ...)",
                         keys, sizeof keys / sizeof *keys));
    *plan = (og_compare_plan){0};
    og_plan task = {0};
    og_plan method = {0};
    OG_TRY(og_plan_read(source->arena,
                        og_node_pick(source->arena, root, plan_task_keys, PLAN_TASK_KEYS),
                        source->name, &task));
    OG_TRY(og_plan_read(source->arena, og_node_pick(source->arena, root, agent_keys, 1),
                        source->name, &method));
    OG_TRY(plan_environments(source, root, &task, plan));
    OG_TRY(plan_agents(source, root, &method, plan));
    OG_TRY(plan_budgets(source, og_node_find(root, "budget"), plan));
    OG_TRY(plan_seeds(source, og_node_find(root, "seeds"), plan));
    return plan_settings(source, root, plan);
}

og_status og_compare_document(og_arena* arena, const char* path, const og_document_node** root) {
    char* text;
    size_t size;
    OG_TRY(og_file_read(arena, path, PLAN_FILE_LIMIT, &text, &size));
    return og_document_parse(arena, text, size, path, root);
}

og_status og_compare_assign(og_arena* arena, const char* const* assignments, int count,
                            const og_document_node** root) {
    for (int i = 0; i < count; i++) {
        OG_TRY(og_node_assign(arena, *root, assignments[i], root));
    }
    return OG_OK;
}

og_status og_compare_parse(og_arena* arena, const char* text, size_t size, const char* name,
                           const char* const* assignments, int count, og_compare_plan* plan) {
    if (size > PLAN_FILE_LIMIT) {
        return og_fail(OG_ERROR_FILE, "%s: larger than 1 MiB, which no compare file needs", name);
    }
    const og_document_node* root;
    OG_TRY(og_document_parse(arena, text, size, name, &root));
    OG_TRY(og_compare_assign(arena, assignments, count, &root));
    return og_compare_read(&(og_node_source){arena, name}, root, plan);
}

og_status og_compare_load(og_arena* arena, const char* path, const char* const* assignments,
                          int count, og_compare_plan* plan) {
    const og_document_node* root;
    OG_TRY(og_compare_document(arena, path, &root));
    OG_TRY(og_compare_assign(arena, assignments, count, &root));
    return og_compare_read(&(og_node_source){arena, path}, root, plan);
}
