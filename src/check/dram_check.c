// A check from its beginning to its verdict; dram_replay.c judges each command.
#include "ogive/dram_check.h"

#include <string.h>

#include "check/dram_state.h"
#include "ogive/text.h"

static const og_dram_check_count dram_check_specials[OG_DRAM_SPECIALS] = {
    [OG_DRAM_SPECIAL_ORDER] = {"order", "cycles do not decrease", 0},
    [OG_DRAM_SPECIAL_ADDRESS] = {"address", "rank, bank, row and column exist", 0},
    [OG_DRAM_SPECIAL_COMMAND] = {"command", "the standard has the command", 0},
    [OG_DRAM_SPECIAL_BUS] = {"command bus", "one command at a time on a command bus", 0},
    [OG_DRAM_SPECIAL_DATA] = {"data bus", "bursts do not overlap", 0},
    [OG_DRAM_SPECIAL_GAP] = {"tRTRS",
                             "tRTRS between the bursts of two ranks, the preamble after a turn", 0},
    [OG_DRAM_SPECIAL_BANK_OPEN] = {"bank open", "ACT only on a closed bank", 0},
    [OG_DRAM_SPECIAL_BANK_CLOSED] = {"bank closed", "RD and WR only on an open bank", 0},
    [OG_DRAM_SPECIAL_ROW] = {"row", "RD and WR only on the row that is open", 0},
    [OG_DRAM_SPECIAL_BANKS_OPEN] = {"banks open",
                                    "refresh, self-refresh and PDEP only with their banks closed",
                                    0},
    [OG_DRAM_SPECIAL_ASLEEP] = {"rank asleep",
                                "no command but the exit in power-down, self-refresh", 0},
    [OG_DRAM_SPECIAL_AWAKE] = {"rank awake", "exit only from power-down or self-refresh", 0},
    [OG_DRAM_SPECIAL_POWER_DOWN_KIND] = {"power-down kind",
                                         "PDEA with an open row; PDXA after PDEA, PDXP after PDEP",
                                         0},
    [OG_DRAM_SPECIAL_FAW] = {"tFAW", "four ACT of a rank in any window of tFAW", 0},
    [OG_DRAM_SPECIAL_AUTO_PRECHARGE] = {"tRP auto",
                                        "ACT, refresh tRP after the precharge inside RDA or WRA",
                                        0},
    [OG_DRAM_SPECIAL_LATE] = {"refresh late", "refreshes owed at most as many as may be postponed",
                              0},
    [OG_DRAM_SPECIAL_CROWDED] = {"refresh crowded", "at most 16 all-bank refreshes in two tREFI",
                                 0},
    [OG_DRAM_SPECIAL_ROUND] = {"refresh round", "each bank once in a round of partial refreshes",
                               0},
    [OG_DRAM_SPECIAL_EXIT_REFRESH] = {"refresh after exit",
                                      "a refresh between self-refresh exit and the next entry", 0},
    [OG_DRAM_SPECIAL_TWICE] = {"request twice", "no request is served again", 0},
    [OG_DRAM_SPECIAL_PLACE] = {"request place",
                               "a request is served at its place, in its direction", 0},
    [OG_DRAM_SPECIAL_UNKNOWN] = {"request unknown", "RD and WR serve a request", 0},
    [OG_DRAM_SPECIAL_MISSING] = {"request missing", "every request is served", 0},
};

static const char* const dram_check_names[OG_DRAM_CHECK_KINDS] = {
    [OG_DRAM_CHECK_ACT] = "ACT",   [OG_DRAM_CHECK_PRE] = "PRE",   [OG_DRAM_CHECK_PREA] = "PREA",
    [OG_DRAM_CHECK_RD] = "RD",     [OG_DRAM_CHECK_RDA] = "RDA",   [OG_DRAM_CHECK_WR] = "WR",
    [OG_DRAM_CHECK_WRA] = "WRA",   [OG_DRAM_CHECK_REFA] = "REFA", [OG_DRAM_CHECK_REFB] = "REFB",
    [OG_DRAM_CHECK_REFS] = "REFS", [OG_DRAM_CHECK_PDEA] = "PDEA", [OG_DRAM_CHECK_PDEP] = "PDEP",
    [OG_DRAM_CHECK_PDXA] = "PDXA", [OG_DRAM_CHECK_PDXP] = "PDXP", [OG_DRAM_CHECK_SREF] = "SREF",
    [OG_DRAM_CHECK_SREX] = "SREX",
};

const char* og_dram_check_kind_name(og_dram_check_kind kind) {
    assert(kind >= 0 && kind < OG_DRAM_CHECK_KINDS);
    return dram_check_names[kind];
}

bool og_dram_state_in(og_dram_check_kind kind, unsigned mask) {
    return (mask >> kind & 1) != 0;
}

