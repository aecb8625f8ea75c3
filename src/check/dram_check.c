// The replay of a command trace: states of banks, ranks and buses, and the distances of
// dram_rules.c.
#include "ogive/dram_check.h"

#include <assert.h>
#include <string.h>

#include "check/dram_refresh.h"
#include "check/dram_requests.h"
#include "check/dram_rules.h"
#include "ogive/text.h"

enum {
    DRAM_CHECK_BURSTS = 16,  // data bursts looked back at; reads overtake few writes
    DRAM_CHECK_LISTED = 1000,
    DRAM_CHECK_MASK_COLUMN = 1 << OG_DRAM_CHECK_RD | 1 << OG_DRAM_CHECK_RDA |
                             1 << OG_DRAM_CHECK_WR | 1 << OG_DRAM_CHECK_WRA,
    DRAM_CHECK_MASK_WRITE = 1 << OG_DRAM_CHECK_WR | 1 << OG_DRAM_CHECK_WRA,
    DRAM_CHECK_MASK_EXIT =
        1 << OG_DRAM_CHECK_PDXA | 1 << OG_DRAM_CHECK_PDXP | 1 << OG_DRAM_CHECK_SREX,
    DRAM_CHECK_MASK_SLEEP =
        DRAM_CHECK_MASK_EXIT | 1 << OG_DRAM_CHECK_PDEA | 1 << OG_DRAM_CHECK_PDEP,
    DRAM_CHECK_MASK_BANK = DRAM_CHECK_MASK_COLUMN | 1 << OG_DRAM_CHECK_ACT |
                           1 << OG_DRAM_CHECK_PRE | 1 << OG_DRAM_CHECK_REFB,
};

static const int64_t dram_check_never = INT64_MIN / 4;

// rules that are no distances between commands of a rank
typedef enum dram_check_special {
    DRAM_CHECK_ORDER,
    DRAM_CHECK_ADDRESS,
    DRAM_CHECK_COMMAND,
    DRAM_CHECK_BUS,
    DRAM_CHECK_DATA,
    DRAM_CHECK_BANK_OPEN,
    DRAM_CHECK_BANK_CLOSED,
    DRAM_CHECK_ROW,
    DRAM_CHECK_BANKS_OPEN,
    DRAM_CHECK_ASLEEP,
    DRAM_CHECK_AWAKE,
    DRAM_CHECK_POWER_DOWN_KIND,
    DRAM_CHECK_FAW,
    DRAM_CHECK_AUTO_PRECHARGE,
    DRAM_CHECK_LATE,
    DRAM_CHECK_EARLY,
    DRAM_CHECK_CROWDED,
    DRAM_CHECK_ROUND,
    DRAM_CHECK_EXIT_REFRESH,
    DRAM_CHECK_TWICE,
    DRAM_CHECK_PLACE,
    DRAM_CHECK_UNKNOWN,
    DRAM_CHECK_MISSING,
    DRAM_CHECK_SPECIALS,
} dram_check_special;

static const og_dram_check_count dram_check_specials[DRAM_CHECK_SPECIALS] = {
    [DRAM_CHECK_ORDER] = {"order", "cycles do not decrease", 0},
    [DRAM_CHECK_ADDRESS] = {"address", "rank, bank, row and column exist", 0},
    [DRAM_CHECK_COMMAND] = {"command", "the standard has the command", 0},
    [DRAM_CHECK_BUS] = {"command bus", "one command at a time on a command bus", 0},
    [DRAM_CHECK_DATA] = {"data bus", "bursts do not overlap; tRTRS or the preamble between ranks",
                         0},
    [DRAM_CHECK_BANK_OPEN] = {"bank open", "ACT only on a closed bank", 0},
    [DRAM_CHECK_BANK_CLOSED] = {"bank closed", "RD and WR only on an open bank", 0},
    [DRAM_CHECK_ROW] = {"row", "RD and WR only on the row that is open", 0},
    [DRAM_CHECK_BANKS_OPEN] = {"banks open",
                               "refresh, self-refresh and PDEP only with their banks closed", 0},
    [DRAM_CHECK_ASLEEP] = {"rank asleep", "no command but the exit in power-down, self-refresh", 0},
    [DRAM_CHECK_AWAKE] = {"rank awake", "exit only from power-down or self-refresh", 0},
    [DRAM_CHECK_POWER_DOWN_KIND] = {"power-down kind",
                                    "PDEA with an open row; PDXA after PDEA, PDXP after PDEP", 0},
    [DRAM_CHECK_FAW] = {"tFAW", "four ACT of a rank in any window of tFAW", 0},
    [DRAM_CHECK_AUTO_PRECHARGE] = {"tRP auto",
                                   "ACT, refresh tRP after the precharge inside RDA or WRA", 0},
    [DRAM_CHECK_LATE] = {"refresh late", "refreshes owed at most as many as may be postponed", 0},
    [DRAM_CHECK_EARLY] = {"refresh early", "refreshes ahead at most as many as may be pulled in",
                          0},
    [DRAM_CHECK_CROWDED] = {"refresh crowded", "at most 16 all-bank refreshes in two tREFI", 0},
    [DRAM_CHECK_ROUND] = {"refresh round", "each bank once in a round of partial refreshes", 0},
    [DRAM_CHECK_EXIT_REFRESH] = {"refresh after exit",
                                 "a refresh between self-refresh exit and the next entry", 0},
    [DRAM_CHECK_TWICE] = {"request twice", "no request is served again", 0},
    [DRAM_CHECK_PLACE] = {"request place", "a request is served at its place, in its direction", 0},
    [DRAM_CHECK_UNKNOWN] = {"request unknown", "RD and WR serve a request", 0},
    [DRAM_CHECK_MISSING] = {"request missing", "every request is served", 0},
};

