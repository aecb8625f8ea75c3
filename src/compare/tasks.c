#include "compare/tasks.h"

#include <math.h>
#include <string.h>

static const double tasks_memo_bytes = 1024.0 * 1024 * 1024;
static const double tasks_memos_bytes = 4096.0 * 1024 * 1024;  // of all together

// The environment with the agent's own options in the place of those of the same name.
static og_compare_environment* tasks_variant(og_arena* arena,
                                             const og_compare_environment* environment,
                                             const og_compare_agent* agent) {
    og_compare_environment* variant = OG_NEW(arena, og_compare_environment, 1);
    *variant = *environment;
    og_plan* plan = &variant->plan;
    const int most = plan->environment_option_count + agent->environment_option_count;
    og_assignment* options = OG_NEW(arena, og_assignment, most);
    int count = 0;
    for (int i = 0; i < plan->environment_option_count; i++) {
        bool replaced = false;
        for (int k = 0; k < agent->environment_option_count; k++) {
            replaced = replaced || strcmp(plan->environment_options[i].key,
                                          agent->environment_options[k].key) == 0;
        }
        if (!replaced) {
            options[count++] = plan->environment_options[i];
        }
    }
    for (int k = 0; k < agent->environment_option_count; k++) {
        options[count++] = agent->environment_options[k];
    }
    plan->environment_options = options;
    plan->environment_option_count = count;
    return variant;
}

static bool tasks_same_options(const og_compare_agent* a, const og_compare_agent* b) {
    if (a->environment_option_count != b->environment_option_count) {
        return false;
    }
    for (int i = 0; i < a->environment_option_count; i++) {
        if (strcmp(a->environment_options[i].key, b->environment_options[i].key) != 0 ||
            strcmp(a->environment_options[i].value, b->environment_options[i].value) != 0) {
            return false;
        }
    }
    return true;
}

// Equal designs cost the same in both, metric by metric.
static bool tasks_same_costs(const og_task* a, const og_task* b) {
    const og_model* one = &a->model;
    const og_model* other = &b->model;
    if (one->type != other->type || one->metric_count != other->metric_count ||
        one->space.count != other->space.count || strcmp(one->identity, other->identity) != 0) {
        return false;
    }
    for (int i = 0; i < one->metric_count; i++) {
        if (strcmp(one->metrics[i].name, other->metrics[i].name) != 0) {
            return false;
        }
    }
    for (int i = 0; i < one->space.count; i++) {
        const og_parameter* p = &one->space.parameters[i];
        const og_parameter* q = &other->space.parameters[i];
        if (strcmp(p->name, q->name) != 0 || p->kind != q->kind) {
            return false;
        }
    }
    return true;
}

// Tasks by the model that they share.
typedef struct tasks_group {
    og_task** all;  // list: [count]
    int* first;     // the first task on the same model, list: [count]
    int count;
} tasks_group;

static bool tasks_is_worth_keeping(const og_task* task) {
    // of reals no design comes twice, unless many are alike
    return task->timed && (task->problem->full->discrete || task->model.type->canonical);
}

// The metrics that the tasks of a group read.
static void tasks_share(og_arena* arena, const tasks_group* group, int first, double bytes) {
    const og_task* model = group->all[first];
    int* kept = OG_NEW(arena, int, model->model.metric_count);
    int count = 0;
    for (int m = 0; m < model->model.metric_count; m++) {
        bool read = false;
        for (int i = first; i < group->count; i++) {
            read = read || (group->first[i] == first && og_task_reads(group->all[i], m));
        }
        if (read) {
            kept[count++] = m;
        }
    }
    const og_space* space = model->problem->full;
    const double designs = space->discrete && isfinite(space->size) ? space->size : 0;
    og_memo* memo = og_memo_make(arena, designs, space->count, 1 + count, bytes);
    for (int i = first; i < group->count; i++) {
        if (group->first[i] == first) {
            group->all[i]->memo = memo;
            group->all[i]->kept = kept;
            group->all[i]->kept_count = count;
        }
    }
}

static void tasks_remember(og_arena* arena, og_task** all, int count) {
    const tasks_group group = {all, OG_NEW(arena, int, count), count};
    int memos = 0;
    for (int i = 0; i < count; i++) {
        group.first[i] = -1;
        for (int k = 0; tasks_is_worth_keeping(all[i]) && k <= i && group.first[i] < 0; k++) {
            if (k == i || (group.first[k] == k && tasks_same_costs(all[k], all[i]))) {
                group.first[i] = k;
            }
        }
        memos += group.first[i] == i;
    }
    for (int i = 0; i < count; i++) {
        if (group.first[i] == i) {
            tasks_share(arena, &group, i, fmin(tasks_memo_bytes, tasks_memos_bytes / memos));
        }
    }
}

// An agent may see the designs of an environment otherwise, but not search another problem.
static og_status tasks_check_seen(const og_compare_agent* agent, const og_environment* type) {
    for (int i = 0; i < agent->environment_option_count; i++) {
        const char* key = agent->environment_options[i].key;
        for (int k = 0; k < type->option_count; k++) {
            const og_parameter* row = &type->options[k];
            const bool encodes = row->group && strcmp(row->group, OG_ENCODING_GROUP) == 0;
            if (strcmp(row->name, key) == 0 && !encodes) {
                return og_fail(OG_ERROR_VALUE,
                               "%s makes another problem of environment %s: allowed are options of "
                               "how designs are written (in dram: encoding)",
                               key, type->name);
            }
        }
    }
    return OG_OK;
}

// The task of agent `a`: that of the environment, that of an agent before it with the same options,
// or its own.
static og_status tasks_open_run(og_arena* arena, const og_compare_plan* plan, int e, int a,
                                og_tasks* tasks, og_task** all, int* count) {
    const og_task** runs = tasks->runs + (size_t)e * (size_t)plan->agent_count;
    const og_compare_agent* agent = &plan->agents[a];
    if (agent->environment_option_count == 0) {
        runs[a] = &tasks->list[e];
        return OG_OK;
    }
    for (int k = 0; k < a; k++) {
        if (tasks_same_options(agent, &plan->agents[k])) {
            runs[a] = runs[k];
            return OG_OK;
        }
    }
    og_task* own = OG_NEW(arena, og_task, 1);
    og_status status =
        og_task_open(arena, tasks_variant(arena, &plan->environments[e], agent), own);
    if (status == OG_OK) {
        status = tasks_check_seen(agent, own->model.type);
    }
    if (status != OG_OK) {
        return og_fail_context(status, "%s: environment_options", agent->where);
    }
    runs[a] = all[(*count)++] = own;
    return OG_OK;
}

og_status og_tasks_open(og_arena* arena, const og_compare_plan* plan, og_tasks* tasks) {
    const int environments = plan->environment_count;
    tasks->list = OG_NEW(arena, og_task, environments);
    tasks->runs = OG_NEW(arena, const og_task*, environments * plan->agent_count);
    og_task** all = OG_NEW(arena, og_task*, environments * (1 + plan->agent_count));
    int count = 0;
    for (int e = 0; e < environments; e++) {
        OG_TRY(og_task_open(arena, &plan->environments[e], &tasks->list[e]));
        all[count++] = &tasks->list[e];
        for (int a = 0; a < plan->agent_count; a++) {
            OG_TRY(tasks_open_run(arena, plan, e, a, tasks, all, &count));
        }
    }
    tasks_remember(arena, all, count);
    return OG_OK;
}
