#include "env/description/yaml.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ogive/text.h"

enum { YAML_NODES = 1 << 16, YAML_KEYS = 4096 };

og_status og_yaml_fail(og_yaml* yaml, const yaml_node_t* node, og_status status, const char* format,
                       ...) {
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    og_fail(status, "%s", text);
    return og_yaml_fail_at(yaml, node, status);
}

og_status og_yaml_fail_at(og_yaml* yaml, const yaml_node_t* node, og_status status) {
    if (!node) {
        return og_fail_context(status, "%s", yaml->name);
    }
    return og_fail_context(status, "%s:%zu:%zu", yaml->name, node->start_mark.line + 1,
                           node->start_mark.column + 1);
}

bool og_yaml_is_map(const yaml_node_t* node) {
    return node->type == YAML_MAPPING_NODE;
}

bool og_yaml_is_list(const yaml_node_t* node) {
    return node->type == YAML_SEQUENCE_NODE;
}

int og_yaml_count(const yaml_node_t* node) {
    if (og_yaml_is_map(node)) {
        return (int)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    }
    return og_yaml_is_list(node)
               ? (int)(node->data.sequence.items.top - node->data.sequence.items.start)
               : 0;
}

const yaml_node_t* og_yaml_item(og_yaml* yaml, const yaml_node_t* node, int index) {
    return yaml_document_get_node(&yaml->document, og_yaml_is_map(node)
                                                       ? node->data.mapping.pairs.start[index].value
                                                       : node->data.sequence.items.start[index]);
}

const yaml_node_t* og_yaml_key(og_yaml* yaml, const yaml_node_t* map, int index) {
    return yaml_document_get_node(&yaml->document, map->data.mapping.pairs.start[index].key);
}

const char* og_yaml_scalar(const yaml_node_t* node) {
    return node->type == YAML_SCALAR_NODE ? (const char*)node->data.scalar.value : NULL;
}

const yaml_node_t* og_yaml_root(og_yaml* yaml) {
    return yaml_document_get_root_node(&yaml->document);
}

static og_status yaml_check_keys(og_yaml* yaml, const yaml_node_t* map) {
    const int count = og_yaml_count(map);
    if (count > YAML_KEYS) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE, "more than %d entries", YAML_KEYS);
    }
    for (int i = 0; i < count; i++) {
        const char* key = og_yaml_scalar(og_yaml_key(yaml, map, i));
        if (!key) {
            return og_yaml_fail(yaml, og_yaml_key(yaml, map, i), OG_ERROR_VALUE,
                                "a key must be plain text");
        }
        for (int k = 0; k < i; k++) {
            if (strcmp(key, og_yaml_scalar(og_yaml_key(yaml, map, k))) == 0) {
                return og_yaml_fail(yaml, og_yaml_key(yaml, map, i), OG_ERROR_VALUE,
                                    "the key '%s' appears twice", key);
            }
        }
    }
    return OG_OK;
}

// All nodes lie in one list, so nothing here follows references.
static og_status yaml_check_nodes(og_yaml* yaml) {
    const yaml_node_t* node = yaml->document.nodes.start;
    if (node == yaml->document.nodes.top) {
        return og_fail(OG_ERROR_VALUE, "%s: is empty", yaml->name);
    }
    if (yaml->document.nodes.top - node > YAML_NODES) {
        return og_fail(OG_ERROR_VALUE, "%s: more than %d values", yaml->name, YAML_NODES);
    }
    for (; node < yaml->document.nodes.top; node++) {
        const char* tag = (const char*)node->tag;
        if (tag && strcmp(tag, YAML_STR_TAG) != 0 && strcmp(tag, YAML_SEQ_TAG) != 0 &&
            strcmp(tag, YAML_MAP_TAG) != 0) {
            return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "tags (!...) are not used here");
        }
        if (node->type == YAML_SCALAR_NODE &&
            memchr(node->data.scalar.value, '\0', node->data.scalar.length)) {
            return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "a zero byte is not allowed in text");
        }
    }
    // every text ends at its zero byte now
    for (node = yaml->document.nodes.start; node < yaml->document.nodes.top; node++) {
        if (og_yaml_is_map(node)) {
            OG_TRY(yaml_check_keys(yaml, node));
        }
    }
    return OG_OK;
}

static og_status yaml_load(og_yaml* yaml, yaml_parser_t* parser) {
    if (!yaml_parser_load(parser, &yaml->document)) {
        return og_fail(OG_ERROR_VALUE, "%s:%zu:%zu: %s", yaml->name, parser->problem_mark.line + 1,
                       parser->problem_mark.column + 1,
                       parser->problem ? parser->problem : "not readable as YAML");
    }
    og_status status = yaml_check_nodes(yaml);
    yaml_document_t more;
    if (status == OG_OK) {
        if (!yaml_parser_load(parser, &more)) {
            status =
                og_fail(OG_ERROR_VALUE, "%s:%zu: %s", yaml->name, parser->problem_mark.line + 1,
                        parser->problem ? parser->problem : "not readable as YAML");
        } else {
            const bool another = yaml_document_get_root_node(&more) != NULL;
            yaml_document_delete(&more);
            if (another) {
                status = og_fail(OG_ERROR_VALUE, "%s: more than one document", yaml->name);
            }
        }
    }
    if (status != OG_OK) {
        yaml_document_delete(&yaml->document);
    }
    return status;
}

