// Parser and decoder of address maps.
//
//   map    = fields { term } | bits { term }
//   fields = part { ":" part }         most significant part first; part = name [ count ]
//   bits   = name "=" range { "," range } ...    range = first [ "-" last ], least significant
//   first term   = name "^" name | bit "^" bit         left becomes left xor right name   = ro|row,
//   co|column, ba|bank, bg|bankgroup, ra|rank, ch|channel
//
// A part without a count takes the bits of its field that no other part takes.
#include "sim/dram/address.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char* const address_short[DRAM_FIELDS] = {"ch", "ra", "bg", "ba", "ro", "co"};
static const char* const address_long[DRAM_FIELDS] = {"channel", "rank", "bankgroup",
                                                      "bank",    "row",  "column"};

typedef struct address_part {
    dram_field field;
    int count;  // -1: what remains of the field
} address_part;

typedef struct address_parser {
    const char* text;
    const char* at;
    int width[DRAM_FIELDS];
    dram_address_map* map;
} address_parser;

static int address_log2(int value) {
    int bits = 0;
    while ((1 << bits) < value) {
        ++bits;
    }
    return bits;
}

static void address_space(address_parser* p) {
    while (*p->at == ' ' || *p->at == '\t') {
        ++p->at;
    }
}

// Consume a field's name, short or long; false when there is none.
static bool address_name(address_parser* p, dram_field* field) {
    size_t length = 0;
    while (isalpha((unsigned char)p->at[length])) {
        ++length;
    }
    for (int i = 0; i < DRAM_FIELDS; ++i) {
        const bool is_short = length == 2 && strncmp(p->at, address_short[i], 2) == 0;
        const bool is_long =
            length == strlen(address_long[i]) && strncmp(p->at, address_long[i], length) == 0;
        if (is_short || is_long) {
            p->at += length;
            *field = (dram_field)i;
            return true;
        }
    }
    return false;
}

static bool address_number(address_parser* p, int* number) {
    if (!isdigit((unsigned char)*p->at)) {
        return false;
    }
    int value = 0;
    while (isdigit((unsigned char)*p->at) && value < 1000) {
        value = value * 10 + (*p->at++ - '0');
    }
    *number = value;
    return true;
}

static og_status address_error(const address_parser* p, const char* what) {
    return og_fail(OG_ERROR_VALUE, "address map '%s', character %d: %s", p->text,
                   (int)(p->at - p->text) + 1, what);
}

static og_status address_add_xor(address_parser* p, dram_address_xor term) {
    if (p->map->xor_count == DRAM_ADDRESS_XORS) {
        return address_error(p, "more than 16 xor terms");
    }
    p->map->xors[p->map->xor_count++] = term;
    return OG_OK;
}

// name^name or bit^bit
static og_status address_xor_term(address_parser* p) {
    dram_address_xor term = {.first = -1, .second = -1};
    const bool bits = isdigit((unsigned char)*p->at);
    bool read = bits ? address_number(p, &term.first) : address_name(p, &term.field);
    if (read && *p->at == '^') {
        ++p->at;
        read = bits ? address_number(p, &term.second) : address_name(p, &term.with);
    } else {
        read = false;
    }
    if (!read) {
        return address_error(p, "expected a term such as bank^row or 13^17");
    }
    const bool same = bits ? term.first == term.second : term.field == term.with;
    if (same || (bits && (term.first >= p->map->bits || term.second >= p->map->bits))) {
        return address_error(p, "a xor term needs two different bits of the address");
    }
    return address_add_xor(p, term);
}

static og_status address_xor_terms(address_parser* p) {
    address_space(p);
    while (*p->at) {
        OG_TRY(address_xor_term(p));
        address_space(p);
    }
    return OG_OK;
}

// ":" form: collect the parts, then lay them from the least significant one
static og_status address_fields_form(address_parser* p) {
    address_part parts[DRAM_ADDRESS_BITS];
    int count = 0;
    int free_bits[DRAM_FIELDS];
    bool open_part[DRAM_FIELDS] = {false};
    memcpy(free_bits, p->width, sizeof free_bits);
    do {
        address_part part = {.count = -1};
        if (count == DRAM_ADDRESS_BITS || !address_name(p, &part.field)) {
            return address_error(p, "expected one of ro, co, ba, bg, ra, ch");
        }
        if (address_number(p, &part.count)) {
            free_bits[part.field] -= part.count;
        } else if (open_part[part.field]) {
            return address_error(p, "field twice: give each part but one its number of bits");
        } else {
            open_part[part.field] = true;
        }
        parts[count++] = part;
    } while (*p->at == ':' && *++p->at);
    int next = p->map->byte_bits;
    for (int i = count - 1; i >= 0; --i) {
        dram_field_bits* bits = &p->map->fields[parts[i].field];
        const int width = parts[i].count < 0 ? free_bits[parts[i].field] : parts[i].count;
        for (int k = 0; k < width && next < DRAM_ADDRESS_BITS; ++k) {
            bits->position[bits->count++] = (uint8_t)next++;
        }
    }
    return OG_OK;
}

