#include "base/document.h"

#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "ogive/text.h"

enum {
    DOCUMENT_DEPTH = 16,
    DOCUMENT_NODES = 1 << 20,
    DOCUMENT_ANCHORS = 64,
    DOCUMENT_KEY_BYTES = 128
};

typedef struct document_anchor {
    const char* name;
    const og_document_node* node;
} document_anchor;

typedef struct document_parser {
    og_arena* arena;
    const char* name;
    yaml_parser_t yaml;
    document_anchor anchors[DOCUMENT_ANCHORS];
    int anchor_count;
} document_parser;

// A list of nodes while it grows.
typedef struct document_list {
    const og_document_node** nodes;
    int count, capacity;
} document_list;

static og_status document_fail(const document_parser* parser, yaml_mark_t mark, const char* what) {
    if (!parser->name) {
        return og_fail(OG_ERROR_VALUE, "%s", what);
    }
    return og_fail(OG_ERROR_VALUE, "%s:%zu:%zu: %s", parser->name, mark.line + 1, mark.column + 1,
                   what);
}

static og_status document_next(document_parser* parser, yaml_event_t* event) {
    if (yaml_parser_parse(&parser->yaml, event)) {
        return OG_OK;
    }
    const char* problem = parser->yaml.problem ? parser->yaml.problem : "not readable as YAML";
    const char* context = parser->yaml.context;
    const char* what = og_text_format(parser->arena, "%s%s%s", problem, context ? " " : "",
                                      context ? context : "");
    return document_fail(parser, parser->yaml.problem_mark, what);
}

static void document_list_add(document_parser* parser, document_list* list,
                              const og_document_node* node) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 4;
        const og_document_node** larger =
            OG_NEW(parser->arena, const og_document_node*, list->capacity);
        if (list->count > 0) {
            memcpy(larger, list->nodes, (size_t)list->count * sizeof *larger);
        }
        list->nodes = larger;
    }
    list->nodes[list->count++] = node;
}

static og_status document_scalar(document_parser* parser, const yaml_event_t* event,
                                 og_document_node* node) {
    const char* text = (const char*)event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    if (memchr(text, '\0', length)) {
        return document_fail(parser, event->start_mark, "a zero byte is not allowed in text");
    }
    if (event->data.scalar.tag) {
        return document_fail(parser, event->start_mark, "tags (!...) are not used here");
    }
    node->kind = OG_SCALAR;
    node->text = og_text_copy(parser->arena, text, length);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return OG_OK;
}

// Anchors are registered once their node is complete, so no node can contain itself.
static og_status document_anchor_add(document_parser* parser, const char* name, yaml_mark_t mark,
                                     const og_document_node* node) {
    if (!name) {
        return OG_OK;
    }
    if (parser->anchor_count == DOCUMENT_ANCHORS) {
        return document_fail(parser, mark, "more than 64 anchors");
    }
    parser->anchors[parser->anchor_count++] = (document_anchor){name, node};
    return OG_OK;
}

static og_status document_alias(document_parser* parser, const yaml_event_t* event,
                                const og_document_node** node) {
    const char* name = (const char*)event->data.alias.anchor;
    for (int i = parser->anchor_count - 1; i >= 0; i--) {
        if (strcmp(parser->anchors[i].name, name) == 0) {
            *node = parser->anchors[i].node;
            return OG_OK;
        }
    }
    const char* what = og_text_format(parser->arena, "alias *%s has no anchor before it", name);
    return document_fail(parser, event->start_mark, what);
}

static og_status document_key_check(document_parser* parser, yaml_mark_t mark,
                                    const document_list* keys, const og_document_node* key) {
    if (key->kind != OG_SCALAR) {
        return document_fail(parser, mark, "a key must be plain text");
    }
    if (strlen(key->text) > DOCUMENT_KEY_BYTES) {
        return document_fail(parser, mark, "a key longer than 128 bytes");
    }
    for (int i = 0; i < keys->count; i++) {
        if (strcmp(keys->nodes[i]->text, key->text) == 0) {
            const char* what =
                keys->nodes[i]->line > 0
                    ? og_text_format(parser->arena, "key '%s' is given twice, first in line %d",
                                     key->text, keys->nodes[i]->line)
                    : og_text_format(parser->arena, "key '%s' is given twice", key->text);
            return document_fail(parser, mark, what);
        }
    }
    return OG_OK;
}

static og_status document_node_read(document_parser* parser, yaml_event_t* event, int depth,
                                    const og_document_node** node);

