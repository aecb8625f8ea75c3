// Refresh managers: when a rank, a bank, or the same bank of all groups is refreshed, postponed
// while requests wait, or pulled in while none do.
#include <assert.h>

#include "sim/dram/channel.h"

// bit-reversed order of the ranks, so that their refreshes lie far apart
static int refresh_reverse(int rank, int ranks) {
    int reversed = 0;
    for (int bit = 1; bit < ranks; bit *= 2) {
        reversed = reversed * 2 + (rank & 1);
        rank >>= 1;
    }
    return reversed;
}

int64_t og_dram_refresh_first(int interval, int rank, int ranks) {
    const int64_t share = ranks - refresh_reverse(rank, ranks);
    return (interval * share + ranks - 1) / ranks;
}

static int refresh_interval(const dram_channel* c) {
    switch (c->controller->refresh_policy) {
    case OG_DRAM_REFRESH_PER_BANK: return c->d->refresh_bank_interval;
    case OG_DRAM_REFRESH_SAME_BANK: return c->d->refresh_same_interval;
    default: return c->d->refresh_interval;
    }
}

// banks (or same banks of all groups) that take turns in a round; 1 when all go at once
static int refresh_turns(const dram_channel* c) {
    switch (c->controller->refresh_policy) {
    case OG_DRAM_REFRESH_PER_BANK: return c->d->banks;
    case OG_DRAM_REFRESH_SAME_BANK: return c->d->group_banks;
    default: return 1;
    }
}

// Intervals that refreshes may be postponed or pulled in: what the design asks for, at most what
// the standard allows (JESD79-5: 4 for all-bank refreshes in the normal mode).
static int refresh_allowed(const dram_channel* c, int intervals) {
    const bool few = c->system->device->family == OG_DRAM_DDR5 &&
                     c->controller->refresh_policy == OG_DRAM_REFRESH_ALL_BANK;
    return few && intervals > 4 ? 4 : intervals;
}

static uint64_t refresh_round(int turns) {
    return turns >= 64 ? UINT64_MAX : (UINT64_C(1) << turns) - 1;
}

void og_dram_refresh_init(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    r->refresh = OG_DRAM_COMMANDS;
    r->remaining = refresh_round(refresh_turns(c));
    if (c->controller->refresh_policy == OG_DRAM_REFRESH_NONE) {
        r->due = DRAM_NEVER;
        return;
    }
    r->due = og_dram_refresh_first(refresh_interval(c), rank, c->d->ranks);
}

// is `lane` in the part of the rank that turn `turn` refreshes?
static bool refresh_covers(const dram_channel* c, int lane, int turn) {
    switch (c->controller->refresh_policy) {
    case OG_DRAM_REFRESH_PER_BANK: return lane % c->d->banks == turn;
    case OG_DRAM_REFRESH_SAME_BANK: return lane % c->d->group_banks == turn;
    default: return true;
    }
}

static bool refresh_idle(const dram_channel* c, int rank, int turn) {
    for (int b = rank * c->d->banks; b < (rank + 1) * c->d->banks; ++b) {
        if (refresh_covers(c, b, turn) && c->lanes[b].current != DRAM_NO_REQUEST) {
            return false;
        }
    }
    return true;
}

// keep new commands out of the banks to refresh
static void refresh_block(dram_channel* c, int rank, int turn) {
    const bool at_once = c->controller->front_end == OG_DRAM_FRONT_END_REGISTERED;
    for (int b = rank * c->d->banks; b < (rank + 1) * c->d->banks; ++b) {
        if (refresh_covers(c, b, turn)) {
            c->lanes[b].blocked = true;
            dram_lane_add(c->touched, b);
            if (at_once) {
                c->lanes[b].command = OG_DRAM_COMMANDS;
                dram_lane_drop(c->active, b);
            }
        }
    }
}

// first turn of the round whose banks are idle, or -1
static int refresh_idle_turn(const dram_channel* c, int rank) {
    const dram_rank* r = &c->ranks[rank];
    for (int turn = 0; turn < refresh_turns(c); ++turn) {
        if ((r->remaining >> turn & 1) && refresh_idle(c, rank, turn)) {
            return turn;
        }
    }
    return -1;
}

