#include "env/description/template.h"

#include <string.h>

static const char template_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

// Length of the name that stands in braces at `at`, 0 = none; `*twice` says that they are doubled.
static size_t template_match(const char* at, bool* twice) {
    *twice = at[0] == '{' && at[1] == '{';
    const char* name = at + 1 + *twice;
    const size_t length = strspn(name, template_letters);
    const bool valid = at[0] == '{' && name[0] >= 'a' && name[0] <= 'z';
    return valid && name[length] == '}' && (!*twice || name[length + 1] == '}') ? length : 0;
}

static int template_parameter(const char* name, size_t length, const og_parameter* parameters,
                              int count) {
    for (int i = 0; i < count; i++) {
        if (strlen(parameters[i].name) == length && memcmp(parameters[i].name, name, length) == 0) {
            return i;
        }
    }
    return -1;
}

static bool template_is_here(const char* name, size_t length) {
    return length == 4 && memcmp(name, "here", 4) == 0;
}

static og_status template_unknown(og_arena* arena, const char* name, size_t length,
                                  const og_parameter* parameters, int count) {
    const char** names = OG_NEW(arena, const char*, count + 1);
    for (int i = 0; i < count; i++) {
        names[i] = parameters[i].name;
    }
    names[count] = "here";
    const char* text = og_text_copy(arena, name, length);
    const char* nearest = og_text_nearest(text, names, count + 1);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "no parameter '%s', did you mean {%s}?", text, nearest);
    }
    return og_fail(OG_ERROR_NAME, "no parameter '%s'; {{%s}} stands for the text {%s}", text, text,
                   text);
}

static void template_add(og_arena* arena, og_template* template, int* capacity, const char* text,
                         size_t length, int parameter) {
    if (template->count == *capacity) {
        *capacity = *capacity > 0 ? 2 * *capacity : 4;
        og_template_piece* larger = OG_NEW(arena, og_template_piece, *capacity);
        if (template->count > 0) {
            memcpy(larger, template->pieces, sizeof *larger * (size_t) template->count);
        }
        template->pieces = larger;
    }
    template->pieces[template->count++] = (og_template_piece){text, length, parameter};
}

og_status og_template_compile(og_arena* arena, const char* text, const char* here,
                              const og_parameter* parameters, int count, og_template* template) {
    *template = (og_template){0};
    int capacity = 0;
    const char* start = text;
    const char* at = text;
    while (*at != '\0') {
        bool twice = false;
        const size_t length = template_match(at, &twice);
        const size_t before = (size_t)(at - start);
        if (length == 0) {
            at++;
        } else if (twice) {
            template_add(arena, template, &capacity, start, before, -1);
            template_add(arena, template, &capacity, at + 1, length + 2, -1);
            at = start = at + length + 4;
        } else {
            const int parameter = template_parameter(at + 1, length, parameters, count);
            if (parameter < 0 && !template_is_here(at + 1, length)) {
                return template_unknown(arena, at + 1, length, parameters, count);
            }
            template_add(arena, template, &capacity, start, before, parameter);
            if (parameter < 0) {
                template_add(arena, template, &capacity, here, strlen(here), -1);
            }
            at = start = at + length + 2;
        }
    }
    template_add(arena, template, &capacity, start, (size_t)(at - start), -1);
    return OG_OK;
}

const char* og_template_name(og_arena* arena, const char* text, const og_parameter* parameters,
                             int count) {
    for (; *text != '\0'; text++) {
        bool twice = false;
        const size_t length = template_match(text, &twice);
        if (length > 0 && !twice &&
            (template_is_here(text + 1, length) ||
             template_parameter(text + 1, length, parameters, count) >= 0)) {
            return og_text_copy(arena, text + 1, length);
        }
    }
    return NULL;
}

bool og_template_varies(const og_template* template) {
    for (int i = 0; i < template->count; i++) {
        if (template->pieces[i].parameter >= 0) {
            return true;
        }
    }
    return false;
}

bool og_template_reads(const og_template* template, int parameter) {
    for (int i = 0; i < template->count; i++) {
        if (template->pieces[i].parameter == parameter) {
            return true;
        }
    }
    return false;
}

char* og_template_fill(og_arena* arena, const og_template* template, const og_parameter* parameters,
                       const double* x) {
    og_buffer buffer = {.arena = arena};
    for (int i = 0; i < template->count; i++) {
        const og_template_piece* piece = &template->pieces[i];
        og_buffer_add(&buffer, piece->text, piece->length);
        if (piece->parameter >= 0) {
            og_parameter_print(&parameters[piece->parameter], x[piece->parameter], &buffer);
        }
    }
    return buffer.data;
}
