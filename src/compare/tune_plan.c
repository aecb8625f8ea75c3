#include <string.h>

#include "compare/plan.h"
#include "compare/task.h"
#include "ogive/text.h"
#include "study/plan.h"

enum { TUNE_PLAN_HELD_OUT = 20, TUNE_PLAN_LOTTERY = 10, TUNE_PLAN_SEEDS = 5 };

// What a comparison has as well.
static const char* const tune_plan_shared[] = {"environments", "space",   "metrics",   "objectives",
                                               "constraints",  "optimum", "reference", "budget",
                                               "seeds",        "sample",  "tolerance"};

static const char* const tune_plan_keys[] = {
    "agent",       "options", "environments", "space",  "metrics",   "objectives",
    "constraints", "optimum", "reference",    "budget", "seeds",     "measure",
    "held_out",    "lottery", "search",       "sample", "tolerance", "output"};

static og_status tune_plan_compare(const og_node_source* source, const og_document_node* root,
                                   og_tune_plan* plan) {
    const og_document_node* agent = og_node_find(root, "agent");
    if (!agent) {
        return og_fail(OG_ERROR_VALUE, "%s: agent: the method to be tuned is needed",
                       og_node_where(source, root));
    }
    const og_document_node* shared = og_node_pick(
        source->arena, root, tune_plan_shared, sizeof tune_plan_shared / sizeof *tune_plan_shared);
    og_document_node* whole = OG_NEW(source->arena, og_document_node, 1);
    const og_document_node** keys =
        OG_NEW(source->arena, const og_document_node*, shared->count + 2);
    const og_document_node** items =
        OG_NEW(source->arena, const og_document_node*, shared->count + 2);
    memcpy(keys, shared->keys, (size_t)shared->count * sizeof *keys);
    memcpy(items, shared->items, (size_t)shared->count * sizeof *items);
    *whole = *shared;
    whole->keys = keys;
    whole->items = items;
    const og_document_node* wrapped = og_node_wrap(source->arena, "agents", agent);
    keys[whole->count] = wrapped->keys[0];
    items[whole->count++] = agent;
    if (!og_node_find(root, "seeds")) {
        og_document_node* seeds = OG_NEW(source->arena, og_document_node, 1);
        *seeds = (og_document_node){.kind = OG_SCALAR,
                                    .text = og_text_format(source->arena, "%d", TUNE_PLAN_SEEDS),
                                    .weight = 1};
        keys[whole->count] = og_node_wrap(source->arena, "seeds", seeds)->keys[0];
        items[whole->count++] = seeds;
    }
    return og_compare_read(source, whole, &plan->compare);
}

