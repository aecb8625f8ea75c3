// What pictures are held against: well-formed text, and counts of its parts.
#pragma once

#include <stdbool.h>
#include <string.h>

// True when tags are balanced and all special characters of texts are escaped.
static bool markup_is_balanced(const char* text) {
    const char* open[64];
    size_t lengths[64];
    int depth = 0;
    for (const char* c = strchr(text, '<'); c; c = strchr(c + 1, '<')) {
        const char* end = strchr(c, '>');
        if (!end || memchr(c + 1, '<', (size_t)(end - c - 1))) {
            return false;
        }
        const char* name = c + 1 + (c[1] == '/');
        const size_t length = strcspn(name, " />\n");
        if (c[1] == '/') {
            depth--;
            if (depth < 0 || lengths[depth] != length || strncmp(open[depth], name, length) != 0) {
                return false;
            }
        } else if (end[-1] != '/') {
            if (depth == 64) {
                return false;
            }
            open[depth] = name;
            lengths[depth++] = length;
        }
    }
    return depth == 0;
}

// The same, and no number is none. For pictures whose texts hold no such words.
static inline bool markup_is_well_formed(const char* text) {
    return markup_is_balanced(text) && !strstr(text, "nan") && !strstr(text, "inf'");
}

static inline int markup_count(const char* text, const char* part) {
    int count = 0;
    for (const char* c = strstr(text, part); c; c = strstr(c + 1, part)) {
        count++;
    }
    return count;
}
