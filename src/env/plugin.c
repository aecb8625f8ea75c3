// Environments in shared libraries. A library stays loaded until the program ends: names and texts
// of records lie in it.

#include "ogive/plugin.h"

#include <dlfcn.h>
#include <string.h>

#include "base/hash.h"
#include "ogive/file.h"
#include "ogive/text.h"

enum { PLUGIN_FILE, PLUGIN_OPTIONS };

#define PLUGIN_LIMIT ((size_t)1 << 30)  // bytes of a library

static const og_parameter plugin_options[] = {
    {OG_TEXT_ROW("file", NULL, "Shared library that exports an environment (ogive/plugin.h).")},
    {OG_TEXT_ROW("options", "", "Options of its environment, name=value, separated by commas.")},
};

typedef struct plugin_data {
    og_model model;  // of the plugin's environment
} plugin_data;

static og_status plugin_hash(const char* path, uint64_t* hash) {
    og_arena* arena = og_arena_create();
    char* data = NULL;
    size_t size = 0;
    const og_status status = og_file_read(arena, path, PLUGIN_LIMIT, &data, &size);
    *hash = og_hash(OG_HASH_START, data, status == OG_OK ? size : 0);
    og_arena_destroy(arena);
    return status;
}

// A program may have opened the shared library for itself alone, as Python does; plugins call it
// too.
static void plugin_publish_library(void) {
    Dl_info here;
    if (dladdr(plugin_options, &here) && here.dli_fname) {
        dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
    }
}

static og_status plugin_load(og_arena* arena, const char* path, const og_environment** type) {
    // without a slash the system would look elsewhere
    const char* file = strchr(path, '/') ? path : og_text_format(arena, "./%s", path);
    plugin_publish_library();
    void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        return og_fail(OG_ERROR_FILE, "%s: cannot be loaded: %s", path, dlerror());
    }
    const og_plugin* plugin = dlsym(library, "og_plugin_entry");
    if (!plugin) {
        dlclose(library);
        return og_fail(OG_ERROR_FILE, "%s: exports no og_plugin_entry, see OG_PLUGIN()", path);
    }
    const bool same =
        plugin->abi == OG_PLUGIN_ABI && plugin->environment_size == sizeof(og_environment) &&
        plugin->model_size == sizeof(og_model) && plugin->parameter_size == sizeof(og_parameter) &&
        plugin->metric_size == sizeof(og_metric);
    if (!same) {
        const int abi = plugin->abi;
        dlclose(library);
        return og_fail(OG_ERROR_FILE,
                       "%s: was built for version %d of the plugin interface, this is version %d: "
                       "build it again with this program's headers",
                       path, abi, (int)OG_PLUGIN_ABI);
    }
    *type = plugin->environment;
    return OG_OK;
}

static og_status plugin_check_type(const og_environment* type) {
    if (!type || !type->name || !type->open || !type->evaluate || type->option_count < 0) {
        return og_fail(OG_ERROR_VALUE, "the descriptor needs name, open and evaluate");
    }
    return type->option_count > 0 ? og_parameters_check(type->options, type->option_count) : OG_OK;
}

static og_status plugin_check_model(const og_model* model) {
    if (model->metric_count < 1 || !model->metrics || model->space.count < 1 ||
        !model->space.parameters || !model->identity || model->feature_count < 0) {
        return og_fail(OG_ERROR_VALUE, "open() gave no parameters, no metrics or no identity");
    }
    OG_TRY(og_parameters_check(model->space.parameters, model->space.count));
    for (int i = 0; i < model->metric_count; i++) {
        const og_metric* metric = &model->metrics[i];
        const og_parameter row = {OG_BOOLEAN_ROW(metric->name, 0, "")};
        if (!metric->unit || !metric->doc || og_parameters_check(&row, 1) != OG_OK) {
            return og_fail(OG_ERROR_VALUE,
                           "metric %d needs a name of lower-case letters, digits "
                           "and _, a unit and a doc",
                           i);
        }
    }
    return OG_OK;
}

static og_status plugin_settings(og_arena* arena, const char* text, og_settings* settings) {
    char** parts;
    const int count = og_text_split(arena, text, ',', &parts);
    for (int i = 0; i < count; i++) {
        char* equals = strchr(parts[i], '=');
        if (!equals) {
            return og_fail(OG_ERROR_VALUE, "options: '%s' is no name=value", parts[i]);
        }
        const char* name =
            og_text_trim(arena, og_text_copy(arena, parts[i], (size_t)(equals - parts[i])));
        OG_TRY(og_settings_set(settings, name, og_text_trim(arena, equals + 1)));
    }
    return og_settings_complete(settings);
}

static og_status plugin_start(og_arena* arena, const og_environment* type, const char* options,
                              og_model* model) {
    OG_TRY(plugin_check_type(type));
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    OG_TRY(plugin_settings(arena, options, &settings));
    *model = (og_model){.type = type};
    // for a plugin that records no message
    og_fail(OG_ERROR_VALUE, "open() failed");
    OG_TRY(type->open(arena, &settings, model));
    return plugin_check_model(model);
}

static og_status plugin_open(og_arena* arena, const og_settings* options, og_model* model) {
    const char* path = options->texts[PLUGIN_FILE];
    uint64_t hash = 0;
    const og_environment* type = NULL;
    OG_TRY(plugin_hash(path, &hash));
    OG_TRY(plugin_load(arena, path, &type));
    plugin_data* data = OG_NEW(arena, plugin_data, 1);
    const og_status status =
        plugin_start(arena, type, options->texts[PLUGIN_OPTIONS], &data->model);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", path);
    }
    const og_environment* kept = model->type;
    *model = data->model;
    model->type = kept;
    model->data = data;
    model->identity =
        og_text_format(arena, "plugin 1: content=%016llx options=%s; %s", (unsigned long long)hash,
                       options->texts[PLUGIN_OPTIONS], data->model.identity);
    return OG_OK;
}

static og_outcome plugin_evaluate(const void* opened, const double* x, double* y, og_arena* scratch,
                                  const char** reason) {
    const plugin_data* data = opened;
    const og_outcome outcome = data->model.type->evaluate(data->model.data, x, y, scratch, reason);
    switch (outcome) {
    case OG_FEASIBLE: return OG_FEASIBLE;
    case OG_INFEASIBLE:
    case OG_FAILED:
        // what is recorded is text, in one line
        *reason = *reason && **reason ? og_text_printable(scratch, *reason) : "no reason given";
        return outcome;
    }
    *reason =
        og_text_format(scratch, "the plugin gave outcome %d, which there is not", (int)outcome);
    return OG_FAILED;
}

static void plugin_canonical(const void* opened, double* x) {
    const plugin_data* data = opened;
    if (data->model.type->canonical) {
        data->model.type->canonical(data->model.data, x);
    }
}

static void plugin_close(const void* opened) {
    const plugin_data* data = opened;
    if (data->model.type->close) {
        data->model.type->close(data->model.data);
    }
}

const og_environment og_environment_plugin = {
    .name = "plugin",
    .doc =
        "An environment in a shared library of one's own, with the same descriptor as a built-in "
        "one: for models in C that are evaluated millions of times.",
    .source = "the library's own",
    .options = plugin_options,
    .option_count = sizeof plugin_options / sizeof *plugin_options,
    .foreign = true,
    .open = plugin_open,
    .evaluate = plugin_evaluate,
    .canonical = plugin_canonical,
    .close = plugin_close,
};
