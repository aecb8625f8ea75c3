#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/text.h"
#include "study/plan.h"

enum { PLAN_READ_BATCH_LIMIT = 1 << 20 };

typedef struct plan_read_source {
    og_arena* arena;
    const char* name;
    og_plan* plan;
} plan_read_source;

// One key of a map: how its value is read into `target`.
typedef struct plan_read_key {
    const char* name;
    og_status (*read)(plan_read_source* source, const og_document_node* node, void* target);
} plan_read_key;

static const char* plan_read_where(const plan_read_source* source, const og_document_node* node) {
    if (node->line == 0) {
        return source->name;
    }
    return og_text_format(source->arena, "%s:%d:%d", source->name, node->line, node->column);
}

static og_status plan_read_fail(const plan_read_source* source, const og_document_node* node,
                                const char* what) {
    return og_fail(OG_ERROR_VALUE, "%s: %s", plan_read_where(source, node), what);
}

static og_status plan_read_unknown_key(const plan_read_source* source, const og_document_node* node,
                                       const plan_read_key* keys, int key_count) {
    const char* names[16];
    og_buffer all = {.arena = source->arena};
    for (int i = 0; i < key_count; i++) {
        names[i] = keys[i].name;
        og_buffer_print(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char* where = plan_read_where(source, node);
    const char* nearest = og_text_nearest(node->text, names, key_count);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "%s: unknown key '%s', did you mean %s?", where, node->text,
                       nearest);
    }
    return og_fail(OG_ERROR_NAME, "%s: unknown key '%s', allowed: %s", where, node->text, all.data);
}

// Read a map by its table of keys, in the table's order.
static og_status plan_read_map(plan_read_source* source, const og_document_node* node,
                               const char* what, const plan_read_key* keys, int key_count,
                               void* target) {
    if (node->kind != OG_MAP) {
        return plan_read_fail(source, node, og_text_format(source->arena, "%s expected", what));
    }
    for (int i = 0; i < node->count; i++) {
        int k = 0;
        while (k < key_count && strcmp(keys[k].name, node->keys[i]->text) != 0) {
            k++;
        }
        if (k == key_count) {
            return plan_read_unknown_key(source, node->keys[i], keys, key_count);
        }
    }
    for (int k = 0; k < key_count; k++) {
        for (int i = 0; i < node->count; i++) {
            if (strcmp(keys[k].name, node->keys[i]->text) == 0 &&
                !og_document_is_null(node->items[i])) {
                OG_TRY(keys[k].read(source, node->items[i], target));
            }
        }
    }
    return OG_OK;
}

static og_status plan_read_text(plan_read_source* source, const og_document_node* node,
                                void* target) {
    if (node->kind != OG_SCALAR || node->text[0] == '\0') {
        return plan_read_fail(source, node, "text expected");
    }
    *(const char**)target = node->text;
    return OG_OK;
}

static og_status plan_read_number(plan_read_source* source, const og_document_node* node,
                                  const char* what, double minimum, double maximum, bool integer,
                                  double* value) {
    double read = 0;
    const bool number = node->kind == OG_SCALAR && og_text_number(node->text, &read);
    const bool whole = floor(read) == read;
    if (number && read >= minimum && read <= maximum && (!integer || whole)) {
        *value = read;
        return OG_OK;
    }
    char low[32];
    char high[32];
    return og_fail(OG_ERROR_VALUE, "%s: %s: %s is not allowed, allowed: %s %s .. %s",
                   plan_read_where(source, node), what,
                   node->kind == OG_SCALAR ? node->text : "a list or map",
                   integer ? "an integer" : "a number", og_text_real(minimum, low),
                   og_text_real(maximum, high));
}