static int refresh_first_turn(const dram_rank* r) {
    int turn = 0;
    while (!(r->remaining >> turn & 1)) {
        ++turn;
    }
    return turn;
}

// the command that brings the refresh of `turn` forward
static og_dram_command refresh_command(const dram_channel* c, int rank, int turn, int* lane) {
    const og_dram_refresh_policy policy = c->controller->refresh_policy;
    *lane = -1;
    if (policy == OG_DRAM_REFRESH_ALL_BANK) {
        return c->ranks[rank].open_rows > 0 ? OG_DRAM_PREA : OG_DRAM_REFA;
    }
    for (int b = rank * c->d->banks; b < (rank + 1) * c->d->banks; ++b) {
        if (refresh_covers(c, b, turn)) {
            if (c->lanes[b].open_row >= 0) {
                *lane = b;
                return OG_DRAM_PRE;
            }
            *lane = *lane < 0 ? b : *lane;
        }
    }
    return policy == OG_DRAM_REFRESH_PER_BANK ? OG_DRAM_REFB : OG_DRAM_REFS;
}

// Decide on a turn in the regular state: the chosen one, or -1 to postpone.
static int refresh_regular(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    const bool forced = r->flexibility ==
                        refresh_allowed(c, c->controller->refresh_max_postponed) * refresh_turns(c);
    if (r->forced_lane) {
        return r->refresh_lane;
    }
    int turn = refresh_idle_turn(c, rank);
    if (!forced) {
        return turn;
    }
    turn = turn < 0 ? refresh_first_turn(r) : turn;
    refresh_block(c, rank, turn);
    r->forced_lane = true;
    return turn;
}

void og_dram_refresh_start(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    r->refresh = OG_DRAM_COMMANDS;
    if (c->now < r->due) {
        return;
    }
    og_dram_power_down_interrupt(c, rank);
    if (r->asleep) {
        return;
    }
    const int interval = refresh_interval(c);
    if (c->now >= r->due + interval) {
        r->due += interval;
        r->pulled_in = false;
    }
    const int turn = r->pulled_in ? refresh_idle_turn(c, rank) : refresh_regular(c, rank);
    if (turn < 0) {
        r->flexibility += !r->pulled_in;
        r->pulled_in = false;
        r->due += interval;
        return;
    }
    int lane = -1;
    r->refresh = refresh_command(c, rank, turn, &lane);
    r->refresh_lane = turn;
    r->command_lane = lane;
}

void og_dram_refresh_update(dram_channel* c, int rank, og_dram_command command) {
    dram_rank* r = &c->ranks[rank];
    const int turns = refresh_turns(c);
    if (command == OG_DRAM_PDEA || command == OG_DRAM_PDEP) {
        r->asleep = true;
    } else if (command == OG_DRAM_PDXA || command == OG_DRAM_PDXP) {
        r->asleep = false;
    } else if (command == OG_DRAM_SREF) {
        r->asleep = true;
        // the refresh that was due uses up a credit; a debt of a round is paid at once, because the
        // device begins with a refresh of its own
        r->flexibility += c->now >= r->due;
        if (r->flexibility > 0) {
            r->flexibility = r->flexibility > turns ? r->flexibility - turns : 0;
        }
        r->due = DRAM_NEVER;
    }
    if (command != OG_DRAM_REFA && command != OG_DRAM_REFB && command != OG_DRAM_REFS) {
        return;
    }
    if (r->asleep) {
        // the refresh owed after self-refresh restarts the interval
        r->asleep = false;
        r->pulled_in = false;
        r->forced_lane = false;
        r->remaining = refresh_round(turns);
        r->due = c->now + refresh_interval(c);
        return;
    }
    r->forced_lane = false;
    r->remaining &= ~(UINT64_C(1) << r->refresh_lane);
    r->remaining = r->remaining ? r->remaining : refresh_round(turns);
    r->flexibility -= r->pulled_in;
    r->pulled_in = true;
    if (r->flexibility == -refresh_allowed(c, c->controller->refresh_max_pulled_in) * turns) {
        r->pulled_in = false;
        r->due += refresh_interval(c);
    }
}
