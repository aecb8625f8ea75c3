#include <inttypes.h>
#include <string.h>

#include "ogive/text.h"
#include "study/plan.h"

#define PLAN_PRINT_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+"

// True when YAML reads `text` back unchanged without quotes; in flow context a comma ends it.
static bool plan_print_is_plain(const char* text, bool flow) {
    const char* rest = flow ? PLAN_PRINT_LETTERS "-()<>=*%^ " : PLAN_PRINT_LETTERS "-()<>=*%^ ,";
    const size_t length = strlen(text);
    const bool negative = text[0] == '-' && text[1] >= '0' && text[1] <= '9';
    if (length == 0 || (!strchr(PLAN_PRINT_LETTERS "(", text[0]) && !negative)) {
        return false;
    }
    return text[length - 1] != ' ' && strspn(text, rest) == length && strcmp(text, "null") != 0 &&
           strncmp(text, "...", 3) != 0;
}

// Decode one UTF-8 character; malformed bytes stand for themselves.
static uint32_t plan_print_decode(const char* text, size_t* length) {
    const unsigned char* c = (const unsigned char*)text;
    const size_t wanted = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : c[0] >= 0xc0 ? 2 : 1;
    uint32_t code = wanted == 1 ? c[0] : c[0] & (0xffu >> (wanted + 1));
    for (size_t i = 1; i < wanted; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            *length = 1;
            return c[0];
        }
        code = code << 6 | (c[i] & 0x3fu);
    }
    *length = wanted;
    return code;
}

static void plan_print_quoted(og_buffer* out, const char* text) {
    og_buffer_add(out, "\"", 1);
    while (*text) {
        size_t length;
        const uint32_t code = plan_print_decode(text, &length);
        if (code == '"' || code == '\\') {
            og_buffer_print(out, "\\%c", (char)code);
        } else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            og_buffer_print(out, "\\x%02x", (unsigned)code);
        } else if (code == 0x2028 || code == 0x2029 || code == 0xfeff) {
            og_buffer_print(out, "\\u%04x", (unsigned)code);
        } else {
            og_buffer_add(out, text, length);
        }
        text += length;
    }
    og_buffer_add(out, "\"", 1);
}

static void plan_print_scalar(og_buffer* out, const char* text, bool flow) {
    if (plan_print_is_plain(text, flow)) {
        og_buffer_add(out, text, strlen(text));
    } else {
        plan_print_quoted(out, text);
    }
}

// "key: value" at an indentation; keys may be any text as well.
static void plan_print_pair(og_buffer* out, int indent, const char* key, const char* value) {
    og_buffer_print(out, "%*s", indent, "");
    plan_print_scalar(out, key, false);
    og_buffer_print(out, ": ");
    plan_print_scalar(out, value, false);
    og_buffer_print(out, "\n");
}

static void plan_print_part(og_buffer* out, const char* key, const char* name,
                            const og_assignment* options, int option_count) {
    if (!name && option_count == 0) {
        return;
    }
    og_buffer_print(out, "%s:\n", key);
    if (name) {
        plan_print_pair(out, 2, "name", name);
    }
    if (option_count > 0) {
        og_buffer_print(out, "  options:\n");
    }
    for (int i = 0; i < option_count; i++) {
        plan_print_pair(out, 4, options[i].key, options[i].value);
    }
}

// Restrictions to several values are lists again.
static void plan_print_space(og_buffer* out, const og_plan* plan) {
    if (plan->space_count > 0) {
        og_buffer_print(out, "space:\n");
    }
    for (int i = 0; i < plan->space_count; i++) {
        const char* value = plan->space[i].value;
        og_buffer list = {.arena = out->arena};
        og_buffer joined = {.arena = out->arena};
        char** parts;
        const int count = og_text_split(out->arena, value, ',', &parts);
        for (int k = 0; k < count; k++) {
            og_buffer_print(&list, "%s", k ? ", " : "");
            plan_print_scalar(&list, parts[k], true);
            og_buffer_print(&joined, "%s%s", k ? "," : "", parts[k]);
        }
        if (count < 2 || strcmp(joined.data, value) != 0) {
            plan_print_pair(out, 2, plan->space[i].key, value);
            continue;
        }
        og_buffer_print(out, "  ");
        plan_print_scalar(out, plan->space[i].key, false);
        og_buffer_print(out, ": [%s]\n", list.data);
    }
}