// Several values in one: a list becomes text separated by commas.
static og_status plan_read_value(plan_read_source* source, const og_document_node* node,
                                 const char** value) {
    if (node->kind == OG_SCALAR) {
        *value = node->text;
        return OG_OK;
    }
    if (node->kind != OG_LIST || node->count == 0) {
        return plan_read_fail(source, node, "a value, or a list of values, expected");
    }
    og_buffer joined = {.arena = source->arena};
    for (int i = 0; i < node->count; i++) {
        if (node->items[i]->kind != OG_SCALAR) {
            return plan_read_fail(source, node->items[i], "a value expected");
        }
        og_buffer_print(&joined, "%s%s", i ? "," : "", node->items[i]->text);
    }
    *value = joined.data;
    return OG_OK;
}

// Add one assignment, or replace the one with the same key.
static const og_assignment* plan_read_assign(og_arena* arena, const og_assignment* list, int* count,
                                             og_assignment fresh) {
    og_assignment* larger = OG_NEW(arena, og_assignment, *count + 1);
    if (*count > 0) {
        memcpy(larger, list, (size_t)*count * sizeof *larger);
    }
    for (int i = 0; i < *count; i++) {
        if (strcmp(larger[i].key, fresh.key) == 0) {
            larger[i] = fresh;
            return larger;
        }
    }
    larger[(*count)++] = fresh;
    return larger;
}

static og_status plan_read_assignments(plan_read_source* source, const og_document_node* node,
                                       const char* what, const og_assignment** list, int* count) {
    if (node->kind != OG_MAP) {
        return plan_read_fail(source, node, og_text_format(source->arena, "%s expected", what));
    }
    for (int i = 0; i < node->count; i++) {
        if (og_document_is_null(node->items[i])) {
            continue;
        }
        og_assignment fresh = {.key = node->keys[i]->text,
                               .where = plan_read_where(source, node->items[i])};
        OG_TRY(plan_read_value(source, node->items[i], &fresh.value));
        *list = plan_read_assign(source->arena, *list, count, fresh);
    }
    return OG_OK;
}

// The environment or the agent of a plan.
typedef struct plan_read_part {
    const char** name;
    const char** where;
    const og_assignment** options;
    int* option_count;
} plan_read_part;

static og_status plan_read_part_name(plan_read_source* source, const og_document_node* node,
                                     void* target) {
    const plan_read_part* part = target;
    const char* name = NULL;
    OG_TRY(plan_read_text(source, node, &name));
    // options belong to the method or system that was named before
    if (*part->name && strcmp(*part->name, name) != 0) {
        *part->option_count = 0;
    }
    *part->name = name;
    *part->where = plan_read_where(source, node);
    return OG_OK;
}

static og_status plan_read_part_options(plan_read_source* source, const og_document_node* node,
                                        void* target) {
    const plan_read_part* part = target;
    return plan_read_assignments(source, node, "{option: value, ...}", part->options,
                                 part->option_count);
}

static og_status plan_read_part_any(plan_read_source* source, const og_document_node* node,
                                    plan_read_part part) {
    static const plan_read_key keys[] = {{"name", plan_read_part_name},
                                         {"options", plan_read_part_options}};
    if (node->kind == OG_SCALAR) {
        return plan_read_part_name(source, node, &part);
    }
    return plan_read_map(source, node, "a name, or {name: NAME, options: {...}},", keys,
                         sizeof keys / sizeof *keys, &part);
}

static og_status plan_read_environment(plan_read_source* source, const og_document_node* node,
                                       void* target) {
    og_plan* plan = target;
    OG_TRY(plan_read_part_any(
        source, node,
        (plan_read_part){&plan->environment, &plan->environment_where, &plan->environment_options,
                         &plan->environment_option_count}));
    og_plan_split_environment(source->arena, plan);
    return OG_OK;
}

static og_status plan_read_agent(plan_read_source* source, const og_document_node* node,
                                 void* target) {
    og_plan* plan = target;
    plan->proposer_word_count = 0;
    return plan_read_part_any(source, node,
                              (plan_read_part){&plan->agent, &plan->agent_where,
                                               &plan->agent_options, &plan->agent_option_count});
}