og_status og_yaml_begin(og_arena* arena, const char* text, size_t size, const char* name,
                        og_yaml* yaml) {
    *yaml = (og_yaml){.arena = arena, .name = name};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return og_fail(OG_ERROR_SYSTEM, "%s: no memory for reading YAML", name);
    }
    yaml_parser_set_input_string(&parser, (const unsigned char*)text, size);
    const og_status status = yaml_load(yaml, &parser);
    yaml_parser_delete(&parser);
    return status;
}

void og_yaml_end(og_yaml* yaml) {
    yaml_document_delete(&yaml->document);
}

static bool yaml_is_null(const yaml_node_t* node) {
    const char* text = og_yaml_scalar(node);
    return text && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

const yaml_node_t* og_yaml_find(og_yaml* yaml, const yaml_node_t* map, const char* key) {
    for (int i = 0; og_yaml_is_map(map) && i < og_yaml_count(map); i++) {
        if (strcmp(og_yaml_scalar(og_yaml_key(yaml, map, i)), key) == 0) {
            const yaml_node_t* value = og_yaml_item(yaml, map, i);
            return yaml_is_null(value) ? NULL : value;
        }
    }
    return NULL;
}

og_status og_yaml_check(og_yaml* yaml, const yaml_node_t* map, const char* what,
                        const char* const* keys, int count) {
    if (!og_yaml_is_map(map)) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE, "%s expected", what);
    }
    for (int i = 0; i < og_yaml_count(map); i++) {
        const yaml_node_t* node = og_yaml_key(yaml, map, i);
        const char* key = og_yaml_scalar(node);
        int k = 0;
        while (k < count && strcmp(key, keys[k]) != 0) {
            k++;
        }
        if (k < count) {
            continue;
        }
        const char* nearest = og_text_nearest(key, keys, count);
        if (nearest) {
            return og_yaml_fail(yaml, node, OG_ERROR_NAME, "unknown key '%s', did you mean %s?",
                                key, nearest);
        }
        og_buffer all = {.arena = yaml->arena};
        for (int n = 0; n < count; n++) {
            og_buffer_print(&all, "%s%s", n > 0 ? ", " : "", keys[n]);
        }
        return og_yaml_fail(yaml, node, OG_ERROR_NAME, "unknown key '%s', allowed: %s", key,
                            all.data);
    }
    return OG_OK;
}

og_status og_yaml_number(og_yaml* yaml, const yaml_node_t* map, const char* key, double minimum,
                         double maximum, bool whole, double* value) {
    const yaml_node_t* node = og_yaml_find(yaml, map, key);
    if (!node) {
        return OG_OK;
    }
    double read = 0;
    const char* text = og_yaml_scalar(node);
    if (text && og_text_number(text, &read) && read >= minimum && read <= maximum &&
        (!whole || read == trunc(read))) {
        *value = read;
        return OG_OK;
    }
    char low[32];
    char high[32];
    return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "%s: %s is not allowed, allowed: %s %s .. %s",
                        key, text ? text : "a list or map", whole ? "an integer" : "a number",
                        og_text_real(minimum, low), og_text_real(maximum, high));
}

og_status og_yaml_text(og_yaml* yaml, const yaml_node_t* map, const char* key, const char** text) {
    const yaml_node_t* node = og_yaml_find(yaml, map, key);
    if (!node) {
        return OG_OK;
    }
    const char* found = og_yaml_scalar(node);
    if (!found) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "%s: text expected", key);
    }
    *text = og_text_copy(yaml->arena, found, strlen(found));
    return OG_OK;
}

og_status og_yaml_choice(og_yaml* yaml, const yaml_node_t* map, const char* key,
                         const char* const* names, int count, int* index) {
    const yaml_node_t* node = og_yaml_find(yaml, map, key);
    if (!node) {
        return OG_OK;
    }
    const char* text = og_yaml_scalar(node);
    og_buffer all = {.arena = yaml->arena};
    for (int i = 0; i < count; i++) {
        if (text && strcmp(text, names[i]) == 0) {
            *index = i;
            return OG_OK;
        }
        og_buffer_print(&all, "%s%s", i > 0 ? " | " : "", names[i]);
    }
    return og_yaml_fail(yaml, node, OG_ERROR_NAME, "%s: '%s' is not allowed, allowed: %s", key,
                        text ? text : "a list or map", all.data);
}

og_status og_yaml_boolean(og_yaml* yaml, const yaml_node_t* map, const char* key, bool* value) {
    static const char* const names[] = {"false", "true"};
    int index = *value;
    OG_TRY(og_yaml_choice(yaml, map, key, names, 2, &index));
    *value = index == 1;
    return OG_OK;
}

og_status og_yaml_texts(og_yaml* yaml, const yaml_node_t* map, const char* key, char*** texts,
                        int* count) {
    const yaml_node_t* node = og_yaml_find(yaml, map, key);
    if (!node) {
        return OG_OK;
    }
    const bool list = og_yaml_is_list(node);
    *count = list ? og_yaml_count(node) : 1;
    *texts = OG_NEW(yaml->arena, char*, *count + 1);
    for (int i = 0; i < *count; i++) {
        const yaml_node_t* item = list ? og_yaml_item(yaml, node, i) : node;
        const char* text = og_yaml_scalar(item);
        if (!text) {
            return og_yaml_fail(yaml, item, OG_ERROR_VALUE, "%s: text expected", key);
        }
        (*texts)[i] = og_text_copy(yaml->arena, text, strlen(text));
    }
    return OG_OK;
}