const og_dram_check_event og_dram_state_nothing = {
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
    const int64_t limit = check->options.violations_listed > 0 ? check->options.violations_listed
                                                               : OG_DRAM_STATE_LISTED;
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

void og_dram_state_report(og_dram_check* check, int count, const og_dram_check_event* event,
                          const og_dram_check_event* other, int64_t needed, int64_t found) {
    ++check->counts[count].violations;
    ++check->result.violations;
    dram_check_list(check, &(og_dram_check_violation){
                               .rule = check->counts[count].rule,
                               .needed = needed,
                               .found = found,
                               .event = *event,
                               .other = other ? *other : og_dram_state_nothing,
                           });
}

void og_dram_state_break(og_dram_check* check, og_dram_special special,
                         const og_dram_check_event* event) {
    og_dram_state_report(check, (int)special, event, NULL, -1, -1);
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
        if (og_dram_state_in((og_dram_check_kind)kind, mask)) {
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

// a rule as one device has it
static void dram_check_take_rule(og_dram_check* check, const og_dram_rule* rule, unsigned known) {
    const og_dram_rule own = {.name = rule->name,
                              .from = rule->from & known,
                              .to = rule->to & known,
                              .scope = rule->scope};
    const int distance = rule->distance(check->device);
    if ((rule->families >> check->device->family & 1) == 0 || distance <= 0 || !own.from ||
        !own.to) {
        return;
    }
    const int count = dram_check_count_of(check, rule->name);
    dram_check_add_doc(check, &check->counts[count], &own, distance);
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        if (og_dram_state_in((og_dram_check_kind)kind, own.to)) {
            check->rules[kind][check->rule_counts[kind]++] =
                (og_dram_state_rule){own.from, own.scope, distance, count};
        }
    }
}

// picks the rules of the device's family and sorts them by their later command
static void dram_check_take_rules(og_dram_check* check) {
    int rows = 0;
    while (og_dram_rules[rows].name) {
        ++rows;
    }
    check->counts = OG_NEW(check->arena, og_dram_check_count, OG_DRAM_SPECIALS + rows);
    memcpy(check->counts, dram_check_specials, sizeof dram_check_specials);
    check->count_count = OG_DRAM_SPECIALS;
    unsigned known = 0;
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        check->rules[kind] = OG_NEW(check->arena, og_dram_state_rule, rows);
        const bool has = og_dram_rule_has_command(check->device, (og_dram_check_kind)kind);
        known |= (unsigned)has << kind;
    }
    for (int row = 0; row < rows; ++row) {
        dram_check_take_rule(check, &og_dram_rules[row], known);
    }
}

static void dram_check_start_rank(og_dram_check* check, og_dram_state_rank* rank) {
    rank->banks = OG_NEW(check->arena, og_dram_state_bank, check->banks);
    for (int bank = 0; bank < check->banks; ++bank) {
        rank->banks[bank] = (og_dram_state_bank){-1, og_dram_state_never, og_dram_state_never,
                                                 og_dram_state_nothing};
    }
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        rank->last_any[kind] = og_dram_state_never;
        rank->last[kind] = OG_NEW(check->arena, int64_t, check->banks);
        for (int bank = 0; bank < check->banks; ++bank) {
            rank->last[kind][bank] = og_dram_state_never;
        }
    }
    for (int i = 0; i < 4; ++i) {
        rank->activates[i] = og_dram_state_nothing;
        rank->activates[i].cycle = og_dram_state_never;
    }
    og_dram_account_start(&rank->account, check->device, &check->options);
}

static void dram_check_start_channel(og_dram_check* check, og_dram_state_channel* channel) {
    channel->ranks = OG_NEW(check->arena, og_dram_state_rank, check->ranks);
    for (int rank = 0; rank < check->ranks; ++rank) {
        dram_check_start_rank(check, &channel->ranks[rank]);
    }
    for (int i = 0; i < 2; ++i) {
        channel->bus_free[i] = og_dram_state_never;
        channel->bus_event[i] = og_dram_state_nothing;
    }
    for (int i = 0; i < OG_DRAM_STATE_BURSTS; ++i) {
        channel->bursts[i] = (og_dram_state_burst){og_dram_state_never, og_dram_state_never, false,
                                                   og_dram_state_nothing};
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
    check->channel = OG_NEW(arena, og_dram_state_channel, check->channels);
    for (int channel = 0; channel < check->channels; ++channel) {
        dram_check_start_channel(check, &check->channel[channel]);
    }
    if (check->options.requests) {
        check->requests =
            og_dram_requests_start(arena, check->options.requests, check->options.request_count);
    }
    check->last_cycle = og_dram_state_never;
    *result = check;
    return OG_OK;
}

void og_dram_state_overdue(og_dram_check* check, const og_dram_account_verdict* verdict,
                           const og_dram_state_rank* rank, const og_dram_check_event* event) {
    if (verdict->late) {
        og_dram_state_report(check, OG_DRAM_SPECIAL_LATE, event, NULL,
                             verdict->due - rank->account.base, event->cycle - rank->account.base);
    }
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
        og_dram_state_break(check, OG_DRAM_SPECIAL_MISSING, &event);
    }
}

og_dram_check_result og_dram_check_finish(og_dram_check* check, int64_t end_cycle) {
    assert(check);
    og_dram_check_event end = og_dram_state_nothing;
    end.kind = OG_DRAM_CHECK_REFA;
    end.cycle = end_cycle >= 0 ? end_cycle : check->last_cycle;
    for (int channel = 0; channel < check->channels; ++channel) {
        for (int rank = 0; rank < check->ranks; ++rank) {
            const og_dram_state_rank* state = &check->channel[channel].ranks[rank];
            if (state->sleep == OG_DRAM_STATE_SELF_REFRESH) {
                continue;
            }
            end.channel = channel;
            end.rank = rank;
            const og_dram_account_verdict verdict = og_dram_account_at(&state->account, end.cycle);
            og_dram_state_overdue(check, &verdict, state, &end);
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