static og_status plan_read_space(plan_read_source* source, const og_document_node* node,
                                 void* target) {
    og_plan* plan = target;
    return plan_read_assignments(source, node, "{parameter: value or [values], ...}", &plan->space,
                                 &plan->space_count);
}

static og_status plan_read_metric_expression(plan_read_source* source, const og_document_node* node,
                                             void* target) {
    og_derived* derived = target;
    derived->where = plan_read_where(source, node);
    return plan_read_text(source, node, &derived->expression);
}

static og_status plan_read_metric_unit(plan_read_source* source, const og_document_node* node,
                                       void* target) {
    return plan_read_text(source, node, &((og_derived*)target)->unit);
}

static og_status plan_read_metric(plan_read_source* source, const og_document_node* node,
                                  og_derived* derived) {
    static const plan_read_key keys[] = {{"expression", plan_read_metric_expression},
                                         {"unit", plan_read_metric_unit}};
    if (node->kind == OG_SCALAR) {
        return plan_read_metric_expression(source, node, derived);
    }
    return plan_read_map(source, node, "an expression, or {expression: ..., unit: ...},", keys,
                         sizeof keys / sizeof *keys, derived);
}

static og_status plan_read_metrics(plan_read_source* source, const og_document_node* node,
                                   void* target) {
    og_plan* plan = target;
    if (node->kind != OG_MAP) {
        return plan_read_fail(source, node, "{name: expression, ...} expected");
    }
    og_derived* metrics = OG_NEW(source->arena, og_derived, plan->metric_count + node->count);
    int count = plan->metric_count;
    if (count > 0) {
        memcpy(metrics, plan->metrics, (size_t)count * sizeof *metrics);
    }
    for (int i = 0; i < node->count; i++) {
        int m = 0;
        while (m < count && strcmp(metrics[m].name, node->keys[i]->text) != 0) {
            m++;
        }
        count += m == count;
        metrics[m].name = node->keys[i]->text;
        OG_TRY(plan_read_metric(source, node->items[i], &metrics[m]));
        if (!metrics[m].expression) {
            return plan_read_fail(source, node->items[i], "key 'expression' is missing");
        }
    }
    plan->metrics = metrics;
    plan->metric_count = count;
    return OG_OK;
}

static og_status plan_read_minimize(plan_read_source* source, const og_document_node* node,
                                    void* target) {
    og_objective* objective = target;
    objective->sense = OG_MINIMIZE;
    return plan_read_text(source, node, &objective->expression);
}

static og_status plan_read_maximize(plan_read_source* source, const og_document_node* node,
                                    void* target) {
    og_objective* objective = target;
    objective->sense = OG_MAXIMIZE;
    return plan_read_text(source, node, &objective->expression);
}

static og_status plan_read_target_metric(plan_read_source* source, const og_document_node* node,
                                         void* target) {
    return plan_read_text(source, node, &((og_objective*)target)->expression);
}

static og_status plan_read_target_value(plan_read_source* source, const og_document_node* node,
                                        void* target) {
    og_objective* objective = target;
    objective->sense = OG_TARGET;
    return plan_read_number(source, node, "value", -1e300, 1e300, false, &objective->target);
}

static og_status plan_read_target(plan_read_source* source, const og_document_node* node,
                                  void* target) {
    static const plan_read_key keys[] = {{"metric", plan_read_target_metric},
                                         {"value", plan_read_target_value}};
    og_objective* objective = target;
    OG_TRY(plan_read_map(source, node, "{metric: NAME, value: NUMBER}", keys,
                         sizeof keys / sizeof *keys, target));
    if (!objective->expression || objective->sense != OG_TARGET) {
        return plan_read_fail(source, node, "a target needs both metric and value");
    }
    return OG_OK;
}