static og_status tune_plan_find(const og_node_source* source, const og_document_node* node,
                                const og_agent_type* type) {
    const char** names = OG_NEW(source->arena, const char*, type->option_count);
    for (int i = 0; i < type->option_count; i++) {
        names[i] = type->options[i].name;
        if (strcmp(names[i], node->text) == 0) {
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(node->text, names, type->option_count);
    return og_fail(OG_ERROR_NAME, "%s: agent %s has no option '%s'%s%s%s",
                   og_node_where(source, node), type->name, node->text,
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

// Names of options, or {name: values}; left out, all options.
static og_status tune_plan_tuned(const og_node_source* source, const og_document_node* node,
                                 const og_agent_type* type, bool* tuned, og_plan* held) {
    if (!node) {
        memset(tuned, true, (size_t)type->option_count * sizeof *tuned);
        return OG_OK;
    }
    const og_document_node* const* names;
    int count = node->count;
    if (node->kind == OG_MAP) {
        names = node->keys;
        OG_TRY(og_plan_read(source->arena, og_node_wrap(source->arena, "space", node), source->name,
                            held));
    } else {
        count = og_node_items(&node, &names);
    }
    for (int i = 0; i < count; i++) {
        const char* name;
        OG_TRY(og_node_text(source, names[i], "options", &name));
        OG_TRY(tune_plan_find(source, names[i], type));
        for (int k = 0; k < type->option_count; k++) {
            tuned[k] = tuned[k] || strcmp(type->options[k].name, name) == 0;
        }
    }
    return OG_OK;
}

// Options that are not tuned are held to what the file gives them, or to their defaults.
static og_status tune_plan_space(const og_node_source* source, const og_document_node* node,
                                 og_tune_plan* plan) {
    const og_compare_agent* agent = &plan->compare.agents[0];
    const og_agent_type* type;
    og_settings settings;
    OG_TRY(og_task_settings(source->arena, agent, &type, &settings));
    if (type->option_count == 0) {
        return og_fail(OG_ERROR_VALUE, "%s: agent %s has no options to tune", agent->where,
                       type->name);
    }
    bool* tuned = OG_NEW(source->arena, bool, type->option_count);
    og_plan held = {0};
    OG_TRY(tune_plan_tuned(source, node, type, tuned, &held));
    og_assignment* space =
        OG_NEW(source->arena, og_assignment, held.space_count + type->option_count);
    if (held.space_count > 0) {
        memcpy(space, held.space, (size_t)held.space_count * sizeof *space);
    }
    plan->space_count = held.space_count;
    for (int i = 0; i < type->option_count; i++) {
        if (!tuned[i]) {
            og_buffer value = {.arena = source->arena};
            og_parameter_print(&type->options[i], settings.values[i], &value);
            space[plan->space_count++] =
                (og_assignment){type->options[i].name, value.data, agent->where};
        }
    }
    plan->space = space;
    return OG_OK;
}

static og_status tune_plan_search(const og_node_source* source, const og_document_node* node,
                                  og_plan* search) {
    static const char* const keys[] = {"agent", "budget", "seed", "batch"};
    *search = (og_plan){.seed = 1, .agent = "random", .evaluations = 50};
    if (!node) {
        return OG_OK;
    }
    OG_TRY(og_node_check(source, node, "{agent, budget, seed, batch}", keys,
                         sizeof keys / sizeof *keys));
    return og_plan_read(source->arena, node, source->name, search);
}

static og_status tune_plan_measure(const og_node_source* source, const og_document_node* node,
                                   og_tune_plan* plan) {
    const char* name = "regret";
    if (node) {
        OG_TRY(og_node_text(source, node, "measure", &name));
    }
    plan->by_rank = strcmp(name, "rank") == 0;
    if (!plan->by_rank && strcmp(name, "regret") != 0) {
        return og_fail(OG_ERROR_VALUE, "%s: measure: '%s' is not allowed, allowed: regret, rank",
                       og_node_where(source, node), name);
    }
    return OG_OK;
}

static og_status tune_plan_count(const og_node_source* source, const og_document_node* root,
                                 const char* key, double least, int initial, int* count) {
    double number = initial;
    const og_document_node* node = og_node_find(root, key);
    if (node) {
        OG_TRY(og_node_number(source, node, key, least, 10000, true, &number));
    }
    *count = (int)number;
    return OG_OK;
}

static og_status tune_plan_read(const og_node_source* source, const og_document_node* root,
                                og_tune_plan* plan) {
    *plan = (og_tune_plan){0};
    OG_TRY(og_node_check(source, root, "keys of a tuning (agent: ..., environments: ...)",
                         tune_plan_keys, sizeof tune_plan_keys / sizeof *tune_plan_keys));
    OG_TRY(tune_plan_compare(source, root, plan));
    OG_TRY(tune_plan_space(source, og_node_find(root, "options"), plan));
    OG_TRY(tune_plan_measure(source, og_node_find(root, "measure"), plan));
    OG_TRY(tune_plan_count(source, root, "held_out", 1, TUNE_PLAN_HELD_OUT, &plan->held_out));
    OG_TRY(tune_plan_count(source, root, "lottery", 0, TUNE_PLAN_LOTTERY, &plan->lottery));
    OG_TRY(tune_plan_search(source, og_node_find(root, "search"), &plan->search));
    const og_document_node* output = og_node_find(root, "output");
    return output ? og_node_text(source, output, "output", &plan->output) : OG_OK;
}

og_status og_tune_load(og_arena* arena, const char* path, const char* const* assignments, int count,
                       og_tune_plan* plan) {
    const og_document_node* root;
    OG_TRY(og_compare_document(arena, path, &root));
    OG_TRY(og_compare_assign(arena, assignments, count, &root));
    return tune_plan_read(&(og_node_source){arena, path}, root, plan);
}
