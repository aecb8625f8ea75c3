#include "ogive/parameter.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "space/names.h"

static double parameter_step(const og_parameter* parameter) {
    return parameter->step > 0 ? parameter->step : 1;
}

int64_t og_parameter_levels(const og_parameter* parameter) {
    switch (parameter->kind) {
    case OG_INTEGER:
        if (parameter->scale == OG_POWERS) {
            return 1 + (int64_t)ilogb(parameter->maximum / parameter->minimum);
        }
        return 1 + (int64_t)floor((parameter->maximum - parameter->minimum) /
                                  parameter_step(parameter));
    case OG_ORDINAL:
    case OG_CHOICE: return parameter->level_count;
    case OG_BOOLEAN: return 2;
    case OG_REAL:
    case OG_TEXT: break;
    }
    return 0;
}

double og_parameter_value(const og_parameter* parameter, int64_t level) {
    assert(level >= 0 && level < og_parameter_levels(parameter));
    switch (parameter->kind) {
    case OG_INTEGER:
        if (parameter->scale == OG_POWERS) {
            return ldexp(parameter->minimum, (int)level);
        }
        return parameter->minimum + (double)level * parameter_step(parameter);
    case OG_ORDINAL: return parameter->values[level];
    case OG_CHOICE:
    case OG_BOOLEAN:
    case OG_REAL:
    case OG_TEXT: break;
    }
    return (double)level;
}

// `level` rounded and held inside [0, levels).
static int64_t parameter_clamp(double level, int64_t levels) {
    if (!(level > 0)) {
        return 0;
    }
    return level < (double)(levels - 1) ? (int64_t)(level + 0.5) : levels - 1;
}

static int64_t parameter_linear_level(const og_parameter* parameter, double value) {
    const double step = parameter_step(parameter);
    if (step == 1 && value >= parameter->minimum && value <= parameter->maximum) {
        return (int64_t)(value - parameter->minimum + 0.5);
    }
    return parameter_clamp((value - parameter->minimum) / step, og_parameter_levels(parameter));
}