static og_status plan_read_objective(plan_read_source* source, const og_document_node* node,
                                     og_objective* objective) {
    static const plan_read_key keys[] = {{"minimize", plan_read_minimize},
                                         {"maximize", plan_read_maximize},
                                         {"target", plan_read_target}};
    static const char form[] =
        "{minimize: METRIC}, {maximize: METRIC} or {target: {metric: METRIC, value: NUMBER}}";
    OG_TRY(plan_read_map(source, node, form, keys, sizeof keys / sizeof *keys, objective));
    if (node->count != 1 || !objective->expression) {
        const char* what = og_text_format(source->arena, "exactly one of %s expected", form);
        return plan_read_fail(source, node, what);
    }
    objective->where = plan_read_where(source, node);
    return OG_OK;
}

// Items of a list; anything else stands for a list of itself.
static int plan_read_items(const og_document_node* const* node,
                           const og_document_node* const** items) {
    *items = (*node)->kind == OG_LIST ? (*node)->items : node;
    return (*node)->kind == OG_LIST ? (*node)->count : 1;
}

static og_status plan_read_objectives(plan_read_source* source, const og_document_node* node,
                                      void* target) {
    og_plan* plan = target;
    const og_document_node* const* items;
    const int count = plan_read_items(&node, &items);
    og_objective* objectives = OG_NEW(source->arena, og_objective, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(plan_read_objective(source, items[i], &objectives[i]));
    }
    plan->objectives = objectives;
    plan->objective_count = count;
    return OG_OK;
}

static og_status plan_read_constraints(plan_read_source* source, const og_document_node* node,
                                       void* target) {
    og_plan* plan = target;
    const og_document_node* const* items;
    const int count = plan_read_items(&node, &items);
    const char** constraints = OG_NEW(source->arena, const char*, count);
    const char** where = OG_NEW(source->arena, const char*, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(plan_read_text(source, items[i], &constraints[i]));
        where[i] = plan_read_where(source, items[i]);
    }
    plan->constraints = constraints;
    plan->constraint_where = where;
    plan->constraint_count = count;
    return OG_OK;
}

static og_status plan_read_evaluations(plan_read_source* source, const og_document_node* node,
                                       void* target) {
    double value;
    OG_TRY(plan_read_number(source, node, "evaluations", 1, (double)OG_PLAN_EVALUATIONS_MAX, true,
                            &value));
    ((og_plan*)target)->evaluations = (int64_t)value;
    return OG_OK;
}

static og_status plan_read_seconds(plan_read_source* source, const og_document_node* node,
                                   void* target) {
    return plan_read_number(source, node, "seconds", 0.001, 1e9, false,
                            &((og_plan*)target)->seconds);
}

static og_status plan_read_budget(plan_read_source* source, const og_document_node* node,
                                  void* target) {
    static const plan_read_key keys[] = {{"evaluations", plan_read_evaluations},
                                         {"seconds", plan_read_seconds}};
    if (node->kind == OG_SCALAR) {
        return plan_read_evaluations(source, node, target);
    }
    return plan_read_map(source, node, "a number, or {evaluations: N, seconds: S},", keys,
                         sizeof keys / sizeof *keys, target);
}

static og_status plan_read_seed(plan_read_source* source, const og_document_node* node,
                                void* target) {
    const char* text = node->kind == OG_SCALAR ? node->text : "";
    errno = 0;
    const bool digits = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
    const unsigned long long value = digits ? strtoull(text, NULL, 10) : 0;
    if (!digits || errno != 0) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: seed: '%s' is not allowed, allowed: an integer 0 .. "
                       "18446744073709551615",
                       plan_read_where(source, node), text);
    }
    ((og_plan*)target)->seed = value;
    return OG_OK;
}

static og_status plan_read_batch(plan_read_source* source, const og_document_node* node,
                                 void* target) {
    double value;
    OG_TRY(plan_read_number(source, node, "batch", 1, PLAN_READ_BATCH_LIMIT, true, &value));
    ((og_plan*)target)->batch = (int)value;
    return OG_OK;
}

static og_status plan_read_name(plan_read_source* source, const og_document_node* node,
                                void* target) {
    return plan_read_text(source, node, &((og_plan*)target)->name);
}