// Items up to the end event; of a map, keys and values in turn.
static og_status document_items_read(document_parser* parser, int depth, og_document_node* node) {
    enum { KEYS = 4096 };  // the check for repeated keys is quadratic
    document_list lists[2] = {{0}};
    const yaml_event_type_t end =
        node->kind == OG_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (int turn = 0;; turn ^= node->kind == OG_MAP) {
        yaml_event_t event;
        OG_TRY(document_next(parser, &event));
        if (event.type == end) {
            yaml_event_delete(&event);
            break;
        }
        const yaml_mark_t mark = event.start_mark;
        const og_document_node* item;
        const og_status status = document_node_read(parser, &event, depth + 1, &item);
        yaml_event_delete(&event);
        OG_TRY(status);
        const bool key = node->kind == OG_MAP && turn == 0;
        if (key) {
            OG_TRY(document_key_check(parser, mark, &lists[0], item));
        }
        document_list_add(parser, &lists[key ? 0 : 1], item);
        node->weight += item->weight;
        if (node->weight > DOCUMENT_NODES || lists[0].count > KEYS) {
            return document_fail(parser, mark, "too many values");
        }
    }
    node->keys = lists[0].nodes;
    node->items = lists[1].nodes;
    node->count = lists[1].count;
    return OG_OK;
}

static og_status document_node_read(document_parser* parser, yaml_event_t* event, int depth,
                                    const og_document_node** node) {
    if (event->type == YAML_ALIAS_EVENT) {
        return document_alias(parser, event, node);
    }
    if (depth > DOCUMENT_DEPTH) {
        return document_fail(parser, event->start_mark, "nested deeper than 16 levels");
    }
    og_document_node* fresh = OG_NEW(parser->arena, og_document_node, 1);
    *fresh = (og_document_node){.line = parser->name ? (int)event->start_mark.line + 1 : 0,
                                .column = parser->name ? (int)event->start_mark.column + 1 : 0,
                                .weight = 1};
    *node = fresh;
    const yaml_char_t* anchor = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        OG_TRY(document_scalar(parser, event, fresh));
    } else {
        const bool map = event->type == YAML_MAPPING_START_EVENT;
        const yaml_char_t* tag =
            map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
        if (tag) {
            return document_fail(parser, event->start_mark, "tags (!...) are not used here");
        }
        anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
        fresh->kind = map ? OG_MAP : OG_LIST;
        OG_TRY(document_items_read(parser, depth, fresh));
    }
    const char* name =
        anchor ? og_text_copy(parser->arena, (const char*)anchor, strlen((const char*)anchor))
               : NULL;
    return document_anchor_add(parser, name, event->start_mark, fresh);
}

// Events up to the first one that is content.
static og_status document_root_read(document_parser* parser, const og_document_node** root) {
    *root = NULL;
    for (;;) {
        yaml_event_t event;
        OG_TRY(document_next(parser, &event));
        const yaml_event_type_t type = event.type;
        og_status status = OG_OK;
        if (type == YAML_DOCUMENT_START_EVENT && *root) {
            status = document_fail(parser, event.start_mark, "a second document (---) begins here");
        } else if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                   type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT) {
            status = document_node_read(parser, &event, 0, root);
        }
        yaml_event_delete(&event);
        OG_TRY(status);
        if (type == YAML_STREAM_END_EVENT) {
            return OG_OK;
        }
    }
}

og_status og_document_parse(og_arena* arena, const char* text, size_t size, const char* name,
                            const og_document_node** root) {
    document_parser parser = {.arena = arena, .name = name};
    if (!yaml_parser_initialize(&parser.yaml)) {
        return og_fail(OG_ERROR_SYSTEM, "the YAML parser cannot be started");
    }
    yaml_parser_set_input_string(&parser.yaml, (const unsigned char*)text, size);
    const og_status status = document_root_read(&parser, root);
    yaml_parser_delete(&parser.yaml);
    OG_TRY(status);
    if (!*root) {
        og_document_node* empty = OG_NEW(arena, og_document_node, 1);
        *empty = (og_document_node){.kind = OG_SCALAR,
                                    .text = "",
                                    .plain = true,
                                    .line = name ? 1 : 0,
                                    .column = name ? 1 : 0,
                                    .weight = 1};
        *root = empty;
    }
    return OG_OK;
}

bool og_document_is_null(const og_document_node* node) {
    if (node->kind != OG_SCALAR || !node->plain) {
        return false;
    }
    return node->text[0] == '\0' || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0;
}
