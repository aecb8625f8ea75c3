/// Reading of descriptions, which are maps in YAML (JSON is YAML), with places for messages.
#pragma once

#include "base/document.h"

/// A text being read.
typedef struct og_yaml {
    og_arena* arena;
    const char* name;  ///< stands for the text in messages
    const og_document_node* root;
} og_yaml;

/// Read one document, which is not empty; see og_document_parse().
og_status og_yaml_begin(og_arena* arena, const char* text, size_t size, const char* name,
                        og_yaml* yaml);

/// The outermost node.
const og_document_node* og_yaml_root(const og_yaml* yaml);

/// Fail with "name:line:column: message"; `node` may be NULL.
og_status og_yaml_fail(og_yaml* yaml, const og_document_node* node, og_status status,
                       const char* format, ...) __attribute__((format(printf, 4, 5)));

/// Put "name:line:column" before the recorded message.
og_status og_yaml_fail_at(og_yaml* yaml, const og_document_node* node, og_status status);

bool og_yaml_is_map(const og_document_node* node);
bool og_yaml_is_list(const og_document_node* node);

/// Entries of a map, items of a list; 0 for others.
int og_yaml_count(const og_document_node* node);

/// Item `index` of a list, or value of entry `index` of a map.
const og_document_node* og_yaml_item(const og_document_node* node, int index);

/// Key of entry `index` of a map; its text ends with a zero byte.
const og_document_node* og_yaml_key(const og_document_node* map, int index);

/// Text of a scalar; NULL for lists and maps.
const char* og_yaml_scalar(const og_document_node* node);

/// Value of `key`; NULL when it is missing or null (a plain ~, null or nothing).
const og_document_node* og_yaml_find(const og_document_node* map, const char* key);

/// Fails when `map` is no map ("WHAT expected") or has a key that is not among `keys` (list:
/// [count]).
og_status og_yaml_check(og_yaml* yaml, const og_document_node* map, const char* what,
                        const char* const* keys, int count);

// The following read the value of `key` in `map`; when it is missing, the result keeps its value.

/// A number in [minimum, maximum], an integer when `whole`.
og_status og_yaml_number(og_yaml* yaml, const og_document_node* map, const char* key,
                         double minimum, double maximum, bool whole, double* value);

/// A copy of a text.
og_status og_yaml_text(og_yaml* yaml, const og_document_node* map, const char* key,
                       const char** text);

/// True or false.
og_status og_yaml_boolean(og_yaml* yaml, const og_document_node* map, const char* key, bool* value);

/// Copies of the texts of a list, or of one text. `*texts` has a NULL behind them.
og_status og_yaml_texts(og_yaml* yaml, const og_document_node* map, const char* key, char*** texts,
                        int* count);

/// One of `names` (list: [count]), by its index.
og_status og_yaml_choice(og_yaml* yaml, const og_document_node* map, const char* key,
                         const char* const* names, int count, int* index);