static void plan_print_metrics(og_buffer* out, const og_plan* plan) {
    if (plan->metric_count > 0) {
        og_buffer_print(out, "metrics:\n");
    }
    for (int i = 0; i < plan->metric_count; i++) {
        const og_derived* metric = &plan->metrics[i];
        if (!metric->unit || metric->unit[0] == '\0') {
            plan_print_pair(out, 2, metric->name, metric->expression);
            continue;
        }
        og_buffer_print(out, "  ");
        plan_print_scalar(out, metric->name, false);
        og_buffer_print(out, ":\n");
        plan_print_pair(out, 4, "expression", metric->expression);
        plan_print_pair(out, 4, "unit", metric->unit);
    }
}

static void plan_print_objectives(og_buffer* out, const og_plan* plan) {
    static const char* const senses[] = {"minimize", "maximize"};
    if (plan->objective_count > 0) {
        og_buffer_print(out, "objectives:\n");
    }
    for (int i = 0; i < plan->objective_count; i++) {
        const og_objective* objective = &plan->objectives[i];
        if (objective->sense == OG_TARGET) {
            char value[32];
            og_buffer_print(out, "  - target: {metric: ");
            plan_print_scalar(out, objective->expression, true);
            og_buffer_print(out, ", value: %s}\n", og_text_real(objective->target, value));
        } else {
            og_buffer_print(out, "  - %s: ", senses[objective->sense]);
            plan_print_scalar(out, objective->expression, false);
            og_buffer_print(out, "\n");
        }
    }
}

static void plan_print_constraints(og_buffer* out, const og_plan* plan) {
    if (plan->constraint_count > 0) {
        og_buffer_print(out, "constraints:\n");
    }
    for (int i = 0; i < plan->constraint_count; i++) {
        og_buffer_print(out, "  - ");
        plan_print_scalar(out, plan->constraints[i], false);
        og_buffer_print(out, "\n");
    }
}

static void plan_print_proposer(og_buffer* out, const og_plan* plan) {
    if (plan->proposer_word_count == 0 && !(plan->proposer_seconds > 0)) {
        return;
    }
    og_buffer_print(out, "proposer:\n");
    if (plan->proposer_word_count > 0) {
        og_buffer_print(out, "  command: [");
        for (int i = 0; i < plan->proposer_word_count; i++) {
            og_buffer_print(out, "%s", i ? ", " : "");
            plan_print_scalar(out, plan->proposer[i], true);
        }
        og_buffer_print(out, "]\n");
    }
    if (plan->proposer_seconds > 0) {
        char seconds[32];
        og_buffer_print(out, "  seconds: %s\n", og_text_real(plan->proposer_seconds, seconds));
    }
}

static void plan_print_budget(og_buffer* out, const og_plan* plan) {
    if (plan->evaluations > 0 || plan->seconds > 0) {
        og_buffer_print(out, "budget:\n");
    }
    if (plan->evaluations > 0) {
        og_buffer_print(out, "  evaluations: %" PRId64 "\n", plan->evaluations);
    }
    if (plan->seconds > 0) {
        char seconds[32];
        og_buffer_print(out, "  seconds: %s\n", og_text_real(plan->seconds, seconds));
    }
}

const char* og_plan_print(og_arena* arena, const og_plan* plan) {
    og_buffer out = {.arena = arena};
    og_buffer_add(&out, "", 0);
    if (plan->name) {
        plan_print_pair(&out, 0, "name", plan->name);
    }
    plan_print_part(&out, "environment", plan->environment, plan->environment_options,
                    plan->environment_option_count);
    plan_print_space(&out, plan);
    plan_print_metrics(&out, plan);
    plan_print_objectives(&out, plan);
    plan_print_constraints(&out, plan);
    plan_print_part(&out, "agent", plan->agent, plan->agent_options, plan->agent_option_count);
    plan_print_proposer(&out, plan);
    if (plan->enqueue) {
        plan_print_pair(&out, 0, "enqueue", plan->enqueue);
    }
    plan_print_budget(&out, plan);
    og_buffer_print(&out, "seed: %" PRIu64 "\n", plan->seed);
    if (plan->batch > 0) {
        og_buffer_print(&out, "batch: %d\n", plan->batch);
    }
    if (plan->store) {
        plan_print_pair(&out, 0, "store", plan->store);
    }
    if (plan->workers != OG_WORKERS_DEFAULT) {
        og_buffer_print(&out, "workers: %s\n", plan->workers == OG_WORKERS_YES ? "true" : "false");
    }
    return out.data;
}
