#include "env/description/yaml.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ogive/text.h"

og_status og_yaml_fail(og_yaml* yaml, const og_document_node* node, og_status status,
                       const char* format, ...) {
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    og_fail(status, "%s", text);
    return og_yaml_fail_at(yaml, node, status);
}

og_status og_yaml_fail_at(og_yaml* yaml, const og_document_node* node, og_status status) {
    if (!node) {
        return og_fail_context(status, "%s", yaml->name);
    }
    return og_fail_context(status, "%s:%d:%d", yaml->name, node->line, node->column);
}

bool og_yaml_is_map(const og_document_node* node) {
    return node->kind == OG_MAP;
}

bool og_yaml_is_list(const og_document_node* node) {
    return node->kind == OG_LIST;
}

int og_yaml_count(const og_document_node* node) {
    return node->count;
}

const og_document_node* og_yaml_item(const og_document_node* node, int index) {
    return node->items[index];
}

const og_document_node* og_yaml_key(const og_document_node* map, int index) {
    return map->keys[index];
}

const char* og_yaml_scalar(const og_document_node* node) {
    return node->kind == OG_SCALAR ? node->text : NULL;
}

const og_document_node* og_yaml_root(const og_yaml* yaml) {
    return yaml->root;
}

og_status og_yaml_begin(og_arena* arena, const char* text, size_t size, const char* name,
                        og_yaml* yaml) {
    *yaml = (og_yaml){.arena = arena, .name = name};
    OG_TRY(og_document_parse(arena, text, size, name, &yaml->root));
    if (og_document_is_null(yaml->root) && yaml->root->text[0] == '\0') {
        return og_fail(OG_ERROR_VALUE, "%s: is empty", name);
    }
    return OG_OK;
}

const og_document_node* og_yaml_find(const og_document_node* map, const char* key) {
    for (int i = 0; og_yaml_is_map(map) && i < og_yaml_count(map); i++) {
        if (strcmp(og_yaml_scalar(og_yaml_key(map, i)), key) == 0) {
            const og_document_node* value = og_yaml_item(map, i);
            return og_document_is_null(value) ? NULL : value;
        }
    }
    return NULL;
}

og_status og_yaml_check(og_yaml* yaml, const og_document_node* map, const char* what,
                        const char* const* keys, int count) {
    if (!og_yaml_is_map(map)) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE, "%s expected", what);
    }
    for (int i = 0; i < og_yaml_count(map); i++) {
        const og_document_node* node = og_yaml_key(map, i);
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

og_status og_yaml_number(og_yaml* yaml, const og_document_node* map, const char* key,
                         double minimum, double maximum, bool whole, double* value) {
    const og_document_node* node = og_yaml_find(map, key);
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

og_status og_yaml_text(og_yaml* yaml, const og_document_node* map, const char* key,
                       const char** text) {
    const og_document_node* node = og_yaml_find(map, key);
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

og_status og_yaml_choice(og_yaml* yaml, const og_document_node* map, const char* key,
                         const char* const* names, int count, int* index) {
    const og_document_node* node = og_yaml_find(map, key);
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

og_status og_yaml_boolean(og_yaml* yaml, const og_document_node* map, const char* key,
                          bool* value) {
    static const char* const names[] = {"false", "true"};
    int index = *value;
    OG_TRY(og_yaml_choice(yaml, map, key, names, 2, &index));
    *value = index == 1;
    return OG_OK;
}

og_status og_yaml_texts(og_yaml* yaml, const og_document_node* map, const char* key, char*** texts,
                        int* count) {
    const og_document_node* node = og_yaml_find(map, key);
    if (!node) {
        return OG_OK;
    }
    const bool list = og_yaml_is_list(node);
    *count = list ? og_yaml_count(node) : 1;
    *texts = OG_NEW(yaml->arena, char*, *count + 1);
    for (int i = 0; i < *count; i++) {
        const og_document_node* item = list ? og_yaml_item(node, i) : node;
        const char* text = og_yaml_scalar(item);
        if (!text) {
            return og_yaml_fail(yaml, item, OG_ERROR_VALUE, "%s: text expected", key);
        }
        (*texts)[i] = og_text_copy(yaml->arena, text, strlen(text));
    }
    return OG_OK;
}