static const char* const dram_check_names[OG_DRAM_CHECK_KINDS] = {
    [OG_DRAM_CHECK_ACT] = "ACT",   [OG_DRAM_CHECK_PRE] = "PRE",   [OG_DRAM_CHECK_PREA] = "PREA",
    [OG_DRAM_CHECK_RD] = "RD",     [OG_DRAM_CHECK_RDA] = "RDA",   [OG_DRAM_CHECK_WR] = "WR",
    [OG_DRAM_CHECK_WRA] = "WRA",   [OG_DRAM_CHECK_REFA] = "REFA", [OG_DRAM_CHECK_REFB] = "REFB",
    [OG_DRAM_CHECK_REFS] = "REFS", [OG_DRAM_CHECK_PDEA] = "PDEA", [OG_DRAM_CHECK_PDEP] = "PDEP",
    [OG_DRAM_CHECK_PDXA] = "PDXA", [OG_DRAM_CHECK_PDXP] = "PDXP", [OG_DRAM_CHECK_SREF] = "SREF",
    [OG_DRAM_CHECK_SREX] = "SREX",
};

// a row of the rule table made ready for one device
typedef struct dram_check_rule {
    unsigned from;
    og_dram_rule_scope scope;
    int distance;
    int count;  // index of its name in the counts
} dram_check_rule;

typedef struct dram_check_bank {
    int row;            // open row, -1 closed
    int64_t activated;  // last bus cycle of its last ACT
    int64_t closing;    // start of the precharge of the last RDA or WRA, or never
    og_dram_check_event closer;
} dram_check_bank;

typedef enum dram_check_sleep {
    DRAM_CHECK_ON,
    DRAM_CHECK_DOWN_ACTIVE,
    DRAM_CHECK_DOWN_PRECHARGED,
    DRAM_CHECK_SELF_REFRESH,
} dram_check_sleep;

typedef struct dram_check_rank {
    dram_check_bank* banks;                 // list: [banks]
    int64_t* last[OG_DRAM_CHECK_KINDS];     // cycle of each kind, list: [banks]
    int64_t last_any[OG_DRAM_CHECK_KINDS];  // cycle of each kind, on any bank
    int open_banks;
    dram_check_sleep sleep;
    og_dram_check_event activates[4];  // ring
    int activate_next;
    og_dram_refresh refresh;
} dram_check_rank;

typedef struct dram_check_burst {
    int64_t begin, end;
    bool write;
    og_dram_check_event event;
} dram_check_burst;

typedef struct dram_check_channel {
    dram_check_rank* ranks;
    int64_t bus_free[2];  // first free cycle of the row bus (or the only one) and of the column bus
    og_dram_check_event bus_event[2];
    dram_check_burst bursts[DRAM_CHECK_BURSTS];  // ring
    int burst_next;
} dram_check_channel;

struct og_dram_check {
    og_arena* arena;
    const og_dram_device* device;
    og_dram_check_options options;
    int channels, ranks, banks, banks_of_group;
    int bus_cycles[OG_DRAM_CHECK_KINDS];
    dram_check_rule* rules[OG_DRAM_CHECK_KINDS];  // by the later command
    int rule_counts[OG_DRAM_CHECK_KINDS];
    dram_check_channel* channel;
    og_dram_requests* requests;
    og_dram_check_count* counts;
    int count_count;
    og_dram_check_violation* listed;
    int64_t listed_capacity;
    int64_t last_cycle;
    og_dram_check_result result;
};

const char* og_dram_check_kind_name(og_dram_check_kind kind) {
    assert(kind >= 0 && kind < OG_DRAM_CHECK_KINDS);
    return dram_check_names[kind];
}

static bool dram_check_in(og_dram_check_kind kind, unsigned mask) {
    return (mask >> kind & 1) != 0;
}