// The level whose value, in a table or of doubling values, is nearest: a search by halves.
static int64_t parameter_search(const og_parameter* parameter, double value) {
    int64_t low = 0;
    int64_t high = og_parameter_levels(parameter) - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const double below = og_parameter_value(parameter, middle);
        const double above = og_parameter_value(parameter, middle + 1);
        if (value - below <= above - value) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

int64_t og_parameter_level(const og_parameter* parameter, double value) {
    if (isnan(value)) {
        value = parameter->initial;
    }
    switch (parameter->kind) {
    case OG_INTEGER:
        if (parameter->scale == OG_POWERS) {
            return parameter_search(parameter, value);
        }
        return parameter_linear_level(parameter, value);
    case OG_ORDINAL: return parameter_search(parameter, value);
    case OG_CHOICE: return parameter_clamp(value, parameter->level_count);
    case OG_BOOLEAN: return parameter_clamp(value, 2);
    case OG_REAL:
    case OG_TEXT: break;
    }
    return 0;
}

// True when `value`, within 2^53, is an integer in [0, count).
static bool parameter_is_index(double value, double count) {
    return value >= 0 && value < count && (double)(int64_t)value == value;
}

bool og_parameter_admits(const og_parameter* parameter, double value) {
    const double offset = value - parameter->minimum;
    switch (parameter->kind) {
    case OG_REAL: return value >= parameter->minimum && value <= parameter->maximum;
    case OG_CHOICE: return parameter_is_index(value, parameter->level_count);
    case OG_BOOLEAN: return parameter_is_index(value, 2);
    case OG_TEXT: return false;
    case OG_INTEGER:
        if (parameter->scale != OG_POWERS) {
            // the offset of a fraction may round to an integer
            return value <= parameter->maximum && parameter_is_index(fabs(value), 0x1p53) &&
                   parameter_is_index(offset, 0x1p53) &&
                   (parameter_step(parameter) == 1 || fmod(offset, parameter->step) == 0);
        }
        break;
    case OG_ORDINAL: break;
    }
    return isfinite(value) &&
           og_parameter_value(parameter, og_parameter_level(parameter, value)) == value;
}

// Fail with what is allowed; `problem` says what is wrong with `text`.
static og_status parameter_refuse(const og_parameter* parameter, const char* text,
                                  const char* problem) {
    og_arena* arena = og_arena_create();
    og_buffer range = {.arena = arena};
    og_parameter_print_range(parameter, &range);
    const og_status status = og_fail(OG_ERROR_VALUE, "%s: %s %s, allowed: %s", parameter->name,
                                     text, problem, range.data);
    og_arena_destroy(arena);
    return status;
}

static og_status parameter_parse_choice(const og_parameter* parameter, const char* text,
                                        double* value) {
    for (int i = 0; i < parameter->level_count; i++) {
        if (strcmp(parameter->choices[i], text) == 0) {
            *value = i;
            return OG_OK;
        }
    }
    for (int i = 0; i < parameter->level_count; i++) {
        if (strcasecmp(parameter->choices[i], text) == 0) {
            *value = i;
            return OG_OK;
        }
    }
    og_arena* arena = og_arena_create();
    og_buffer range = {.arena = arena};
    og_parameter_print_range(parameter, &range);
    const char* hint = og_names_hint(arena, text, parameter->choices, parameter->level_count);
    const og_status status =
        og_fail(OG_ERROR_VALUE, "%s: unknown '%s'%s (%s)", parameter->name, text, hint, range.data);
    og_arena_destroy(arena);
    return status;
}

static og_status parameter_parse_boolean(const og_parameter* parameter, const char* text,
                                         double* value) {
    static const char* const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (int i = 0; i < (int)(sizeof words / sizeof *words); i++) {
        if (strcasecmp(words[i], text) == 0) {
            *value = i % 2;
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_VALUE, "%s: '%s' is neither true nor false", parameter->name, text);
}

og_status og_parameter_parse(const og_parameter* parameter, const char* text, double* value) {
    assert(parameter->kind != OG_TEXT);
    if (parameter->kind == OG_CHOICE) {
        return parameter_parse_choice(parameter, text, value);
    }
    if (parameter->kind == OG_BOOLEAN) {
        return parameter_parse_boolean(parameter, text, value);
    }
    double number;
    if (!og_text_number(text, &number)) {
        return parameter_refuse(parameter, *text ? text : "''", "is not a number");
    }
    if (og_parameter_admits(parameter, number)) {
        *value = number;
        return OG_OK;
    }
    const bool ordinal = parameter->kind == OG_ORDINAL;
    const double least = ordinal ? parameter->values[0] : parameter->minimum;
    const double most =
        ordinal ? parameter->values[parameter->level_count - 1] : parameter->maximum;
    const bool outside = number < least || number > most;
    return parameter_refuse(parameter, text, outside ? "is out of range" : "is not allowed");
}

void og_parameter_print(const og_parameter* parameter, double value, og_buffer* buffer) {
    char number[32];
    const char* text = number;
    if (parameter->kind == OG_CHOICE) {
        text = parameter->choices[og_parameter_level(parameter, value)];
    } else if (parameter->kind == OG_BOOLEAN) {
        text = value != 0 ? "true" : "false";
    } else {
        og_text_real(value, number);
    }
    og_buffer_print(buffer, "%s", text);
}

// Levels as a list: all of them when they are few, else the first three and the last.
static void parameter_print_levels(const og_parameter* parameter, og_buffer* buffer) {
    enum { ALL = 10, FIRST = 3 };
    const int64_t levels = og_parameter_levels(parameter);
    const int64_t shown = levels <= ALL ? levels : FIRST;
    char number[32];
    for (int64_t i = 0; i < shown; i++) {
        og_buffer_print(buffer, "%s%s", i > 0 ? ", " : "",
                        og_text_real(og_parameter_value(parameter, i), number));
    }
    if (shown < levels) {
        og_buffer_print(buffer, " .. %s",
                        og_text_real(og_parameter_value(parameter, levels - 1), number));
    }
}

void og_parameter_print_range(const og_parameter* parameter, og_buffer* buffer) {
    char low[32];
    char high[32];
    switch (parameter->kind) {
    case OG_CHOICE:
        for (int i = 0; i < parameter->level_count; i++) {
            og_buffer_print(buffer, "%s%s", i > 0 ? " | " : "", parameter->choices[i]);
        }
        return;
    case OG_BOOLEAN: og_buffer_print(buffer, "false | true"); return;
    case OG_TEXT: og_buffer_print(buffer, "text"); return;
    case OG_ORDINAL: parameter_print_levels(parameter, buffer); return;
    case OG_INTEGER:
        if (parameter->scale == OG_POWERS || parameter_step(parameter) != 1) {
            parameter_print_levels(parameter, buffer);
            return;
        }
        break;
    case OG_REAL: break;
    }
    og_buffer_print(buffer, "%s .. %s%s", og_text_real(parameter->minimum, low),
                    og_text_real(parameter->maximum, high),
                    parameter->scale == OG_LOGARITHMIC ? " (log)" : "");
}

static og_status parameter_check_name(const og_parameter* table, int index) {
    static const char* const reserved[] = {"and", "or", "not", "if", "true", "false"};
    const char* name = table[index].name;
    const char* rest = "abcdefghijklmnopqrstuvwxyz0123456789_";
    if (!name || name[0] < 'a' || name[0] > 'z' || name[strspn(name, rest)] != '\0') {
        return og_fail(OG_ERROR_NAME, "parameter '%s': a name is lower-case letters, digits and _",
                       name ? name : "");
    }
    for (int i = 0; i < (int)(sizeof reserved / sizeof *reserved); i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return og_fail(OG_ERROR_NAME, "parameter '%s': the name is reserved for expressions",
                           name);
        }
    }
    for (int i = 0; i < index; i++) {
        if (strcmp(name, table[i].name) == 0) {
            return og_fail(OG_ERROR_NAME, "parameter '%s' appears twice", name);
        }
    }
    return OG_OK;
}

static og_status parameter_check_range(const og_parameter* parameter) {
    const double least = parameter->minimum;
    const double most = parameter->maximum;
    if (!isfinite(least) || !isfinite(most) || least > most) {
        return og_fail(OG_ERROR_VALUE, "%s: minimum %g is above maximum %g", parameter->name, least,
                       most);
    }
    if (parameter->scale != OG_LINEAR && least <= 0) {
        return og_fail(OG_ERROR_VALUE, "%s: minimum %g must be positive on this scale",
                       parameter->name, least);
    }
    if (parameter->kind == OG_REAL) {
        return parameter->scale != OG_POWERS
                   ? OG_OK
                   : og_fail(OG_ERROR_VALUE, "%s: a real has no powers", parameter->name);
    }
    const bool whole = least == trunc(least) && most == trunc(most) &&
                       parameter->step == trunc(parameter->step) && parameter->step >= 0;
    if (!whole || fabs(least) > 0x1p52 || fabs(most) > 0x1p52) {
        return og_fail(OG_ERROR_VALUE, "%s: range and step must be integers within 2^52",
                       parameter->name);
    }
    return OG_OK;
}

static og_status parameter_check_levels(const og_parameter* parameter) {
    if (parameter->level_count < 1) {
        return og_fail(OG_ERROR_VALUE, "%s: has no values", parameter->name);
    }
    for (int i = 0; i < parameter->level_count; i++) {
        if (parameter->kind == OG_ORDINAL) {
            if (!isfinite(parameter->values[i]) ||
                (i > 0 && parameter->values[i] <= parameter->values[i - 1])) {
                return og_fail(OG_ERROR_VALUE, "%s: value %g is not in increasing order",
                               parameter->name, parameter->values[i]);
            }
            continue;
        }
        for (int j = 0; j < i; j++) {
            if (strcmp(parameter->choices[i], parameter->choices[j]) == 0) {
                return og_fail(OG_ERROR_VALUE, "%s: choice '%s' appears twice", parameter->name,
                               parameter->choices[i]);
            }
        }
    }
    return OG_OK;
}

og_status og_parameters_check(const og_parameter* table, int count) {
    for (int i = 0; i < count; i++) {
        const og_parameter* parameter = &table[i];
        OG_TRY(parameter_check_name(table, i));
        if (!parameter->unit || !parameter->doc) {
            return og_fail(OG_ERROR_VALUE, "%s: unit and doc are needed", parameter->name);
        }
        if (parameter->kind == OG_INTEGER || parameter->kind == OG_REAL) {
            OG_TRY(parameter_check_range(parameter));
        } else if (parameter->kind == OG_ORDINAL || parameter->kind == OG_CHOICE) {
            OG_TRY(parameter_check_levels(parameter));
        }
        if (parameter->kind != OG_TEXT && !og_parameter_admits(parameter, parameter->initial)) {
            char number[32];
            return parameter_refuse(parameter, og_text_real(parameter->initial, number),
                                    "is no valid initial value");
        }
    }
    return OG_OK;
}
