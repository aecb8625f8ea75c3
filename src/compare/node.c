#include "compare/node.h"

#include <math.h>
#include <string.h>

#include "ogive/text.h"

enum { NODE_DEPTH = 8 };  // of a path in an assignment

const char* og_node_where(const og_node_source* source, const og_document_node* node) {
    if (node->line == 0) {
        return source->name;
    }
    return og_text_format(source->arena, "%s:%d:%d", source->name, node->line, node->column);
}

const og_document_node* og_node_find(const og_document_node* map, const char* key) {
    for (int i = 0; map->kind == OG_MAP && i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0 && !og_document_is_null(map->items[i])) {
            return map->items[i];
        }
    }
    return NULL;
}

// An empty map with room for `capacity` entries.
static og_document_node* node_map(og_arena* arena, const og_document_node* place, int capacity,
                                  const og_document_node*** keys, const og_document_node*** items) {
    og_document_node* map = OG_NEW(arena, og_document_node, 1);
    *keys = OG_NEW(arena, const og_document_node*, capacity);
    *items = OG_NEW(arena, const og_document_node*, capacity);
    *map = (og_document_node){.kind = OG_MAP,
                              .line = place ? place->line : 0,
                              .column = place ? place->column : 0,
                              .keys = *keys,
                              .items = *items,
                              .weight = 1};
    return map;
}

const og_document_node* og_node_pick(og_arena* arena, const og_document_node* map,
                                     const char* const* keys, int count) {
    const bool is_map = map->kind == OG_MAP;
    const og_document_node** picked_keys;
    const og_document_node** items;
    og_document_node* picked = node_map(arena, map, is_map ? map->count : 0, &picked_keys, &items);
    for (int i = 0; is_map && i < map->count; i++) {
        for (int k = 0; k < count; k++) {
            if (strcmp(map->keys[i]->text, keys[k]) == 0) {
                picked_keys[picked->count] = map->keys[i];
                items[picked->count++] = map->items[i];
            }
        }
    }
    return picked;
}

static const og_document_node* node_scalar(og_arena* arena, const char* text) {
    og_document_node* node = OG_NEW(arena, og_document_node, 1);
    *node = (og_document_node){.kind = OG_SCALAR, .text = text, .weight = 1};
    return node;
}

const og_document_node* og_node_wrap(og_arena* arena, const char* key,
                                     const og_document_node* value) {
    const og_document_node** keys;
    const og_document_node** items;
    og_document_node* map = node_map(arena, value, 1, &keys, &items);
    keys[0] = node_scalar(arena, key);
    items[0] = value;
    map->count = 1;
    return map;
}

// `root` with path[0] . ... . path[depth - 1] = value; what is no map on the way is replaced.
static const og_document_node* node_put(og_arena* arena, const og_document_node* root,
                                        char* const* path, int depth,
                                        const og_document_node* value) {
    if (depth == 0) {
        return value;
    }
    const int count = root && root->kind == OG_MAP ? root->count : 0;
    const og_document_node** keys;
    const og_document_node** items;
    og_document_node* map = node_map(arena, root, count + 1, &keys, &items);
    int at = count;
    for (int i = 0; i < count; i++) {
        keys[i] = root->keys[i];
        items[i] = root->items[i];
        at = strcmp(keys[i]->text, path[0]) == 0 ? i : at;
    }
    map->count = at == count ? count + 1 : count;
    const og_document_node* below = at < count ? items[at] : NULL;
    keys[at] = at < count ? keys[at] : node_scalar(arena, path[0]);
    items[at] = node_put(arena, below, path + 1, depth - 1, value);
    return map;
}

og_status og_node_assign(og_arena* arena, const og_document_node* root, const char* assignment,
                         const og_document_node** changed) {
    const char* equals = strchr(assignment, '=');
    char** path;
    const int depth =
        equals
            ? og_text_split(arena, og_text_copy(arena, assignment, (size_t)(equals - assignment)),
                            '.', &path)
            : 0;
    if (depth == 0 || depth > NODE_DEPTH) {
        return og_fail(OG_ERROR_VALUE, "--set %s: KEY=VALUE expected", assignment);
    }
    const og_document_node* value;
    const og_status status = og_document_parse(arena, equals + 1, strlen(equals + 1), NULL, &value);
    if (status != OG_OK) {
        return og_fail_context(status, "--set %s", assignment);
    }
    *changed = node_put(arena, root, path, depth, value);
    return OG_OK;
}

og_status og_node_check(const og_node_source* source, const og_document_node* map, const char* what,
                        const char* const* keys, int count) {
    if (map->kind != OG_MAP) {
        return og_fail(OG_ERROR_VALUE, "%s: %s expected", og_node_where(source, map), what);
    }
    for (int i = 0; i < map->count; i++) {
        int k = 0;
        while (k < count && strcmp(keys[k], map->keys[i]->text) != 0) {
            k++;
        }
        if (k < count) {
            continue;
        }
        const char* where = og_node_where(source, map->keys[i]);
        const char* nearest = og_text_nearest(map->keys[i]->text, keys, count);
        if (nearest) {
            return og_fail(OG_ERROR_NAME, "%s: unknown key '%s', did you mean %s?", where,
                           map->keys[i]->text, nearest);
        }
        og_buffer all = {.arena = source->arena};
        for (int n = 0; n < count; n++) {
            og_buffer_print(&all, "%s%s", n ? ", " : "", keys[n]);
        }
        return og_fail(OG_ERROR_NAME, "%s: unknown key '%s', allowed: %s", where,
                       map->keys[i]->text, all.data);
    }
    return OG_OK;
}

og_status og_node_number(const og_node_source* source, const og_document_node* node,
                         const char* key, double minimum, double maximum, bool integer,
                         double* value) {
    double read = 0;
    const bool number = node->kind == OG_SCALAR && og_text_number(node->text, &read) &&
                        read >= minimum && read <= maximum;
    if (number && (!integer || floor(read) == read)) {
        *value = read;
        return OG_OK;
    }
    char low[32];
    char high[32];
    return og_fail(OG_ERROR_VALUE, "%s: %s: %s is not allowed, allowed: %s %s .. %s",
                   og_node_where(source, node), key,
                   node->kind == OG_SCALAR ? node->text : "a list or map",
                   integer ? "an integer" : "a number", og_text_real(minimum, low),
                   og_text_real(maximum, high));
}

og_status og_node_text(const og_node_source* source, const og_document_node* node, const char* key,
                       const char** text) {
    if (node->kind != OG_SCALAR || node->text[0] == '\0') {
        return og_fail(OG_ERROR_VALUE, "%s: %s: text expected", og_node_where(source, node), key);
    }
    *text = node->text;
    return OG_OK;
}

int og_node_items(const og_document_node* const* node, const og_document_node* const** items) {
    *items = (*node)->kind == OG_LIST ? (*node)->items : node;
    return (*node)->kind == OG_LIST ? (*node)->count : 1;
}
