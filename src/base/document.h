/// YAML text as a tree of nodes that know their place, so that messages can point at it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ogive/arena.h"
#include "ogive/status.h"

typedef enum og_document_kind { OG_SCALAR, OG_LIST, OG_MAP } og_document_kind;

/// One node. A scalar keeps its text as written; nothing is converted.
typedef struct og_document_node {
    og_document_kind kind;
    const char* text;                             ///< OG_SCALAR
    bool plain;                                   ///< OG_SCALAR without quotes
    int line, column;                             ///< from 1; 0 = no place
    int count;                                    ///< OG_LIST, OG_MAP
    const struct og_document_node* const* items;  ///< list: [count]; of a map, its values
    const struct og_document_node* const* keys;   ///< OG_MAP: scalars, list: [count], all different
    long weight;  ///< nodes below and including this one, aliases expanded
} og_document_node;

/// Parse one YAML document of `size` bytes; `name` stands for the file in messages
/// ("name:line:column: ..."), NULL leaves the place out. Refused: nesting deeper than 16, more than
/// 2^20 nodes after aliases are expanded, keys given twice or not scalar, several documents, tags,
/// zero bytes in text.
og_status og_document_parse(og_arena* arena, const char* text, size_t size, const char* name,
                            const og_document_node** root);

/// True for an empty value, `~` and `null`.
bool og_document_is_null(const og_document_node* node);
