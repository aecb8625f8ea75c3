// The environment of designs that the caller evaluates.

#include <string.h>

#include "base/hash.h"
#include "env/description/declaration.h"
#include "env/description/launch.h"
#include "ogive/text.h"
#include "study/session.h"

enum { SESSION_ENVIRONMENT_DESCRIPTION, SESSION_ENVIRONMENT_IDENTITY };

static const og_parameter session_environment_options[] = {
    {OG_TEXT_ROW("description", NULL, "Parameters, constraints and metrics (YAML or JSON).")},
    {OG_TEXT_ROW("identity", "", "Any text that changes when the caller's costs do.")},
};

static og_status session_environment_read(og_yaml* yaml, og_model* model) {
    static const char* const keys[] = {"parameters", "constraints", "metrics"};
    const og_document_node* map = og_yaml_root(yaml);
    OG_TRY(og_yaml_check(yaml, map, "a map with parameters and metrics", keys,
                         sizeof keys / sizeof *keys));
    return og_declaration_read(yaml, map, NULL, 0, model);
}

static og_status session_environment_open(og_arena* arena, const og_settings* options,
                                          og_model* model) {
    const char* text = options->texts[SESSION_ENVIRONMENT_DESCRIPTION];
    const char* identity = options->texts[SESSION_ENVIRONMENT_IDENTITY];
    og_yaml yaml;
    OG_TRY(og_yaml_begin(arena, text, strlen(text), "description", &yaml));
    const og_status status = session_environment_read(&yaml, model);
    OG_TRY(status);
    model->identity =
        og_text_format(arena, "caller 1: content=%016llx identity=%s",
                       (unsigned long long)og_hash(OG_HASH_START, text, strlen(text)), identity);
    return OG_OK;
}

static og_outcome session_environment_evaluate(const void* data, const double* x, double* y,
                                               og_arena* scratch, const char** reason) {
    (void)data;
    (void)x;
    (void)y;
    (void)scratch;
    *reason = "only the caller knows what designs cost";
    return OG_FAILED;
}

static const og_environment session_environment_caller = {
    .name = OG_RUN_CALLER,
    .doc = "Designs that the calling program evaluates: it asks for them and tells what they cost.",
    .source = "the caller's own",
    .options = session_environment_options,
    .option_count = sizeof session_environment_options / sizeof *session_environment_options,
    .open = session_environment_open,
    .evaluate = session_environment_evaluate,
};

og_status og_session_find_environment(const og_plan* plan, const og_environment** environment) {
    if (!plan->environment) {
        return og_fail(OG_ERROR_VALUE, "environment: a name needed, such as environment: dram");
    }
    *environment = &session_environment_caller;
    if (strcmp(plan->environment, session_environment_caller.name) == 0) {
        return OG_OK;
    }
    const og_status status = og_environment_find(plan->environment, environment);
    return status == OG_OK
               ? OG_OK
               : og_fail_context(status, "%s",
                                 plan->environment_where ? plan->environment_where : "environment");
}