static const og_dram_check_event dram_check_nothing = {
    .cycle = -1,
    .channel = -1,
    .rank = -1,
    .bank_group = -1,
    .bank = -1,
    .row = -1,
    .column = -1,
    .request = -1,
};

static void dram_check_list(og_dram_check* check, const og_dram_check_violation* violation) {
    og_dram_check_result* result = &check->result;
    const int64_t limit =
        check->options.violations_listed > 0 ? check->options.violations_listed : DRAM_CHECK_LISTED;
    if (result->listed_count >= limit) {
        return;
    }
    if (result->listed_count == check->listed_capacity) {
        const int64_t capacity = check->listed_capacity > 0 ? 2 * check->listed_capacity : 16;
        og_dram_check_violation* grown = OG_NEW(check->arena, og_dram_check_violation, capacity);
        if (result->listed_count > 0) {
            memcpy(grown, check->listed, sizeof *grown * (size_t)result->listed_count);
        }
        check->listed = grown;
        check->listed_capacity = capacity;
    }
    check->listed[result->listed_count++] = *violation;
}

static void dram_check_report(og_dram_check* check, int count, const og_dram_check_event* event,
                              const og_dram_check_event* other, int64_t needed, int64_t found) {
    ++check->counts[count].violations;
    ++check->result.violations;
    dram_check_list(check, &(og_dram_check_violation){
                               .rule = check->counts[count].rule,
                               .needed = needed,
                               .found = found,
                               .event = *event,
                               .other = other ? *other : dram_check_nothing,
                           });
}

static void dram_check_break(og_dram_check* check, dram_check_special special,
                             const og_dram_check_event* event) {
    dram_check_report(check, (int)special, event, NULL, -1, -1);
}

static int dram_check_count_of(og_dram_check* check, const char* name) {
    for (int i = 0; i < check->count_count; ++i) {
        if (strcmp(check->counts[i].rule, name) == 0) {
            return i;
        }
    }
    check->counts[check->count_count].rule = name;
    return check->count_count++;
}

static const char* dram_check_mask_text(og_arena* arena, unsigned mask) {
    og_buffer text = {.arena = arena};
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        if (dram_check_in((og_dram_check_kind)kind, mask)) {
            og_buffer_print(&text, "%s%s", text.length > 0 ? "/" : "", dram_check_names[kind]);
        }
    }
    return text.data;
}

static void dram_check_add_doc(og_dram_check* check, og_dram_check_count* count,
                               const og_dram_rule* rule, int distance) {
    static const char* const scopes[] = {
        [OG_DRAM_RULE_BANK] = "same bank",
        [OG_DRAM_RULE_GROUP] = "same bank group",
        [OG_DRAM_RULE_SET] = "same bank of any group",
        [OG_DRAM_RULE_RANK] = "same rank",
    };
    count->doc =
        og_text_format(check->arena, "%s%s%s to %s %s %d", count->doc ? count->doc : "",
                       count->doc ? "; " : "", dram_check_mask_text(check->arena, rule->from),
                       dram_check_mask_text(check->arena, rule->to), scopes[rule->scope], distance);
}

// picks the rules of the device's family and sorts them by their later command
static void dram_check_take_rules(og_dram_check* check) {
    int rows = 0;
    while (og_dram_rules[rows].name) {
        ++rows;
    }
    check->counts = OG_NEW(check->arena, og_dram_check_count, DRAM_CHECK_SPECIALS + rows);
    memcpy(check->counts, dram_check_specials, sizeof dram_check_specials);
    check->count_count = DRAM_CHECK_SPECIALS;
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        check->rules[kind] = OG_NEW(check->arena, dram_check_rule, rows);
    }
    for (const og_dram_rule* rule = og_dram_rules; rule->name; ++rule) {
        const int distance = rule->distance(check->device);
        if ((rule->families >> check->device->family & 1) == 0 || distance <= 0) {
            continue;
        }
        const int count = dram_check_count_of(check, rule->name);
        dram_check_add_doc(check, &check->counts[count], rule, distance);
        for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
            if (dram_check_in((og_dram_check_kind)kind, rule->to)) {
                check->rules[kind][check->rule_counts[kind]++] =
                    (dram_check_rule){rule->from, rule->scope, distance, count};
            }
        }
    }
}

static void dram_check_start_rank(og_dram_check* check, dram_check_rank* rank) {
    rank->banks = OG_NEW(check->arena, dram_check_bank, check->banks);
    for (int bank = 0; bank < check->banks; ++bank) {
        rank->banks[bank] =
            (dram_check_bank){-1, dram_check_never, dram_check_never, dram_check_nothing};
    }
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        rank->last_any[kind] = dram_check_never;
        rank->last[kind] = OG_NEW(check->arena, int64_t, check->banks);
        for (int bank = 0; bank < check->banks; ++bank) {
            rank->last[kind][bank] = dram_check_never;
        }
    }
    for (int i = 0; i < 4; ++i) {
        rank->activates[i] = dram_check_nothing;
        rank->activates[i].cycle = dram_check_never;
    }
    og_dram_refresh_start(&rank->refresh, check->device, &check->options);
}