static og_status plan_read_proposer_command(plan_read_source* source, const og_document_node* node,
                                            void* target) {
    og_plan* plan = target;
    if (node->kind != OG_LIST || node->count == 0) {
        return plan_read_fail(source, node, "a list of words, [PROGRAM, ARGUMENT, ...], expected");
    }
    const char** words = OG_NEW(source->arena, const char*, node->count);
    for (int i = 0; i < node->count; i++) {
        if (node->items[i]->kind != OG_SCALAR || (i == 0 && node->items[i]->text[0] == '\0')) {
            return plan_read_fail(source, node->items[i], "text expected");
        }
        words[i] = node->items[i]->text;
    }
    // one of the two proposes designs: what is said last
    plan->agent = NULL;
    plan->agent_option_count = 0;
    plan->proposer = words;
    plan->proposer_word_count = node->count;
    return OG_OK;
}

static og_status plan_read_proposer_seconds(plan_read_source* source, const og_document_node* node,
                                            void* target) {
    return plan_read_number(source, node, "seconds", 0.01, 1e6, false,
                            &((og_plan*)target)->proposer_seconds);
}

static og_status plan_read_proposer(plan_read_source* source, const og_document_node* node,
                                    void* target) {
    static const plan_read_key keys[] = {{"command", plan_read_proposer_command},
                                         {"seconds", plan_read_proposer_seconds}};
    if (node->kind == OG_LIST) {
        return plan_read_proposer_command(source, node, target);
    }
    return plan_read_map(source, node, "[PROGRAM, ...], or {command: [...], seconds: S},", keys,
                         sizeof keys / sizeof *keys, target);
}

static og_status plan_read_enqueue(plan_read_source* source, const og_document_node* node,
                                   void* target) {
    og_plan* plan = target;
    plan->enqueue_where = plan_read_where(source, node);
    return plan_read_text(source, node, &plan->enqueue);
}

static og_status plan_read_store(plan_read_source* source, const og_document_node* node,
                                 void* target) {
    return plan_read_text(source, node, &((og_plan*)target)->store);
}

static og_status plan_read_workers(plan_read_source* source, const og_document_node* node,
                                   void* target) {
    og_plan* plan = target;
    const char* text = node->kind == OG_SCALAR ? node->text : "";
    const bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0) {
        return plan_read_fail(source, node, "true or false expected");
    }
    plan->workers = yes ? OG_WORKERS_YES : OG_WORKERS_NO;
    return OG_OK;
}

// Every key of a study file; docs/study-file.md describes them in this order.
static const plan_read_key plan_read_keys[] = {
    {"name", plan_read_name},
    {"environment", plan_read_environment},
    {"space", plan_read_space},
    {"metrics", plan_read_metrics},
    {"objectives", plan_read_objectives},
    {"constraints", plan_read_constraints},
    {"agent", plan_read_agent},
    {"proposer", plan_read_proposer},
    {"enqueue", plan_read_enqueue},
    {"budget", plan_read_budget},
    {"seed", plan_read_seed},
    {"batch", plan_read_batch},
    {"store", plan_read_store},
    {"workers", plan_read_workers},
};

// The value of a key, NULL when there is none.
static const og_document_node* plan_read_find(const og_document_node* map, const char* key) {
    for (int i = 0; map->kind == OG_MAP && i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0 && !og_document_is_null(map->items[i])) {
            return map->items[i];
        }
    }
    return NULL;
}

og_status og_plan_read(og_arena* arena, const og_document_node* root, const char* name,
                       og_plan* plan) {
    plan_read_source source = {.arena = arena, .name = name, .plan = plan};
    const og_document_node* proposer = plan_read_find(root, "proposer");
    if (proposer && plan_read_find(root, "agent")) {
        return plan_read_fail(&source, proposer,
                              "either agent or proposer can propose designs, not both");
    }
    return plan_read_map(&source, root, "keys of a study (environment: ..., agent: ...)",
                         plan_read_keys, sizeof plan_read_keys / sizeof *plan_read_keys, plan);
}