// one range of the "bits" form
static og_status address_range(address_parser* p, dram_field_bits* bits) {
    int first = 0;
    if (!address_number(p, &first)) {
        return address_error(p, "expected a bit number");
    }
    int last = first;
    if (*p->at == '-') {
        ++p->at;
        if (!address_number(p, &last) || last < first) {
            return address_error(p, "expected a range such as 3-12");
        }
    }
    if (last >= DRAM_ADDRESS_BITS || bits->count + last - first >= DRAM_ADDRESS_BITS) {
        return address_error(p, "bit beyond 63");
    }
    for (int bit = first; bit <= last; ++bit) {
        bits->position[bits->count++] = (uint8_t)bit;
    }
    return OG_OK;
}

static og_status address_bits_form(address_parser* p) {
    while (true) {
        address_space(p);
        const char* start = p->at;
        dram_field field;
        if (!address_name(p, &field) || *p->at != '=') {
            p->at = start;
            return OG_OK;
        }
        do {
            ++p->at;
            OG_TRY(address_range(p, &p->map->fields[field]));
        } while (*p->at == ',');
    }
}

// each field complete, each address bit used once
static og_status address_check(const address_parser* p) {
    bool used[DRAM_ADDRESS_BITS] = {false};
    for (int f = 0; f < DRAM_FIELDS; ++f) {
        const dram_field_bits* bits = &p->map->fields[f];
        if (bits->count != p->width[f]) {
            return og_fail(OG_ERROR_VALUE, "address map '%s': %s has %d bits, the device needs %d",
                           p->text, address_long[f], bits->count, p->width[f]);
        }
        for (int i = 0; i < bits->count; ++i) {
            const int bit = bits->position[i];
            if (bit >= p->map->bits || bit < p->map->byte_bits || used[bit]) {
                return og_fail(OG_ERROR_VALUE,
                               "address map '%s': bit %d of %s is %s (the bits from %d to %d are "
                               "used once each)",
                               p->text, bit, address_long[f],
                               bit < p->map->bits && bit >= p->map->byte_bits
                                   ? "used twice"
                                   : "outside the device",
                               p->map->byte_bits, p->map->bits - 1);
            }
            used[bit] = true;
        }
    }
    return OG_OK;
}

og_status og_dram_address_parse(const char* text, const og_dram_device* device,
                                dram_address_map* map) {
    assert(text && device && map);
    const og_dram_organisation* o = &device->organisation;
    *map = (dram_address_map){.byte_bits = address_log2(o->device_width * o->devices / 8)};
    address_parser p = {.text = text, .at = text, .map = map};
    p.width[DRAM_FIELD_CHANNEL] = address_log2(o->channels);
    p.width[DRAM_FIELD_RANK] = address_log2(o->ranks);
    p.width[DRAM_FIELD_BANK_GROUP] = address_log2(o->bank_groups);
    p.width[DRAM_FIELD_BANK] = address_log2(o->banks / o->bank_groups);
    p.width[DRAM_FIELD_ROW] = address_log2(o->rows);
    p.width[DRAM_FIELD_COLUMN] = address_log2(o->columns);
    map->bits = map->byte_bits;
    for (int f = 0; f < DRAM_FIELDS; ++f) {
        map->bits += p.width[f];
    }
    address_space(&p);
    OG_TRY(strchr(text, '=') ? address_bits_form(&p) : address_fields_form(&p));
    OG_TRY(address_xor_terms(&p));
    return address_check(&p);
}

dram_address og_dram_address_decode(const dram_address_map* map, uint64_t address) {
    for (int i = 0; i < map->xor_count; ++i) {
        const dram_address_xor* term = &map->xors[i];
        if (term->first >= 0) {
            address ^= ((address >> term->second) & 1U) << term->first;
        }
    }
    dram_address decoded = {{0}};
    for (int f = 0; f < DRAM_FIELDS; ++f) {
        const dram_field_bits* bits = &map->fields[f];
        for (int i = 0; i < bits->count; ++i) {
            decoded.field[f] |= (int)((address >> bits->position[i]) & 1U) << i;
        }
    }
    for (int i = 0; i < map->xor_count; ++i) {
        const dram_address_xor* term = &map->xors[i];
        if (term->first < 0) {
            const int mask = (1 << map->fields[term->field].count) - 1;
            decoded.field[term->field] ^= decoded.field[term->with] & mask;
        }
    }
    return decoded;
}
