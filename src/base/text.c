#include "ogive/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_add_format(og_buffer* buffer, const char* format, va_list args) {
    va_list again;
    va_copy(again, args);
    char small[256];
    const int length = vsnprintf(small, sizeof small, format, args);
    assert(length >= 0);
    if ((size_t)length < sizeof small) {
        og_buffer_add(buffer, small, (size_t)length);
    } else {
        char* large = og_arena_allocate_raw(buffer->arena, (size_t)length + 1);
        vsnprintf(large, (size_t)length + 1, format, again);
        og_buffer_add(buffer, large, (size_t)length);
    }
    va_end(again);
}

char* og_text_format(og_arena* arena, const char* format, ...) {
    og_buffer buffer = {.arena = arena};
    va_list args;
    va_start(args, format);
    text_add_format(&buffer, format, args);
    va_end(args);
    return buffer.data;
}

char* og_text_copy(og_arena* arena, const char* text, size_t length) {
    char* copy = og_arena_allocate_raw(arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char* og_text_trim(og_arena* arena, const char* text) {
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        length--;
    }
    return og_text_copy(arena, text, length);
}

int og_text_split(og_arena* arena, const char* text, char separator, char*** parts) {
    *parts = NULL;
    const char* trimmed = og_text_trim(arena, text);
    if (*trimmed == '\0') {
        return 0;
    }
    int count = 1;
    for (const char* c = trimmed; *c; c++) {
        count += *c == separator;
    }
    *parts = OG_NEW(arena, char*, count);
    const char* start = trimmed;
    for (int i = 0; i < count; i++) {
        const char* end = strchr(start, separator);
        const size_t length = end ? (size_t)(end - start) : strlen(start);
        (*parts)[i] = og_text_trim(arena, og_text_copy(arena, start, length));
        start += length + 1;
    }
    return count;
}

// Bytes of the UTF-8 character at `at`, 0 = malformed; `*code` receives its code point.
static int text_decode(const unsigned char* at, uint32_t* code) {
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (int extra = 0; extra < 4; extra++) {
        if ((at[0] & forms[extra].mask) != forms[extra].lead) {
            continue;
        }
        *code = at[0] & (unsigned char)~forms[extra].mask;
        for (int i = 1; i <= extra; i++) {
            if ((at[i] & 0xc0) != 0x80) {
                return 0;
            }
            *code = *code << 6 | (at[i] & 0x3fu);
        }
        const bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
        return *code < forms[extra].least || surrogate || *code > 0x10ffff ? 0 : extra + 1;
    }
    return 0;
}

// Bytes of the character at `at` when it may be shown, else 0; `*bytes` receives how many to mask.
static int text_shown(const char* at, int* bytes) {
    uint32_t code = 0;
    const int length = text_decode((const unsigned char*)at, &code);
    *bytes = length > 0 ? length : 1;
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return control || direction ? 0 : length;
}

void og_text_mask(char* text) {
    int bytes = 0;
    for (char* at = text; *at; at += bytes) {
        if (text_shown(at, &bytes) == 0) {
            memset(at, '?', (size_t)bytes);
        }
    }
}

char* og_text_printable(og_arena* arena, const char* text) {
    char* copy = og_text_copy(arena, text, strlen(text));
    og_text_mask(copy);
    return copy;
}

int64_t og_text_characters(const char* text) {
    int64_t count = 0;
    int bytes = 0;
    for (const char* at = text; *at; at += bytes) {
        if (text_shown(at, &bytes) == 0) {
            return -1;
        }
        count++;
    }
    return count;
}

void og_buffer_add(og_buffer* buffer, const char* text, size_t length) {
    if (buffer->length + length + 1 > buffer->capacity) {
        const size_t wanted = 2 * (buffer->length + length + 1);
        const size_t capacity = wanted < 64 ? 64 : wanted;
        char* data = og_arena_allocate_raw(buffer->arena, capacity);
        if (buffer->length > 0) {
            memcpy(data, buffer->data, buffer->length);
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    memcpy(buffer->data + buffer->length, text, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void og_buffer_print(og_buffer* buffer, const char* format, ...) {
    va_list args;
    va_start(args, format);
    text_add_format(buffer, format, args);
    va_end(args);
}

bool og_text_number(const char* text, double* value) {
    // strtod also takes white space, hexadecimal, "nan" and "inf"; the character set excludes them
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0') {
        return false;
    }
    char* end;
    const double parsed = strtod(text, &end);
    if (*end != '\0' || !isfinite(parsed)) {
        return false;
    }
    *value = parsed;
    return true;
}

bool og_text_integer(const char* text, int64_t* value) {
    const char* digits = text + (text[0] == '-' || text[0] == '+');
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0') {
        return false;
    }
    errno = 0;
    const long long parsed = strtoll(text, NULL, 10);
    if (errno != 0) {
        return false;
    }
    *value = parsed;
    return true;
}

const char* og_text_real(double value, char out[32]) {
    if (isnan(value)) {
        return strcpy(out, "nan");
    }
    if (isinf(value)) {
        return strcpy(out, value > 0 ? "inf" : "-inf");
    }
    if (value == trunc(value) && fabs(value) <= 0x1p53) {
        snprintf(out, 32, "%.0f", value);
        return out;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value) {
            break;
        }
    }
    return out;
}

static int text_min3(int a, int b, int c) {
    const int least = a < b ? a : b;
    return least < c ? least : c;
}

int og_text_distance(const char* a, const char* b) {
    enum { LIMIT = 63 };  // names are short; longer ones are compared by their beginning
    int rows[3][LIMIT + 1] = {{0}};
    const int n = (int)strnlen(a, LIMIT);
    const int m = (int)strnlen(b, LIMIT);
    for (int j = 0; j <= m; j++) {
        rows[0][j] = j;
    }
    for (int i = 1; i <= n; i++) {
        int* row = rows[i % 3];
        const int* above = rows[(i + 2) % 3];
        const int* twice_above = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            const int ca = tolower((unsigned char)a[i - 1]);
            const int cb = tolower((unsigned char)b[j - 1]);
            row[j] = text_min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));
            const bool swapped = i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
                                 tolower((unsigned char)a[i - 2]) == cb;
            if (swapped && twice_above[j - 2] + 1 < row[j]) {
                row[j] = twice_above[j - 2] + 1;
            }
        }
    }
    return rows[n % 3][m];
}

const char* og_text_nearest(const char* name, const char* const* names, int count) {
    const char* nearest = NULL;
    int least = (int)strlen(name) / 3 + 1;
    for (int i = 0; i < count; i++) {
        // an abbreviation ("rand", "hill") is meant as the name that it begins
        const bool begins = strlen(name) >= 3 && strncmp(name, names[i], strlen(name)) == 0;
        const int distance = begins ? 0 : og_text_distance(name, names[i]);
        if (distance < least || (distance == least && !nearest)) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
