// The replay of a command: states of banks, ranks and buses, and the distances of dram_rules.c.
#include "check/dram_state.h"

static bool dram_replay_within(int value, int size) {
    return value >= 0 && value < size;
}

static bool dram_replay_addressed(const og_dram_check* check, const og_dram_check_event* event) {
    const og_dram_organisation* organisation = &check->device->organisation;
    if (!dram_replay_within(event->channel, check->channels) ||
        !dram_replay_within(event->rank, check->ranks)) {
        return false;
    }
    const bool one_bank = og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_BANK);
    if (one_bank && !dram_replay_within(event->bank_group, organisation->bank_groups)) {
        return false;
    }
    if ((one_bank || event->kind == OG_DRAM_CHECK_REFS) &&
        !dram_replay_within(event->bank, check->banks_of_group)) {
        return false;
    }
    if (event->kind == OG_DRAM_CHECK_ACT && !dram_replay_within(event->row, organisation->rows)) {
        return false;
    }
    return !og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_COLUMN) ||
           dram_replay_within(event->column, organisation->columns);
}

// power-down pins are beside the command bus, but for DDR5, where they are commands
static bool dram_replay_on_bus(const og_dram_check* check, og_dram_check_kind kind) {
    return !og_dram_state_in(kind, OG_DRAM_STATE_MASK_SLEEP) ||
           check->device->family == OG_DRAM_DDR5;
}

static void dram_replay_bus(og_dram_check* check, og_dram_state_channel* channel,
                            const og_dram_check_event* event) {
    if (!dram_replay_on_bus(check, event->kind)) {
        return;
    }
    const bool column = og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_COLUMN);
    const int bus = check->device->timing.split_command_bus && column ? 1 : 0;
    if (event->cycle < channel->bus_free[bus]) {
        const og_dram_check_event* other = &channel->bus_event[bus];
        og_dram_state_report(check, OG_DRAM_SPECIAL_BUS, event, other,
                             channel->bus_free[bus] - other->cycle, event->cycle - other->cycle);
    }
    channel->bus_free[bus] = event->cycle + check->bus_cycles[event->kind];
    channel->bus_event[bus] = *event;
}

static int dram_replay_bank_number(const og_dram_check* check, const og_dram_check_event* event) {
    return event->bank_group * check->banks_of_group + event->bank;
}

// cycle of the last command of `kind` within the scope of a rule, and the bank that it went to
static int64_t dram_replay_last(const og_dram_check* check, const og_dram_state_rank* rank,
                                int kind, og_dram_rule_scope scope,
                                const og_dram_check_event* event, int* bank) {
    const int64_t* last = rank->last[kind];
    int first = 0;
    int step = 1;
    int end = check->banks;
    if (scope == OG_DRAM_RULE_RANK) {
        *bank = -1;
        return rank->last_any[kind];
    }
    if (scope == OG_DRAM_RULE_BANK) {
        first = dram_replay_bank_number(check, event);
        end = first + 1;
    } else if (scope == OG_DRAM_RULE_GROUP) {
        first = event->bank_group * check->banks_of_group;
        end = first + check->banks_of_group;
    } else {
        first = event->bank;
        step = check->banks_of_group;
    }
    int64_t cycle = og_dram_state_never;
    for (int i = first; i < end; i += step) {
        if (last[i] > cycle) {
            cycle = last[i];
            *bank = i;
        }
    }
    return cycle;
}

static void dram_replay_distance(og_dram_check* check, const og_dram_state_rank* rank,
                                 const og_dram_state_rule* rule, const og_dram_check_event* event) {
    int64_t worst = 0;
    int64_t worst_needed = 0;
    og_dram_check_event other = og_dram_state_nothing;
    for (int kind = 0; kind < OG_DRAM_CHECK_KINDS; ++kind) {
        if (!og_dram_state_in((og_dram_check_kind)kind, rule->from)) {
            continue;
        }
        int bank = -1;
        const int64_t cycle = dram_replay_last(check, rank, kind, rule->scope, event, &bank);
        const bool from_exit = og_dram_state_in((og_dram_check_kind)kind, OG_DRAM_STATE_MASK_EXIT);
        const int64_t needed = rule->distance + check->bus_cycles[kind] -
                               (from_exit ? 1 : check->bus_cycles[event->kind]);
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
        og_dram_state_report(check, rule->count, event, &other, worst_needed, worst_needed - worst);
    }
}

