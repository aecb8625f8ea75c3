#include "env/command/quantity.h"

#include <math.h>
#include <string.h>

#include "ogive/text.h"

enum { QUANTITY_DIGITS = 64 };  // longest number

typedef enum quantity_kind {
    QUANTITY_TIME,
    QUANTITY_SIZE,
    QUANTITY_FREQUENCY,
    QUANTITY_POWER,
    QUANTITY_ENERGY,
} quantity_kind;

// factors to s, B, Hz, W, J; the prefixes of the SI and of IEC 80000-13
static const struct {
    const char* name;
    quantity_kind kind;
    double factor;
} quantity_units[] = {
    {"ps", QUANTITY_TIME, 1e-12},
    {"ns", QUANTITY_TIME, 1e-9},
    {"us", QUANTITY_TIME, 1e-6},
    {"\xc2\xb5s", QUANTITY_TIME, 1e-6},
    {"\xce\xbcs", QUANTITY_TIME, 1e-6},
    {"ms", QUANTITY_TIME, 1e-3},
    {"s", QUANTITY_TIME, 1},
    {"B", QUANTITY_SIZE, 1},
    {"kB", QUANTITY_SIZE, 1e3},
    {"KB", QUANTITY_SIZE, 1e3},
    {"MB", QUANTITY_SIZE, 1e6},
    {"GB", QUANTITY_SIZE, 1e9},
    {"TB", QUANTITY_SIZE, 1e12},
    {"KiB", QUANTITY_SIZE, 0x1p10},
    {"MiB", QUANTITY_SIZE, 0x1p20},
    {"GiB", QUANTITY_SIZE, 0x1p30},
    {"TiB", QUANTITY_SIZE, 0x1p40},
    {"Hz", QUANTITY_FREQUENCY, 1},
    {"kHz", QUANTITY_FREQUENCY, 1e3},
    {"MHz", QUANTITY_FREQUENCY, 1e6},
    {"GHz", QUANTITY_FREQUENCY, 1e9},
    {"nW", QUANTITY_POWER, 1e-9},
    {"uW", QUANTITY_POWER, 1e-6},
    {"\xc2\xb5W", QUANTITY_POWER, 1e-6},
    {"\xce\xbcW", QUANTITY_POWER, 1e-6},
    {"mW", QUANTITY_POWER, 1e-3},
    {"W", QUANTITY_POWER, 1},
    {"kW", QUANTITY_POWER, 1e3},
    {"fJ", QUANTITY_ENERGY, 1e-15},
    {"pJ", QUANTITY_ENERGY, 1e-12},
    {"nJ", QUANTITY_ENERGY, 1e-9},
    {"uJ", QUANTITY_ENERGY, 1e-6},
    {"\xc2\xb5J", QUANTITY_ENERGY, 1e-6},
    {"\xce\xbcJ", QUANTITY_ENERGY, 1e-6},
    {"mJ", QUANTITY_ENERGY, 1e-3},
    {"J", QUANTITY_ENERGY, 1},
    {"kJ", QUANTITY_ENERGY, 1e3},
};

static int quantity_find(const char* unit) {
    for (int i = 0; i < (int)(sizeof quantity_units / sizeof *quantity_units); i++) {
        if (strcmp(unit, quantity_units[i].name) == 0) {
            return i;
        }
    }
    return -1;
}

bool og_quantity_known(const char* unit) {
    return quantity_find(unit) >= 0;
}

bool og_quantity_factor(const char* from, const char* to, double* factor) {
    *factor = 1;
    if (strcmp(from, to) == 0) {
        return true;
    }
    const int a = quantity_find(from);
    const int b = quantity_find(to);
    if (a < 0 || b < 0 || quantity_units[a].kind != quantity_units[b].kind) {
        return false;
    }
    *factor = quantity_units[a].factor / quantity_units[b].factor;
    return true;
}

// Length of the longest beginning of `text` that is a number; 0 = none.
static size_t quantity_number(const char* text, double* value) {
    size_t length = strnlen(text, QUANTITY_DIGITS);
    for (; length > 0; length--) {
        char digits[QUANTITY_DIGITS + 1];
        memcpy(digits, text, length);
        digits[length] = '\0';
        if (og_text_number(digits, value)) {
            return length;
        }
    }
    return 0;
}

// The ratio of two units of one system is whole; KiB to MB is not.
static double quantity_whole(double ratio) {
    return fabs(ratio - round(ratio)) < 1e-9 * ratio ? round(ratio) : ratio;
}

bool og_quantity_read(og_arena* arena, const char* text, const char* plain, const char* to,
                      double* value, const char** reason) {
    const char* trimmed = og_text_trim(arena, text);
    const char* shown = og_text_copy(arena, trimmed, strnlen(trimmed, QUANTITY_DIGITS));
    double number = 0;
    const size_t length = quantity_number(trimmed, &number);
    if (length == 0) {
        *reason = og_text_format(arena, "'%s' is not a finite number", shown);
        return false;
    }
    const char* unit = og_text_trim(arena, trimmed + length);
    const bool bare = unit[0] == '\0';
    if (bare && plain == NULL) {
        *reason = og_text_format(arena, "'%s' has no unit", shown);
        return false;
    }
    double factor = 1;
    if (!og_quantity_factor(bare ? plain : unit, to, &factor)) {
        *reason = og_text_format(arena, "'%s' cannot be converted to %s", shown,
                                 to[0] != '\0' ? to : "a number without unit");
        return false;
    }
    // units are whole multiples of smaller ones: dividing by 1000 rounds once, times 0.001 twice
    const bool smaller = factor < 0.75;
    *value = smaller ? number / quantity_whole(1 / factor) : number * quantity_whole(factor);
    if (!isfinite(*value)) {
        *reason = og_text_format(arena, "'%s' is too large", shown);
        return false;
    }
    return true;
}
