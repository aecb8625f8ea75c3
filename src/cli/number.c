#include "cli/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_DIGITS = 4 };

// decimal text of a whole number with a comma before every third digit from the right
static void number_group(const char* digits, og_buffer* out) {
    const size_t sign = digits[0] == '-';
    og_buffer_add(out, digits, sign);
    const size_t length = strlen(digits + sign);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            og_buffer_add(out, ",", 1);
        }
        og_buffer_add(out, digits + sign + i, 1);
    }
}

void og_number_print(double value, og_buffer* out) {
    char text[64];
    if (isnan(value)) {
        og_buffer_add(out, "-", 1);
        return;
    }
    const double size = fabs(value);
    if (isinf(value) || (size != 0 && (size >= 1e10 || size < 1e-4))) {
        og_buffer_print(out, "%.*g", NUMBER_DIGITS, value);
        return;
    }
    if (value == trunc(value) && size < 1e7) {
        snprintf(text, sizeof text, "%.0f", value + 0.0);  // -0 becomes 0
        number_group(text, out);
        return;
    }
    // rounding to significant digits first, so that 9999.96 has no digit behind the point
    snprintf(text, sizeof text, "%.*e", NUMBER_DIGITS - 1, value);
    const double rounded = strtod(text, NULL);
    const int exponent = (int)floor(log10(fabs(rounded)) + 1e-12);
    const int decimals = NUMBER_DIGITS - 1 - exponent;
    snprintf(text, sizeof text, "%.*f", decimals > 0 ? decimals : 0, rounded);
    if (decimals <= 0) {
        number_group(text, out);
    } else {
        og_buffer_add(out, text, strlen(text));
    }
}

const char* og_number_text(og_arena* arena, double value, const char* unit) {
    og_buffer buffer = {.arena = arena};
    og_number_print(value, &buffer);
    const bool plain = !unit || unit[0] == '\0' || strcmp(unit, "1") == 0;
    if (!plain) {
        og_buffer_print(&buffer, " %s", unit);
    }
    return buffer.data;
}

const char* og_duration_text(og_arena* arena, double seconds) {
    if (!(seconds < 1e9)) {
        return "-";
    }
    if (seconds < 0.9995) {
        return og_text_format(arena, "%.*f s", seconds < 0.0995 ? 3 : 2, seconds);
    }
    if (seconds < 59.5) {
        return og_text_format(arena, "%.*f s", seconds < 9.95 ? 1 : 0, seconds);
    }
    const long whole = (long)(seconds + 0.5);
    if (whole < 3600) {
        return og_text_format(arena, "%ld min %02ld s", whole / 60, whole % 60);
    }
    return og_text_format(arena, "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
}

const char* og_count_text(og_arena* arena, int64_t count, const char* noun) {
    return og_text_format(arena, "%s %s%s", og_number_text(arena, (double)count, ""), noun,
                          count == 1 ? "" : "s");
}