static void dram_check_start_channel(og_dram_check* check, dram_check_channel* channel) {
    channel->ranks = OG_NEW(check->arena, dram_check_rank, check->ranks);
    for (int rank = 0; rank < check->ranks; ++rank) {
        dram_check_start_rank(check, &channel->ranks[rank]);
    }
    for (int i = 0; i < 2; ++i) {
        channel->bus_free[i] = dram_check_never;
        channel->bus_event[i] = dram_check_nothing;
    }
    for (int i = 0; i < DRAM_CHECK_BURSTS; ++i) {
        channel->bursts[i] =
            (dram_check_burst){dram_check_never, dram_check_never, false, dram_check_nothing};
    }
}

static bool dram_check_size_allowed(int size) {
    return size >= 1 && size <= 64 && (size & (size - 1)) == 0;
}

og_status og_dram_check_start(og_arena* arena, const og_dram_device* device,
                              const og_dram_check_options* options, og_dram_check** result) {
    assert(arena && device && result);
    og_dram_check* check = OG_NEW(arena, og_dram_check, 1);
    check->arena = arena;
    check->device = device;
    if (options) {
        check->options = *options;
    }
    const og_dram_organisation* organisation = &device->organisation;
    check->channels =
        check->options.channels != 0 ? check->options.channels : organisation->channels;
    check->ranks = check->options.ranks != 0 ? check->options.ranks : organisation->ranks;
    check->banks = organisation->banks;
    check->banks_of_group = organisation->banks / organisation->bank_groups;
    if (!dram_check_size_allowed(check->channels) || !dram_check_size_allowed(check->ranks)) {
        return og_fail(OG_ERROR_VALUE,
                       "channels %d, ranks %d: each must be a power of two from 1 to 64",
                       check->channels, check->ranks);
    }
    assert(check->banks >= 1 && check->banks <= 64);
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        check->bus_cycles[kind] = og_dram_rule_bus_cycles(device, (og_dram_check_kind)kind);
    }
    dram_check_take_rules(check);
    check->channel = OG_NEW(arena, dram_check_channel, check->channels);
    for (int channel = 0; channel < check->channels; ++channel) {
        dram_check_start_channel(check, &check->channel[channel]);
    }
    if (check->options.requests) {
        check->requests =
            og_dram_requests_start(arena, check->options.requests, check->options.request_count);
    }
    check->last_cycle = dram_check_never;
    *result = check;
    return OG_OK;
}

static bool dram_check_known(const og_dram_check* check, og_dram_check_kind kind) {
    const og_dram_timing* timing = &check->device->timing;
    switch (kind) {
    case OG_DRAM_CHECK_REFB: return timing->refresh_bank > 0;
    case OG_DRAM_CHECK_REFS: return timing->refresh_same_bank > 0;
    default: return true;
    }
}

static bool dram_check_within(int value, int size) {
    return value >= 0 && value < size;
}

static bool dram_check_addressed(const og_dram_check* check, const og_dram_check_event* event) {
    const og_dram_organisation* organisation = &check->device->organisation;
    if (!dram_check_within(event->channel, check->channels) ||
        !dram_check_within(event->rank, check->ranks)) {
        return false;
    }
    const bool one_bank = dram_check_in(event->kind, DRAM_CHECK_MASK_BANK);
    if (one_bank && !dram_check_within(event->bank_group, organisation->bank_groups)) {
        return false;
    }
    if ((one_bank || event->kind == OG_DRAM_CHECK_REFS) &&
        !dram_check_within(event->bank, check->banks_of_group)) {
        return false;
    }
    if (event->kind == OG_DRAM_CHECK_ACT && !dram_check_within(event->row, organisation->rows)) {
        return false;
    }
    return !dram_check_in(event->kind, DRAM_CHECK_MASK_COLUMN) ||
           dram_check_within(event->column, organisation->columns);
}

// power-down pins are beside the command bus, but for DDR5, where they are commands
static bool dram_check_on_bus(const og_dram_check* check, og_dram_check_kind kind) {
    return !dram_check_in(kind, DRAM_CHECK_MASK_SLEEP) || check->device->family == OG_DRAM_DDR5;
}

static void dram_check_bus(og_dram_check* check, dram_check_channel* channel,
                           const og_dram_check_event* event) {
    if (!dram_check_on_bus(check, event->kind)) {
        return;
    }
    const bool column = dram_check_in(event->kind, DRAM_CHECK_MASK_COLUMN);
    const int bus = check->device->timing.split_command_bus && column ? 1 : 0;
    if (event->cycle < channel->bus_free[bus]) {
        const og_dram_check_event* other = &channel->bus_event[bus];
        dram_check_report(check, DRAM_CHECK_BUS, event, other,
                          channel->bus_free[bus] - other->cycle, event->cycle - other->cycle);
    }
    channel->bus_free[bus] = event->cycle + check->bus_cycles[event->kind];
    channel->bus_event[bus] = *event;
}

