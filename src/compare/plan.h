/// Between the files that read comparisons and tunings.
#pragma once

#include "compare/node.h"
#include "ogive/compare.h"

/// Read the file `path`, at most 1 MiB, and parse it.
og_status og_compare_document(og_arena* arena, const char* path, const og_document_node** root);

/// Change `*root` by "a.b=VALUE" texts (list: [count]).
og_status og_compare_assign(og_arena* arena, const char* const* assignments, int count,
                            const og_document_node** root);

/// Read the plan that the map `root` describes.
og_status og_compare_read(const og_node_source* source, const og_document_node* root,
                          og_compare_plan* plan);