static void dram_replay_four_activates(og_dram_check* check, og_dram_state_rank* rank,
                                       const og_dram_check_event* event) {
    og_dram_check_event* oldest = &rank->activates[rank->activate_next];
    const int64_t found = event->cycle - oldest->cycle;
    if (found < check->device->timing.four_activates) {
        og_dram_state_report(check, OG_DRAM_SPECIAL_FAW, event, oldest,
                             check->device->timing.four_activates, found);
    }
    *oldest = *event;
    rank->activate_next = (rank->activate_next + 1) % 4;
}

// cycles that the bus must rest between two bursts
static int dram_replay_rest(const og_dram_check* check, const og_dram_state_burst* earlier,
                            const og_dram_state_burst* later) {
    const og_dram_timing* timing = &check->device->timing;
    const int preamble = later->write ? timing->write_preamble : timing->read_preamble;
    if (earlier->event.rank != later->event.rank) {
        return timing->rank_switch > preamble ? timing->rank_switch : preamble;
    }
    return earlier->write != later->write ? preamble : 0;
}

static og_dram_state_burst dram_replay_burst(const og_dram_check* check,
                                             const og_dram_check_event* event) {
    const og_dram_timing* timing = &check->device->timing;
    const bool write = og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_WRITE);
    const int latency = write ? timing->write_latency + timing->write_strobe_delay
                              : timing->read_latency + timing->read_strobe_delay;
    og_dram_state_burst burst = {.write = write, .event = *event};
    burst.begin = event->cycle + check->bus_cycles[event->kind] - 1 + latency;
    burst.end = burst.begin + og_dram_device_burst_cycles(check->device);
    return burst;
}

// reports the worst meeting of a burst with those before
static void dram_replay_data(og_dram_check* check, og_dram_state_channel* channel,
                             const og_dram_check_event* event) {
    const og_dram_state_burst burst = dram_replay_burst(check, event);
    const bool own_bus = check->device->organisation.rank_data_bus;
    const og_dram_state_burst* met = NULL;
    int64_t worst = 0;
    int64_t needed = 0;
    bool overlap = false;
    for (int i = 0; i < OG_DRAM_STATE_BURSTS; ++i) {
        const og_dram_state_burst* other = &channel->bursts[i];
        if (own_bus && other->event.rank != event->rank) {
            continue;
        }
        const bool follows = burst.begin >= other->begin;
        const og_dram_state_burst* earlier = follows ? other : &burst;
        const og_dram_state_burst* later = follows ? &burst : other;
        const int64_t end = earlier->end + dram_replay_rest(check, earlier, later);
        if (end - later->begin > worst) {
            met = other;
            worst = end - later->begin;
            needed = end - earlier->begin;
            overlap = later->begin < earlier->end;
        }
    }
    if (met) {
        og_dram_state_report(check, overlap ? OG_DRAM_SPECIAL_DATA : OG_DRAM_SPECIAL_GAP, event,
                             &met->event, needed, needed - worst);
    }
    channel->bursts[channel->burst_next] = burst;
    channel->burst_next = (channel->burst_next + 1) % OG_DRAM_STATE_BURSTS;
}

// ACT and refreshes wait for the precharge that a RDA or WRA started
static void dram_replay_auto_precharge(og_dram_check* check, const og_dram_state_bank* bank,
                                       const og_dram_check_event* event) {
    const int64_t ready = bank->closing + check->device->timing.precharge;
    const int64_t last_cycle = event->cycle + check->bus_cycles[event->kind] - 1;
    if (last_cycle < ready) {
        const int64_t earliest = ready - check->bus_cycles[event->kind] + 1;
        og_dram_state_report(check, OG_DRAM_SPECIAL_AUTO_PRECHARGE, event, &bank->closer,
                             earliest - bank->closer.cycle, event->cycle - bank->closer.cycle);
    }
}

static void dram_replay_close(og_dram_state_rank* rank, og_dram_state_bank* bank) {
    if (bank->row >= 0) {
        bank->row = -1;
        --rank->open_banks;
    }
}

static void dram_replay_activate(og_dram_check* check, og_dram_state_rank* rank,
                                 const og_dram_check_event* event) {
    og_dram_state_bank* bank = &rank->banks[dram_replay_bank_number(check, event)];
    if (bank->row >= 0) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_BANK_OPEN, event);
        dram_replay_close(rank, bank);
    }
    dram_replay_auto_precharge(check, bank, event);
    dram_replay_four_activates(check, rank, event);
    bank->row = event->row;
    bank->activated = event->cycle + check->bus_cycles[OG_DRAM_CHECK_ACT] - 1;
    bank->closing = og_dram_state_never;
    ++rank->open_banks;
}