static int dram_check_bank_number(const og_dram_check* check, const og_dram_check_event* event) {
    return event->bank_group * check->banks_of_group + event->bank;
}

// cycle of the last command of `kind` within the scope of a rule, and the bank that it went to
static int64_t dram_check_last(const og_dram_check* check, const dram_check_rank* rank, int kind,
                               og_dram_rule_scope scope, const og_dram_check_event* event,
                               int* bank) {
    const int64_t* last = rank->last[kind];
    int first = 0;
    int step = 1;
    int end = check->banks;
    if (scope == OG_DRAM_RULE_RANK) {
        *bank = -1;
        return rank->last_any[kind];
    }
    if (scope == OG_DRAM_RULE_BANK) {
        first = dram_check_bank_number(check, event);
        end = first + 1;
    } else if (scope == OG_DRAM_RULE_GROUP) {
        first = event->bank_group * check->banks_of_group;
        end = first + check->banks_of_group;
    } else {
        first = event->bank;
        step = check->banks_of_group;
    }
    int64_t cycle = dram_check_never;
    for (int i = first; i < end; i += step) {
        if (last[i] > cycle) {
            cycle = last[i];
            *bank = i;
        }
    }
    return cycle;
}

static void dram_check_distance(og_dram_check* check, const dram_check_rank* rank,
                                const dram_check_rule* rule, const og_dram_check_event* event) {
    int64_t worst = 0;
    int64_t worst_needed = 0;
    og_dram_check_event other = dram_check_nothing;
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        if (!dram_check_in((og_dram_check_kind)kind, rule->from)) {
            continue;
        }
        int bank = -1;
        const int64_t cycle = dram_check_last(check, rank, kind, rule->scope, event, &bank);
        const bool from_exit = dram_check_in((og_dram_check_kind)kind, DRAM_CHECK_MASK_EXIT);
        const int64_t needed =
            rule->distance +
            (from_exit ? 0 : check->bus_cycles[kind] - check->bus_cycles[event->kind]);
        const int64_t missing = needed - (event->cycle - cycle);
        if (missing > worst) {
            worst = missing;
            worst_needed = needed;
            other.cycle = cycle;
            other.kind = (og_dram_check_kind)kind;
            other.channel = event->channel;
            other.rank = event->rank;
            other.bank_group = bank < 0 ? -1 : bank / check->banks_of_group;
            other.bank = bank < 0 ? -1 : bank % check->banks_of_group;
        }
    }
    if (worst > 0) {
        dram_check_report(check, rule->count, event, &other, worst_needed, worst_needed - worst);
    }
}

static void dram_check_four_activates(og_dram_check* check, dram_check_rank* rank,
                                      const og_dram_check_event* event) {
    og_dram_check_event* oldest = &rank->activates[rank->activate_next];
    const int64_t found = event->cycle - oldest->cycle;
    if (found < check->device->timing.four_activates) {
        dram_check_report(check, DRAM_CHECK_FAW, event, oldest,
                          check->device->timing.four_activates, found);
    }
    *oldest = *event;
    rank->activate_next = (rank->activate_next + 1) % 4;
}

static void dram_check_data(og_dram_check* check, dram_check_channel* channel,
                            const og_dram_check_event* event) {
    const og_dram_timing* timing = &check->device->timing;
    const bool write = dram_check_in(event->kind, DRAM_CHECK_MASK_WRITE);
    const int64_t latency = write ? timing->write_latency + timing->write_strobe_delay
                                  : timing->read_latency + timing->read_strobe_delay;
    dram_check_burst burst = {.write = write, .event = *event};
    burst.begin = event->cycle + check->bus_cycles[event->kind] - 1 + latency;
    burst.end = burst.begin + og_dram_device_burst_cycles(check->device);
    for (int i = 0; i < DRAM_CHECK_BURSTS; ++i) {
        const dram_check_burst* other = &channel->bursts[i];
        const bool same_rank = other->event.rank == event->rank;
        if (!same_rank && check->device->organisation.rank_data_bus) {
            continue;
        }
        const bool follows = burst.begin >= other->begin;
        const dram_check_burst* earlier = follows ? other : &burst;
        const dram_check_burst* later = follows ? &burst : other;
        const int preamble = later->write ? timing->write_preamble : timing->read_preamble;
        int gap = 0;
        if (!same_rank) {
            gap = timing->rank_switch > preamble ? timing->rank_switch : preamble;
        } else if (earlier->write != later->write) {
            gap = preamble;
        }
        if (later->begin < earlier->end + gap) {
            dram_check_report(check, DRAM_CHECK_DATA, event, &other->event,
                              earlier->end + gap - earlier->begin, later->begin - earlier->begin);
            break;
        }
    }
    channel->bursts[channel->burst_next] = burst;
    channel->burst_next = (channel->burst_next + 1) % DRAM_CHECK_BURSTS;
}

