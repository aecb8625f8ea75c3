#include "report/label.h"

#include <string.h>

#include "ogive/study.h"
#include "ogive/text.h"

// the budget as people say it
static const char* label_budget(og_arena* arena, const og_study_record* record) {
    og_plan plan = {0};
    if (og_plan_parse(arena, record->plan, strlen(record->plan), "plan", &plan) != OG_OK) {
        return "";
    }
    og_buffer text = {.arena = arena};
    og_buffer_add(&text, "", 0);
    if (plan.evaluations > 0) {
        og_buffer_print(&text, "%lld evaluations", (long long)plan.evaluations);
    }
    if (plan.seconds > 0) {
        og_buffer_print(&text, "%s%g s", text.length ? " or " : "", plan.seconds);
    }
    return text.data;
}

static bool label_same_options(const og_study_record* a, const og_study_record* b) {
    return strcmp(a->agent, b->agent) == 0 && strcmp(a->agent_options, b->agent_options) == 0;
}

static void label_add(og_buffer* label, const char* part) {
    og_buffer_print(label, "%s%s", strchr(label->data, '(') ? ", " : " (", part);
}

static const char* label_make(og_arena* arena, const og_study_record* const* records,
                              const char* const* budgets, int count, int index) {
    const og_study_record* own = records[index];
    bool options = false;
    bool batch = false;
    bool budget = false;
    for (int i = 0; i < count; i++) {
        if (strcmp(records[i]->agent, own->agent) != 0) {
            continue;
        }
        const bool same = label_same_options(records[i], own);
        options = options || !same;
        batch = batch || (same && records[i]->batch != own->batch);
        budget = budget || strcmp(budgets[i], budgets[index]) != 0;
    }
    og_buffer label = {.arena = arena};
    og_buffer_print(&label, "%s", own->agent);
    if (options) {
        label_add(&label, own->agent_options[0] ? own->agent_options : "default options");
    }
    if (batch) {
        label_add(&label, og_text_format(arena, "batch %d", own->batch));
    }
    if (budget) {
        label_add(&label, budgets[index]);
    }
    og_buffer_print(&label, "%s", options || batch || budget ? ")" : "");
    return label.data;
}

const char** og_study_labels(og_arena* arena, const og_study_record* const* records, int count) {
    const char** budgets = OG_NEW(arena, const char*, count);
    const char** labels = OG_NEW(arena, const char*, count);
    for (int i = 0; i < count; i++) {
        budgets[i] = label_budget(arena, records[i]);
    }
    for (int i = 0; i < count; i++) {
        labels[i] = label_make(arena, records, budgets, count, i);
    }
    return labels;
}