static int64_t dram_replay_later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static void dram_replay_column(og_dram_check* check, og_dram_state_channel* channel,
                               og_dram_state_rank* rank, const og_dram_check_event* event) {
    og_dram_state_bank* bank = &rank->banks[dram_replay_bank_number(check, event)];
    if (bank->row < 0) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_BANK_CLOSED, event);
    } else if (event->row >= 0 && event->row != bank->row) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_ROW, event);
    }
    dram_replay_data(check, channel, event);
    const bool write = og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_WRITE);
    if (event->kind == OG_DRAM_CHECK_RDA || event->kind == OG_DRAM_CHECK_WRA) {
        const int64_t last_cycle = event->cycle + check->bus_cycles[event->kind] - 1;
        const int distance = write ? og_dram_rule_write_to_precharge(check->device)
                                   : og_dram_rule_read_to_precharge(check->device);
        bank->closing = dram_replay_later(
            last_cycle + distance, bank->activated + check->device->timing.activate_to_precharge);
        bank->closer = *event;
        dram_replay_close(rank, bank);
    }
    if (!check->requests) {
        return;
    }
    switch (og_dram_requests_serve(check->requests, event)) {
    case OG_DRAM_REQUEST_SERVED: break;
    case OG_DRAM_REQUEST_TWICE: og_dram_state_break(check, OG_DRAM_SPECIAL_TWICE, event); break;
    case OG_DRAM_REQUEST_PLACE: og_dram_state_break(check, OG_DRAM_SPECIAL_PLACE, event); break;
    case OG_DRAM_REQUEST_UNKNOWN: og_dram_state_break(check, OG_DRAM_SPECIAL_UNKNOWN, event); break;
    }
}

// the banks that a refresh or self-refresh takes: closed, and done with precharging
static void dram_replay_banks_idle(og_dram_check* check, og_dram_state_rank* rank,
                                   const og_dram_check_event* event) {
    int first = 0;
    int step = 1;
    int end = check->banks;
    if (event->kind == OG_DRAM_CHECK_REFB) {
        first = dram_replay_bank_number(check, event);
        end = first + 1;
    } else if (event->kind == OG_DRAM_CHECK_REFS) {
        first = event->bank;
        step = check->banks_of_group;
    }
    bool open = false;
    for (int i = first; i < end; i += step) {
        open = open || rank->banks[i].row >= 0;
        dram_replay_close(rank, &rank->banks[i]);
    }
    if (open) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_BANKS_OPEN, event);
    }
    const og_dram_state_bank* slowest = &rank->banks[first];
    for (int i = first; i < end; i += step) {
        if (rank->banks[i].closing > slowest->closing) {
            slowest = &rank->banks[i];
        }
    }
    dram_replay_auto_precharge(check, slowest, event);
}

static void dram_replay_refresh(og_dram_check* check, og_dram_state_rank* rank,
                                const og_dram_check_event* event) {
    dram_replay_banks_idle(check, rank, event);
    const int place = event->kind == OG_DRAM_CHECK_REFB   ? dram_replay_bank_number(check, event)
                      : event->kind == OG_DRAM_CHECK_REFS ? event->bank
                                                          : 0;
    const og_dram_account_verdict verdict = og_dram_account_issue(
        &rank->account, check->device, &check->options, event->kind, place, event->cycle);
    og_dram_state_overdue(check, &verdict, rank, event);
    if (verdict.crowded) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_CROWDED, event);
    }
    if (verdict.repeated) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_ROUND, event);
    }
}

static void dram_replay_fall_asleep(og_dram_check* check, og_dram_state_rank* rank,
                                    const og_dram_check_event* event) {
    if (event->kind == OG_DRAM_CHECK_SREF) {
        dram_replay_banks_idle(check, rank, event);
        const og_dram_account_verdict verdict = og_dram_account_at(&rank->account, event->cycle);
        og_dram_state_overdue(check, &verdict, rank, event);
        if (rank->account.owes_exit) {
            og_dram_state_break(check, OG_DRAM_SPECIAL_EXIT_REFRESH, event);
        }
        og_dram_account_sleep(&rank->account, event->cycle);
        rank->sleep = OG_DRAM_STATE_SELF_REFRESH;
    } else if (event->kind == OG_DRAM_CHECK_PDEP) {
        if (rank->open_banks > 0) {
            og_dram_state_break(check, OG_DRAM_SPECIAL_BANKS_OPEN, event);
        }
        rank->sleep = OG_DRAM_STATE_DOWN_PRECHARGED;
    } else {
        if (rank->open_banks == 0) {
            og_dram_state_break(check, OG_DRAM_SPECIAL_POWER_DOWN_KIND, event);
        }
        rank->sleep = OG_DRAM_STATE_DOWN_ACTIVE;
    }
}