// ACT and refreshes wait for the precharge that a RDA or WRA started
static void dram_check_auto_precharge(og_dram_check* check, const dram_check_bank* bank,
                                      const og_dram_check_event* event) {
    const int64_t ready = bank->closing + check->device->timing.precharge;
    const int64_t last_cycle = event->cycle + check->bus_cycles[event->kind] - 1;
    if (last_cycle < ready) {
        const int64_t earliest = ready - check->bus_cycles[event->kind] + 1;
        dram_check_report(check, DRAM_CHECK_AUTO_PRECHARGE, event, &bank->closer,
                          earliest - bank->closer.cycle, event->cycle - bank->closer.cycle);
    }
}

static void dram_check_close(dram_check_rank* rank, dram_check_bank* bank) {
    if (bank->row >= 0) {
        bank->row = -1;
        --rank->open_banks;
    }
}

static void dram_check_activate(og_dram_check* check, dram_check_rank* rank,
                                const og_dram_check_event* event) {
    dram_check_bank* bank = &rank->banks[dram_check_bank_number(check, event)];
    if (bank->row >= 0) {
        dram_check_break(check, DRAM_CHECK_BANK_OPEN, event);
        dram_check_close(rank, bank);
    }
    dram_check_auto_precharge(check, bank, event);
    dram_check_four_activates(check, rank, event);
    bank->row = event->row;
    bank->activated = event->cycle + check->bus_cycles[OG_DRAM_CHECK_ACT] - 1;
    bank->closing = dram_check_never;
    ++rank->open_banks;
}

static int64_t dram_check_later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static void dram_check_column(og_dram_check* check, dram_check_channel* channel,
                              dram_check_rank* rank, const og_dram_check_event* event) {
    dram_check_bank* bank = &rank->banks[dram_check_bank_number(check, event)];
    if (bank->row < 0) {
        dram_check_break(check, DRAM_CHECK_BANK_CLOSED, event);
    } else if (event->row >= 0 && event->row != bank->row) {
        dram_check_break(check, DRAM_CHECK_ROW, event);
    }
    dram_check_data(check, channel, event);
    const bool write = dram_check_in(event->kind, DRAM_CHECK_MASK_WRITE);
    if (event->kind == OG_DRAM_CHECK_RDA || event->kind == OG_DRAM_CHECK_WRA) {
        const int64_t last_cycle = event->cycle + check->bus_cycles[event->kind] - 1;
        const int distance = write ? og_dram_rule_write_to_precharge(check->device)
                                   : og_dram_rule_read_to_precharge(check->device);
        bank->closing = dram_check_later(
            last_cycle + distance, bank->activated + check->device->timing.activate_to_precharge);
        bank->closer = *event;
        dram_check_close(rank, bank);
    }
    if (!check->requests) {
        return;
    }
    switch (og_dram_requests_serve(check->requests, event)) {
    case OG_DRAM_REQUEST_SERVED: break;
    case OG_DRAM_REQUEST_TWICE: dram_check_break(check, DRAM_CHECK_TWICE, event); break;
    case OG_DRAM_REQUEST_PLACE: dram_check_break(check, DRAM_CHECK_PLACE, event); break;
    case OG_DRAM_REQUEST_UNKNOWN: dram_check_break(check, DRAM_CHECK_UNKNOWN, event); break;
    }
}

// the banks that a refresh or self-refresh takes: closed, and done with precharging
static void dram_check_banks_idle(og_dram_check* check, dram_check_rank* rank,
                                  const og_dram_check_event* event) {
    int first = 0;
    int step = 1;
    int end = check->banks;
    if (event->kind == OG_DRAM_CHECK_REFB) {
        first = dram_check_bank_number(check, event);
        end = first + 1;
    } else if (event->kind == OG_DRAM_CHECK_REFS) {
        first = event->bank;
        step = check->banks_of_group;
    }
    bool open = false;
    for (int i = first; i < end; i += step) {
        open = open || rank->banks[i].row >= 0;
        dram_check_close(rank, &rank->banks[i]);
    }
    if (open) {
        dram_check_break(check, DRAM_CHECK_BANKS_OPEN, event);
    }
    const dram_check_bank* slowest = &rank->banks[first];
    for (int i = first; i < end; i += step) {
        if (rank->banks[i].closing > slowest->closing) {
            slowest = &rank->banks[i];
        }
    }
    dram_check_auto_precharge(check, slowest, event);
}

