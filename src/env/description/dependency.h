/// Files that a simulator consists of: when one changes, it is another simulator.
#pragma once

#include "env/description/launch.h"

/// Read the file `path` (relative to the folder `here`) that `node` names, and add its content to
/// `hash`.
og_status og_dependency_read(og_yaml* yaml, const og_document_node* node, const char* here,
                             const char* path, size_t limit, char** data, size_t* size,
                             uint64_t* hash);

/// Add to `hash` the files of the key `depends` of `map`, and the program when it lies in the
/// description's folder.
og_status og_dependencies_read(og_yaml* yaml, const og_document_node* map, const og_launch* launch,
                               uint64_t* hash);
