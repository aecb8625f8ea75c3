// Address maps: which bits of a physical address select channel, rank, bank group, bank, row,
// column.
#pragma once

#include <stdint.h>

#include "ogive/dram_device.h"

enum { DRAM_ADDRESS_BITS = 64, DRAM_ADDRESS_XORS = 16 };

typedef enum dram_field {
    DRAM_FIELD_CHANNEL,
    DRAM_FIELD_RANK,
    DRAM_FIELD_BANK_GROUP,
    DRAM_FIELD_BANK,
    DRAM_FIELD_ROW,
    DRAM_FIELD_COLUMN,
    DRAM_FIELDS,
} dram_field;

// Bits of a field from the least significant one, as positions in the address.
typedef struct dram_field_bits {
    int count;
    uint8_t position[DRAM_ADDRESS_BITS];
} dram_field_bits;

// A hash: address bit `first` or field `field` is replaced by its exclusive or with another.
typedef struct dram_address_xor {
    int first, second;       // address bits, or -1
    dram_field field, with;  // fields, when the bits are -1
} dram_address_xor;

typedef struct dram_address_map {
    dram_field_bits fields[DRAM_FIELDS];
    int byte_bits;  // lowest bits that select a byte of the bus
    int bits;       // bits of the whole address
    int xor_count;
    dram_address_xor xors[DRAM_ADDRESS_XORS];
} dram_address_map;

typedef struct dram_address {
    int field[DRAM_FIELDS];
} dram_address;

// Parse `text` (the grammar of og_dram_setup.maps) for `device`. Fails when a term is malformed, a
// field has the wrong number of bits, or an address bit is used twice or never.
og_status og_dram_address_parse(const char* text, const og_dram_device* device,
                                dram_address_map* map);

// Decode `address`, which is below 2^map->bits.
dram_address og_dram_address_decode(const dram_address_map* map, uint64_t address);