static void dram_check_overdue(og_dram_check* check, const og_dram_refresh_verdict* verdict,
                               const dram_check_rank* rank, const og_dram_check_event* event) {
    if (verdict->late) {
        dram_check_report(check, DRAM_CHECK_LATE, event, NULL, verdict->due - rank->refresh.base,
                          event->cycle - rank->refresh.base);
    }
}

static void dram_check_refresh(og_dram_check* check, dram_check_rank* rank,
                               const og_dram_check_event* event) {
    dram_check_banks_idle(check, rank, event);
    const int place = event->kind == OG_DRAM_CHECK_REFB   ? dram_check_bank_number(check, event)
                      : event->kind == OG_DRAM_CHECK_REFS ? event->bank
                                                          : 0;
    const og_dram_refresh_verdict verdict = og_dram_refresh_issue(
        &rank->refresh, check->device, &check->options, event->kind, place, event->cycle);
    dram_check_overdue(check, &verdict, rank, event);
    if (verdict.early) {
        dram_check_break(check, DRAM_CHECK_EARLY, event);
    }
    if (verdict.crowded) {
        dram_check_break(check, DRAM_CHECK_CROWDED, event);
    }
    if (verdict.repeated) {
        dram_check_break(check, DRAM_CHECK_ROUND, event);
    }
}

static void dram_check_fall_asleep(og_dram_check* check, dram_check_rank* rank,
                                   const og_dram_check_event* event) {
    if (event->kind == OG_DRAM_CHECK_SREF) {
        dram_check_banks_idle(check, rank, event);
        const og_dram_refresh_verdict verdict = og_dram_refresh_at(&rank->refresh, event->cycle);
        dram_check_overdue(check, &verdict, rank, event);
        if (rank->refresh.owes_exit) {
            dram_check_break(check, DRAM_CHECK_EXIT_REFRESH, event);
        }
        rank->sleep = DRAM_CHECK_SELF_REFRESH;
    } else if (event->kind == OG_DRAM_CHECK_PDEP) {
        if (rank->open_banks > 0) {
            dram_check_break(check, DRAM_CHECK_BANKS_OPEN, event);
        }
        rank->sleep = DRAM_CHECK_DOWN_PRECHARGED;
    } else {
        if (rank->open_banks == 0) {
            dram_check_break(check, DRAM_CHECK_POWER_DOWN_KIND, event);
        }
        rank->sleep = DRAM_CHECK_DOWN_ACTIVE;
    }
}

static void dram_check_wake(og_dram_check* check, dram_check_rank* rank,
                            const og_dram_check_event* event) {
    const bool from_refresh = event->kind == OG_DRAM_CHECK_SREX;
    if (rank->sleep == DRAM_CHECK_ON || from_refresh != (rank->sleep == DRAM_CHECK_SELF_REFRESH)) {
        dram_check_break(check, DRAM_CHECK_AWAKE, event);
    } else if (!from_refresh &&
               (event->kind == OG_DRAM_CHECK_PDXA) != (rank->sleep == DRAM_CHECK_DOWN_ACTIVE)) {
        dram_check_break(check, DRAM_CHECK_POWER_DOWN_KIND, event);
    }
    if (from_refresh) {
        og_dram_refresh_restart(&rank->refresh, event->cycle);
    }
    rank->sleep = DRAM_CHECK_ON;
}

static void dram_check_apply(og_dram_check* check, dram_check_channel* channel,
                             dram_check_rank* rank, const og_dram_check_event* event) {
    switch (event->kind) {
    case OG_DRAM_CHECK_ACT: dram_check_activate(check, rank, event); break;
    case OG_DRAM_CHECK_PRE:
        dram_check_close(rank, &rank->banks[dram_check_bank_number(check, event)]);
        break;
    case OG_DRAM_CHECK_PREA:
        for (int bank = 0; bank < check->banks; ++bank) {
            dram_check_close(rank, &rank->banks[bank]);
        }
        break;
    case OG_DRAM_CHECK_RD:
    case OG_DRAM_CHECK_RDA:
    case OG_DRAM_CHECK_WR:
    case OG_DRAM_CHECK_WRA: dram_check_column(check, channel, rank, event); break;
    case OG_DRAM_CHECK_REFA:
    case OG_DRAM_CHECK_REFB:
    case OG_DRAM_CHECK_REFS: dram_check_refresh(check, rank, event); break;
    case OG_DRAM_CHECK_PDEA:
    case OG_DRAM_CHECK_PDEP:
    case OG_DRAM_CHECK_SREF: dram_check_fall_asleep(check, rank, event); break;
    case OG_DRAM_CHECK_PDXA:
    case OG_DRAM_CHECK_PDXP:
    case OG_DRAM_CHECK_SREX: dram_check_wake(check, rank, event); break;
    case OG_DRAM_CHECK_KINDS: assert(false);
    }
}

