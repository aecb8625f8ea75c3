/// Plugins: environments in shared libraries, with the same descriptor as built-in ones.
///
/// A plugin is one C file that includes this header, defines an og_environment, and names it once
/// with OG_PLUGIN(). It is built with `cc -shared -fPIC -I include -o NAME.so NAME.c` and opened as
/// `--environment plugin --option file=NAME.so`. The functions of the public headers are there for
/// it: the program exports them, and so does libogive.so; it is linked with neither.
/// `ogive new environment NAME` writes a start of one.
#pragma once

#include "ogive/environment.h"

/// Version of the structures that a plugin and the program share; raised when one of them changes.
enum { OG_PLUGIN_ABI = 2 };

/// What a plugin exports as `og_plugin_entry`. The sizes catch structures that have changed without
/// the version.
typedef struct og_plugin {
    int abi;
    unsigned environment_size, model_size, parameter_size, metric_size;
    const og_environment* environment;
} og_plugin;

/// Export `environment_` as the plugin's environment.
#define OG_PLUGIN(environment_)                                                \
    extern const og_plugin og_plugin_entry;                                    \
    __attribute__((visibility("default"))) const og_plugin og_plugin_entry = { \
        OG_PLUGIN_ABI,        sizeof(og_environment), sizeof(og_model),        \
        sizeof(og_parameter), sizeof(og_metric),      &(environment_),         \
    }
