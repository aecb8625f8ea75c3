/// Parameters: one table row describes a tunable value everywhere — design parameters, options of
/// agents, options of environments. From the row come parsing, range checks, `describe`, help and
/// the report.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/status.h"
#include "ogive/text.h"

typedef enum og_kind {
    OG_INTEGER,  ///< an integer in [minimum, maximum], in steps of `step` or, with OG_POWERS,
                 ///< doubling
    OG_REAL,     ///< a real in [minimum, maximum]
    OG_ORDINAL,  ///< one of `values`, increasing
    OG_CHOICE,   ///< one of `choices`, without order; the value is the index
    OG_BOOLEAN,  ///< false (0) or true (1)
    OG_TEXT,     ///< free text; for options only, never in a space
} og_kind;

typedef enum og_scale {
    OG_LINEAR,
    OG_LOGARITHMIC,  ///< reals and integers whose ratios matter, not their differences; minimum > 0
    OG_POWERS,       ///< integers only: minimum times powers of two up to maximum
} og_scale;

/// One tunable value. Tables of these are static const data, or live in the arena of whoever read
/// them.
typedef struct og_parameter {
    const char* name;   ///< [a-z][a-z0-9_]*, unique in its table
    const char* unit;   ///< "ns", "KiB", ...; "" when there is none
    const char* doc;    ///< one sentence
    const char* group;  ///< the part of the design it belongs to (a team has one agent per group);
                        ///< NULL = a group of its own
    og_kind kind;
    og_scale scale;
    double minimum, maximum;     ///< OG_INTEGER, OG_REAL
    double step;                 ///< OG_INTEGER on a linear scale: > 0, 0 stands for 1
    double initial;              ///< the default, as a value (a choice by its index)
    const double* values;        ///< OG_ORDINAL, list: [level_count]
    const char* const* choices;  ///< OG_CHOICE, list: [level_count]
    int level_count;             ///< OG_ORDINAL, OG_CHOICE
    const char* active;  ///< expression over the other parameters; when it is false the parameter
                         ///< does not exist and has its initial value. NULL = always active
    const char* initial_text;  ///< OG_TEXT: the default, NULL = required
} og_parameter;

// Rows of a parameter table are written {OG_INTEGER_ROW(...)} or, with the fields that only few
// rows need, {OG_INTEGER_ROW(...), .group = "refresh", .active = "refresh_policy != NoRefresh"}.

/// Integer row: name, unit, range, initial value, one sentence.
#define OG_INTEGER_ROW(name_, unit_, minimum_, maximum_, initial_, doc_)                \
    .name = name_, .unit = unit_, .doc = doc_, .kind = OG_INTEGER, .minimum = minimum_, \
    .maximum = maximum_, .initial = initial_

/// Power-of-two row.
#define OG_POWER_ROW(name_, unit_, minimum_, maximum_, initial_, doc_) \
    OG_INTEGER_ROW(name_, unit_, minimum_, maximum_, initial_, doc_), .scale = OG_POWERS

/// Real row.
#define OG_REAL_ROW(name_, unit_, minimum_, maximum_, initial_, doc_)                \
    .name = name_, .unit = unit_, .doc = doc_, .kind = OG_REAL, .minimum = minimum_, \
    .maximum = maximum_, .initial = initial_

/// Choice row; `choices_` is an array of names.
#define OG_CHOICE_ROW(name_, choices_, initial_, doc_)                              \
    .name = name_, .unit = "", .doc = doc_, .kind = OG_CHOICE, .choices = choices_, \
    .level_count = (int)(sizeof(choices_) / sizeof *(choices_)), .initial = initial_

/// Ordinal row; `values_` is an increasing array of doubles.
#define OG_ORDINAL_ROW(name_, unit_, values_, initial_, doc_)                         \
    .name = name_, .unit = unit_, .doc = doc_, .kind = OG_ORDINAL, .values = values_, \
    .level_count = (int)(sizeof(values_) / sizeof *(values_)), .initial = initial_

/// Boolean row.
#define OG_BOOLEAN_ROW(name_, initial_, doc_) \
    .name = name_, .unit = "", .doc = doc_, .kind = OG_BOOLEAN, .initial = initial_

/// Text row; `initial_` NULL makes it required.
#define OG_TEXT_ROW(name_, initial_, doc_) \
    .name = name_, .unit = "", .doc = doc_, .kind = OG_TEXT, .initial_text = initial_

/// Number of values of `parameter`; 0 when it is real or text.
int64_t og_parameter_levels(const og_parameter* parameter);

/// Value of level `level` in [0, levels).
double og_parameter_value(const og_parameter* parameter, int64_t level);

/// Level nearest to `value`.
int64_t og_parameter_level(const og_parameter* parameter, double value);

/// True when `value` is exactly one that `parameter` may have.
bool og_parameter_admits(const og_parameter* parameter, double value);

/// Read a value from text (a choice by its name, a boolean as true or false). Fails with what is
/// allowed or the nearest name.
og_status og_parameter_parse(const og_parameter* parameter, const char* text, double* value);

/// Add the value as text that og_parameter_parse() reads back to the same value.
void og_parameter_print(const og_parameter* parameter, double value, og_buffer* buffer);

/// Add what is allowed, for people: "1 .. 128", "1, 2, 4 .. 128", "Open | Closed", "1e-06 .. 1
/// (log)".
void og_parameter_print_range(const og_parameter* parameter, og_buffer* buffer);

/// Check a table: names valid and unique, ranges in order, initial values admitted, orders
/// increasing.
og_status og_parameters_check(const og_parameter* table, int count);

/// Values for a table of options, each at its default until it is set.
typedef struct og_settings {
    const og_parameter* table;
    int count;
    double* values;      ///< shape: [count]; not used for text rows
    const char** texts;  ///< shape: [count]; text rows only; NULL = required and not yet given
    bool* given;         ///< shape: [count]; set by the user
    og_arena* arena;
} og_settings;

/// All options of `table` at their defaults.
og_settings og_settings_make(og_arena* arena, const og_parameter* table, int count);

/// Set option `name` from `text`. An unknown name fails with the nearest one. A text option that is
/// given again is replaced.
og_status og_settings_set(og_settings* settings, const char* name, const char* text);

/// Fails when a required text option was not given.
og_status og_settings_complete(const og_settings* settings);