static void dram_check_remember(const og_dram_check* check, dram_check_rank* rank,
                                const og_dram_check_event* event) {
    rank->last_any[event->kind] = event->cycle;
    if (dram_check_in(event->kind, DRAM_CHECK_MASK_BANK)) {
        rank->last[event->kind][dram_check_bank_number(check, event)] = event->cycle;
    } else if (event->kind == OG_DRAM_CHECK_REFS) {
        for (int bank = event->bank; bank < check->banks; bank += check->banks_of_group) {
            rank->last[event->kind][bank] = event->cycle;
        }
    }
}

void og_dram_check_command(og_dram_check* check, const og_dram_check_event* given) {
    assert(check && given && given->kind >= 0 && given->kind < OG_DRAM_CHECK_KINDS);
    og_dram_check_event copy = *given;
    const og_dram_check_event* event = &copy;
    if (check->device->organisation.bank_groups == 1 && copy.bank_group < 0) {
        copy.bank_group = 0;  // a standard without groups may leave the field out
    }
    ++check->result.commands;
    if (event->cycle < check->last_cycle) {
        dram_check_break(check, DRAM_CHECK_ORDER, event);
        return;
    }
    check->last_cycle = event->cycle;
    if (!dram_check_addressed(check, event)) {
        dram_check_break(check, DRAM_CHECK_ADDRESS, event);
        return;
    }
    if (!dram_check_known(check, event->kind)) {
        dram_check_break(check, DRAM_CHECK_COMMAND, event);
        return;
    }
    dram_check_channel* channel = &check->channel[event->channel];
    dram_check_rank* rank = &channel->ranks[event->rank];
    dram_check_bus(check, channel, event);
    if (rank->sleep != DRAM_CHECK_ON && !dram_check_in(event->kind, DRAM_CHECK_MASK_EXIT)) {
        dram_check_break(check, DRAM_CHECK_ASLEEP, event);
    }
    for (int i = 0; i < check->rule_counts[event->kind]; ++i) {
        dram_check_distance(check, rank, &check->rules[event->kind][i], event);
    }
    dram_check_apply(check, channel, rank, event);
    dram_check_remember(check, rank, event);
}

static void dram_check_missing(og_dram_check* check) {
    int64_t index = 0;
    for (;;) {
        const og_dram_check_request* request = og_dram_requests_missing(check->requests, &index);
        if (!request) {
            return;
        }
        const og_dram_check_event event = {
            .cycle = check->last_cycle,
            .kind = request->write ? OG_DRAM_CHECK_WR : OG_DRAM_CHECK_RD,
            .channel = request->channel,
            .rank = request->rank,
            .bank_group = request->bank_group,
            .bank = request->bank,
            .row = request->row,
            .column = request->column,
            .request = index++,
        };
        dram_check_break(check, DRAM_CHECK_MISSING, &event);
    }
}

og_dram_check_result og_dram_check_finish(og_dram_check* check, int64_t end_cycle) {
    assert(check);
    og_dram_check_event end = dram_check_nothing;
    end.kind = OG_DRAM_CHECK_REFA;
    end.cycle = end_cycle >= 0 ? end_cycle : check->last_cycle;
    for (int channel = 0; channel < check->channels; ++channel) {
        for (int rank = 0; rank < check->ranks; ++rank) {
            const dram_check_rank* state = &check->channel[channel].ranks[rank];
            if (state->sleep == DRAM_CHECK_SELF_REFRESH) {
                continue;
            }
            end.channel = channel;
            end.rank = rank;
            const og_dram_refresh_verdict verdict = og_dram_refresh_at(&state->refresh, end.cycle);
            dram_check_overdue(check, &verdict, state, &end);
        }
    }
    if (check->requests) {
        dram_check_missing(check);
    }
    check->result.listed = check->listed;
    check->result.rules = check->counts;
    check->result.rule_count = check->count_count;
    return check->result;
}

static void dram_check_print_event(og_buffer* text, const og_dram_check_event* event) {
    og_buffer_print(text, "%s at %lld (channel %d rank %d", dram_check_names[event->kind],
                    (long long)event->cycle, event->channel, event->rank);
    if (event->bank >= 0) {
        og_buffer_print(text, " group %d bank %d", event->bank_group, event->bank);
    }
    if (event->row >= 0) {
        og_buffer_print(text, " row %d", event->row);
    }
    og_buffer_print(text, ")");
}

const char* og_dram_check_describe(og_arena* arena, const og_dram_check_violation* violation) {
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "%s: ", violation->rule);
    dram_check_print_event(&text, &violation->event);
    if (violation->other.cycle >= 0) {
        og_buffer_print(&text, " after ");
        dram_check_print_event(&text, &violation->other);
    }
    if (violation->needed >= 0) {
        og_buffer_print(&text, ", %lld cycles instead of %lld", (long long)violation->found,
                        (long long)violation->needed);
    }
    return text.data;
}
