/// What a description says about the program to run: the keys `command`, `shell`, `environment`,
/// `inherit` and `limits`.
#pragma once

#include "base/child.h"
#include "env/description/template.h"
#include "env/description/yaml.h"
#include "ogive/environment.h"

typedef struct og_launch {
    const char* program;  ///< path
    og_template* words;   ///< list: [word_count]
    int word_count;
    bool shell;          ///< the values come as variables $OGIVE_name, not as words
    char** environment;  ///< "NAME=value", list: [environment_count]
    int environment_count;
    const og_parameter* parameters;  ///< list: [parameter_count]
    int parameter_count;
    const char* here;  ///< folder of the description
    double seconds;    ///< time limit
    size_t memory;     ///< bytes, 0 = no limit
    size_t file;       ///< bytes of each file written, 0 = no limit
    size_t output;     ///< bytes of output
} og_launch;

/// Keys of a description that og_launch_read() reads.
#define OG_LAUNCH_KEYS "command", "shell", "environment", "inherit", "limits"

/// Read them from `map`. `here` is the absolute folder of the description. Fails with the place of
/// what is wrong; a program that is not there is refused.
og_status og_launch_read(og_yaml* yaml, const og_document_node* map, const char* here,
                         const og_parameter* parameters, int parameter_count, og_launch* launch);

/// The start of the program for design x (not read when there are no parameters) in `directory`
/// (NULL = the starter's), in `arena`.
og_child_plan og_launch_plan(og_arena* arena, const og_launch* launch, const double* x,
                             const char* directory);

/// Opens a model by the text of a description (`size` bytes at `text`); `name` stands for the file
/// in messages, `here` is its absolute folder.
typedef og_status og_launch_opener(og_arena* arena, const char* text, size_t size, const char* name,
                                   const char* here, og_model* model);

/// Open a model by the description in the file `path`, of at most `limit` bytes.
og_status og_launch_open(og_arena* arena, const char* path, size_t limit, og_launch_opener* open,
                         og_model* model);
