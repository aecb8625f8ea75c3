/// The distances between commands that the standards ask for, as one table.
#pragma once

#include "ogive/dram_check.h"

/// Which pairs of banks a rule speaks of.
typedef enum og_dram_rule_scope {
    OG_DRAM_RULE_BANK,   ///< both commands on one bank
    OG_DRAM_RULE_GROUP,  ///< both in one bank group
    OG_DRAM_RULE_SET,    ///< both on banks of one number, in any group
    OG_DRAM_RULE_RANK,   ///< both on one rank
} og_dram_rule_scope;

/// From any of these commands to any of those: at least `distance` cycles, counted as dram_device.h
/// says.
typedef struct og_dram_rule {
    const char* name;
    unsigned from, to;  ///< masks of 1 << og_dram_check_kind
    og_dram_rule_scope scope;
    unsigned families;  ///< mask of 1 << og_dram_family
    int (*distance)(const og_dram_device* device);
} og_dram_rule;

/// The table, ended by a row without a name.
extern const og_dram_rule og_dram_rules[];

/// Read command to the start of the precharge that it allows: tRTP with what a family adds.
int og_dram_rule_read_to_precharge(const og_dram_device* device);

/// Write command to the start of the precharge that it allows: the data and tWR.
int og_dram_rule_write_to_precharge(const og_dram_device* device);

/// Command-bus cycles of a command of `kind`.
int og_dram_rule_bus_cycles(const og_dram_device* device, og_dram_check_kind kind);

/// Whether the standard of `device` has commands of `kind`.
bool og_dram_rule_has_command(const og_dram_device* device, og_dram_check_kind kind);
