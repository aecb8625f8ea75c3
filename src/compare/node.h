/// Looking at trees of YAML nodes, and making new ones from their parts.
#pragma once

#include "base/document.h"

/// A source of nodes: its name stands for the file in messages.
typedef struct og_node_source {
    og_arena* arena;
    const char* name;
} og_node_source;

/// "file:line:column" of a node, or just the name of nodes without place.
const char* og_node_where(const og_node_source* source, const og_document_node* node);

/// Value of `key` in a map; NULL when it is missing, or null, or `map` is no map.
const og_document_node* og_node_find(const og_document_node* map, const char* key);

/// The entries of `map` whose keys are among `keys` (list: [count]).
const og_document_node* og_node_pick(og_arena* arena, const og_document_node* map,
                                     const char* const* keys, int count);

/// {key: value}.
const og_document_node* og_node_wrap(og_arena* arena, const char* key,
                                     const og_document_node* value);

/// `root` with "a.b=VALUE" put in its place, maps made where they are missing.
og_status og_node_assign(og_arena* arena, const og_document_node* root, const char* assignment,
                         const og_document_node** changed);

/// Fails when `map` is no map ("`what` expected") or has a key that is not among `keys` (list:
/// [count]).
og_status og_node_check(const og_node_source* source, const og_document_node* map, const char* what,
                        const char* const* keys, int count);

/// A number in [minimum, maximum], whole when `integer`; `key` names it in messages.
og_status og_node_number(const og_node_source* source, const og_document_node* node,
                         const char* key, double minimum, double maximum, bool integer,
                         double* value);

/// Text that is not empty.
og_status og_node_text(const og_node_source* source, const og_document_node* node, const char* key,
                       const char** text);

/// Items of a list (list: [result]); anything else stands for a list of itself.
int og_node_items(const og_document_node* const* node, const og_document_node* const** items);
