#include "study/plan.h"

#include <string.h>

#include "ogive/file.h"
#include "ogive/text.h"

enum {
    PLAN_FILE_LIMIT = 1 << 20,  // bytes; no study needs more
    PLAN_SEED = 1,
};

og_status og_plan_parse(og_arena* arena, const char* text, size_t size, const char* name,
                        og_plan* plan) {
    *plan = (og_plan){.seed = PLAN_SEED};
    if (size > PLAN_FILE_LIMIT) {
        return og_fail(OG_ERROR_FILE, "%s: larger than 1 MiB, which no study file needs", name);
    }
    const og_document_node* root;
    OG_TRY(og_document_parse(arena, text, size, name, &root));
    return og_plan_read(arena, root, name, plan);
}

og_status og_plan_load(og_arena* arena, const char* path, og_plan* plan) {
    *plan = (og_plan){.seed = PLAN_SEED};
    char* text;
    size_t size;
    OG_TRY(og_file_read(arena, path, PLAN_FILE_LIMIT, &text, &size));
    return og_plan_parse(arena, text, size, path, plan);
}

// {key: value}
static const og_document_node* plan_single(og_arena* arena, const char* key,
                                           const og_document_node* value) {
    og_document_node* nodes = OG_NEW(arena, og_document_node, 2);
    const og_document_node** links = OG_NEW(arena, const og_document_node*, 2);
    nodes[1] = (og_document_node){.kind = OG_SCALAR, .text = key, .weight = 1};
    links[0] = &nodes[1];
    links[1] = value;
    nodes[0] = (og_document_node){
        .kind = OG_MAP, .keys = links, .items = links + 1, .count = 1, .weight = value->weight + 2};
    return &nodes[0];
}

og_status og_plan_set(og_arena* arena, og_plan* plan, const char* assignment) {
    const char* equals = strchr(assignment, '=');
    if (!equals) {
        return og_fail(OG_ERROR_VALUE, "--set %s: KEY=VALUE expected", assignment);
    }
    const char* path =
        og_text_trim(arena, og_text_copy(arena, assignment, (size_t)(equals - assignment)));
    const char* name = og_text_format(arena, "--set %s", path);
    const og_document_node* node;
    const og_status status = og_document_parse(arena, equals + 1, strlen(equals + 1), NULL, &node);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", name);
    }
    char** keys;
    const int depth = og_text_split(arena, path, '.', &keys);
    if (depth == 0 || depth > 8) {
        return og_fail(OG_ERROR_VALUE, "--set %s: KEY=VALUE expected", assignment);
    }
    for (int i = depth - 1; i >= 0; i--) {
        node = plan_single(arena, keys[i], node);
    }
    // a failed assignment leaves the plan as it was
    og_plan changed = *plan;
    OG_TRY(og_plan_read(arena, node, name, &changed));
    *plan = changed;
    return OG_OK;
}

int64_t og_plan_budget(const og_plan* plan) {
    return plan->evaluations < OG_PLAN_EVALUATIONS_MAX ? plan->evaluations : 0;
}