static void dram_replay_wake(og_dram_check* check, og_dram_state_rank* rank,
                             const og_dram_check_event* event) {
    const bool from_refresh = event->kind == OG_DRAM_CHECK_SREX;
    if (rank->sleep == OG_DRAM_STATE_ON ||
        from_refresh != (rank->sleep == OG_DRAM_STATE_SELF_REFRESH)) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_AWAKE, event);
    } else if (!from_refresh &&
               (event->kind == OG_DRAM_CHECK_PDXA) != (rank->sleep == OG_DRAM_STATE_DOWN_ACTIVE)) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_POWER_DOWN_KIND, event);
    }
    if (from_refresh) {
        og_dram_account_wake(&rank->account, event->cycle);
    }
    rank->sleep = OG_DRAM_STATE_ON;
}

static void dram_replay_apply(og_dram_check* check, og_dram_state_channel* channel,
                              og_dram_state_rank* rank, const og_dram_check_event* event) {
    switch (event->kind) {
    case OG_DRAM_CHECK_ACT: dram_replay_activate(check, rank, event); break;
    case OG_DRAM_CHECK_PRE:
        dram_replay_close(rank, &rank->banks[dram_replay_bank_number(check, event)]);
        break;
    case OG_DRAM_CHECK_PREA:
        for (int bank = 0; bank < check->banks; ++bank) {
            dram_replay_close(rank, &rank->banks[bank]);
        }
        break;
    case OG_DRAM_CHECK_RD:
    case OG_DRAM_CHECK_RDA:
    case OG_DRAM_CHECK_WR:
    case OG_DRAM_CHECK_WRA: dram_replay_column(check, channel, rank, event); break;
    case OG_DRAM_CHECK_REFA:
    case OG_DRAM_CHECK_REFB:
    case OG_DRAM_CHECK_REFS: dram_replay_refresh(check, rank, event); break;
    case OG_DRAM_CHECK_PDEA:
    case OG_DRAM_CHECK_PDEP:
    case OG_DRAM_CHECK_SREF: dram_replay_fall_asleep(check, rank, event); break;
    case OG_DRAM_CHECK_PDXA:
    case OG_DRAM_CHECK_PDXP:
    case OG_DRAM_CHECK_SREX: dram_replay_wake(check, rank, event); break;
    case OG_DRAM_CHECK_KINDS: assert(false);
    }
}

static void dram_replay_remember(const og_dram_check* check, og_dram_state_rank* rank,
                                 const og_dram_check_event* event) {
    rank->last_any[event->kind] = event->cycle;
    if (og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_BANK)) {
        rank->last[event->kind][dram_replay_bank_number(check, event)] = event->cycle;
    } else if (event->kind == OG_DRAM_CHECK_REFS) {
        for (int bank = event->bank; bank < check->banks; bank += check->banks_of_group) {
            rank->last[event->kind][bank] = event->cycle;
        }
    }
}

// a trace cut from a longer one begins late: its refreshes count from there
static void dram_replay_begin(og_dram_check* check, int64_t cycle) {
    for (int channel = 0; channel < check->channels; ++channel) {
        for (int rank = 0; rank < check->ranks; ++rank) {
            og_dram_account* account = &check->channel[channel].ranks[rank].account;
            if (og_dram_account_at(account, cycle).late) {
                account->base = cycle;
            }
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
    if (check->result.commands++ == 0) {
        dram_replay_begin(check, event->cycle);
    }
    if (event->cycle < check->last_cycle) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_ORDER, event);
        return;
    }
    check->last_cycle = event->cycle;
    if (!dram_replay_addressed(check, event)) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_ADDRESS, event);
        return;
    }
    if (!og_dram_rule_has_command(check->device, event->kind)) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_COMMAND, event);
        return;
    }
    og_dram_state_channel* channel = &check->channel[event->channel];
    og_dram_state_rank* rank = &channel->ranks[event->rank];
    dram_replay_bus(check, channel, event);
    if (rank->sleep != OG_DRAM_STATE_ON &&
        !og_dram_state_in(event->kind, OG_DRAM_STATE_MASK_EXIT)) {
        og_dram_state_break(check, OG_DRAM_SPECIAL_ASLEEP, event);
    }
    for (int i = 0; i < check->rule_counts[event->kind]; ++i) {
        dram_replay_distance(check, rank, &check->rules[event->kind][i], event);
    }
    dram_replay_apply(check, channel, rank, event);
    dram_replay_remember(check, rank, event);
}
