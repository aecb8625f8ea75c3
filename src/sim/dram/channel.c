// The controller of a channel: one activation does what can be done in a cycle.
#include "sim/dram/channel.h"

#include <assert.h>
#include <string.h>

static bool channel_is_column(og_dram_command command) {
    return command >= OG_DRAM_RD && command <= OG_DRAM_WRA;
}

void og_dram_channel_start(dram_channel* c) {
    const og_dram_scheduler scheduler = c->controller->scheduler;
    c->split_lists =
        scheduler == OG_DRAM_SCHEDULER_GRP_FRFCFS || scheduler == OG_DRAM_SCHEDULER_GRP_FRFCFS_WM;
    c->slot = c->accepted_request = DRAM_NO_REQUEST;
    c->stale = true;
    c->last_response = -1;
    for (int i = 0; i < c->d->lanes; ++i) {
        c->lanes[i] = (dram_lane){
            .open_row = -1,
            .head = {DRAM_NO_REQUEST, DRAM_NO_REQUEST},
            .tail = {DRAM_NO_REQUEST, DRAM_NO_REQUEST},
            .current = DRAM_NO_REQUEST,
            .command = OG_DRAM_COMMANDS,
        };
    }
    for (int r = 0; r < c->d->ranks; ++r) {
        for (int i = 0; i < 4; ++i) {
            c->ranks[r].acts[i] = -c->d->four_acts;
        }
        c->ranks[r].down_command = OG_DRAM_COMMANDS;
        c->ranks[r].idle = c->ranks[r].entry = true;
        og_dram_refresh_init(c, r);
    }
    c->wake = 0;
}

// a column command for the request, with auto-precharge where the page policy wants it
static og_dram_command channel_column(const dram_channel* c, int lane, int32_t request) {
    bool close = false;
    switch (c->controller->page_policy) {
    case OG_DRAM_PAGE_OPEN: break;
    case OG_DRAM_PAGE_CLOSED: close = true; break;
    case OG_DRAM_PAGE_OPEN_ADAPTIVE:
        close =
            og_dram_queue_further(c, lane, request) && !og_dram_queue_further_hit(c, lane, request);
        break;
    case OG_DRAM_PAGE_CLOSED_ADAPTIVE: close = !og_dram_queue_further_hit(c, lane, request); break;
    }
    if (c->entries[request].write) {
        return close ? OG_DRAM_WRA : OG_DRAM_WR;
    }
    return close ? OG_DRAM_RDA : OG_DRAM_RD;
}

// Choose what bank `lane` works on and the command that it needs next.
static void channel_lane_start(dram_channel* c, int lane) {
    dram_lane* l = &c->lanes[lane];
    l->command = OG_DRAM_COMMANDS;
    dram_lane_drop(c->active, lane);
    c->stale = true;
    if (l->blocked || c->ranks[lane / c->d->banks].asleep) {
        return;
    }
    const int32_t request = og_dram_queue_next(c, lane);
    if (request == DRAM_NO_REQUEST) {
        return;
    }
    if (!l->keep || c->entries[request].row == l->open_row) {
        l->current = request;
    }
    if (l->open_row < 0) {
        l->command = OG_DRAM_ACT;
    } else if (c->entries[l->current].row == l->open_row) {
        l->command = channel_column(c, lane, l->current);
    } else {
        l->command = OG_DRAM_PRE;
    }
    dram_lane_add(c->active, lane);
}

// Let the waiting request in, when there is room. `delay` lies between now and its END_REQ.
static void channel_accept(dram_channel* c, int delay) {
    if (c->slot == DRAM_NO_REQUEST || c->slot_time > c->now || !og_dram_queue_space(c)) {
        return;
    }
    const dram_entry* entry = &c->entries[c->slot];
    c->order[c->slot] = ++c->accepted;
    c->by_order[c->accepted] = c->slot;
    if (c->ranks[entry->rank].requests++ == 0) {
        og_dram_power_down_exit(c, entry->rank);
    }
    og_dram_queue_add(c, c->slot);
    c->measure->occupancy -= c->now;
    c->measure->data_latency -= c->now;
    c->measure->buffered++;
    if (c->measure->buffered > c->measure->buffered_max) {
        c->measure->buffered_max = c->measure->buffered;
    }
    channel_lane_start(c, entry->lane);
    c->accepted_request = c->slot;
    c->accepted_time = c->now + delay;
    c->slot = DRAM_NO_REQUEST;
}

static void channel_consider(dram_candidate* best, dram_candidate candidate) {
    if (candidate.key < best->key ||
        (candidate.key == best->key && candidate.order < best->order)) {
        *best = candidate;
    }
}

static dram_candidate channel_lane_candidate(const dram_channel* c, int lane) {
    const dram_lane* l = &c->lanes[lane];
    const int64_t ready = og_dram_lane_ready(c, lane, l->command);
    const int64_t time = ready > c->now ? ready : c->now;
    return (dram_candidate){
        .time = time,
        .key = time + og_dram_command_length(c->d, l->command),
        .order = c->order[l->current],
        .command = l->command,
        .rank = lane / c->d->banks,
        .lane = lane,
    };
}

static dram_candidate channel_rank_candidate(const dram_channel* c, int rank,
                                             og_dram_command command, int lane, int64_t order) {
    const int64_t ready = og_dram_rank_ready(c, rank, command, lane);
    const int64_t time = ready > c->now ? ready : c->now;
    return (dram_candidate){.time = time,
                            .key = time + og_dram_command_length(c->d, command),
                            .order = order,
                            .command = command,
                            .rank = rank,
                            .lane = lane};
}

// the banks of a rank within their word of a set (banks of a rank are a power of two, at most 64)
static uint64_t channel_rank_lanes(const dram_channel* c, int rank) {
    const int banks = c->d->banks;
    const uint64_t all = banks >= 64 ? UINT64_MAX : (UINT64_C(1) << banks) - 1;
    return all << (rank * banks & 63);
}

// Candidates of one rank: power-down alone, or refresh and banks. Rows and columns compete apart
// when they have a bus each.
static void channel_collect(const dram_channel* c, int rank, dram_candidate best[2]) {
    const dram_rank* r = &c->ranks[rank];
    if (r->down_command != OG_DRAM_COMMANDS) {
        channel_consider(&best[0],
                         channel_rank_candidate(c, rank, r->down_command, -1, DRAM_NEVER - 1));
        return;
    }
    if (r->refresh != OG_DRAM_COMMANDS) {
        channel_consider(&best[0], channel_rank_candidate(c, rank, r->refresh, r->command_lane, 0));
    }
    const bool strict = c->controller->command_mux == OG_DRAM_MUX_STRICT;
    const uint64_t mine = channel_rank_lanes(c, rank);
    const int word = rank * c->d->banks >> 6;
    for (uint64_t rest = c->active[word] & mine; rest; rest &= rest - 1) {
        const int b = word * 64 + __builtin_ctzll(rest);
        const bool column = channel_is_column(c->lanes[b].command);
        if (strict && column && c->order[c->lanes[b].current] != c->next_column_order) {
            continue;
        }
        channel_consider(&best[column && c->d->split_bus], channel_lane_candidate(c, b));
    }
}

static dram_candidate channel_select(const dram_channel* c) {
    const dram_candidate none = {
        .time = DRAM_NEVER, .key = DRAM_NEVER, .order = DRAM_NEVER, .command = OG_DRAM_COMMANDS};
    dram_candidate best[2] = {none, none};
    for (int rank = 0; rank < c->d->ranks; ++rank) {
        channel_collect(c, rank, best);
    }
    // between a row and a column command, lengths do not matter
    const bool column = best[1].time < best[0].time ||
                        (best[1].time == best[0].time && best[1].order < best[0].order);
    return best[column];
}

static void channel_observe(const dram_channel* c, const dram_candidate* command, int32_t request) {
    og_dram_event event = {
        .cycle = c->now,
        .command = command->command,
        .channel = c->index,
        .rank = command->rank,
        .bank_group = -1,
        .bank = -1,
        .row = -1,
        .column = -1,
        .request = -1,
    };
    if (command->lane >= 0) {
        const int bank = command->lane % c->d->banks;
        event.bank = bank % c->d->group_banks;
        event.bank_group = command->command == OG_DRAM_REFS ? -1 : bank / c->d->group_banks;
    }
    if (request != DRAM_NO_REQUEST) {
        event.request = request;
        event.row = command->command == OG_DRAM_PRE ? -1 : c->entries[request].row;
        event.column = channel_is_column(command->command) ? c->entries[request].column : -1;
    }
    c->observer->command(c->observer->context, &event);
}

static void channel_close_row(dram_channel* c, int rank, int lane, int64_t end) {
    dram_activity* activity = &c->measure->activity[c->index * c->d->ranks + rank];
    c->lanes[lane].open_row = -1;
    c->lanes[lane].keep = false;
    c->ranks[rank].open_rows--;
    c->measure->precharges++;
    og_dram_activity_close(activity, end);
}

// A response leaves the channel, at most one per cycle. Behind a register stage the arbiters with
// queues take any number.
static void channel_response(dram_channel* c, int32_t request, int64_t ready) {
    const bool many = c->controller->front_end == OG_DRAM_FRONT_END_REGISTERED &&
                      c->controller->arbiter != OG_DRAM_ARBITER_SIMPLE;
    const int64_t free = c->last_response + !many;
    c->last_response = ready > free ? ready : free;
    c->responses[c->response_tail++ & c->response_mask] =
        (dram_response){c->last_response, request};
}

// The data of a served request: response time, statistics.
static void channel_respond(dram_channel* c, int32_t request) {
    const dram_entry* entry = &c->entries[request];
    const int64_t end = c->now + (entry->write ? c->d->write_end : c->d->read_end);
    c->measure->data_latency += end;
    c->ready[request] = end;
    if (c->controller->response_queue == OG_DRAM_RESPONSE_FIFO) {
        channel_response(c, request, end);
        return;
    }
    // in the order of arrival: all that this one held up
    while (c->next_response <= c->accepted && c->ready[c->by_order[c->next_response]] >= 0) {
        const int32_t next = c->by_order[c->next_response++];
        channel_response(c, next, c->ready[next]);
    }
}

static void channel_column_issued(dram_channel* c, const dram_candidate* command) {
    const og_dram_timing* t = &c->system->device->timing;
    dram_lane* l = &c->lanes[command->lane];
    const int32_t request = l->current;
    const bool write = c->entries[request].write;
    const int end = write ? t->write_latency + c->d->burst + t->write_recovery - 1
                          : t->read_latency + t->read_strobe_delay + c->d->burst;
    c->measure->origins[l->origin]++;
    l->origin = DRAM_ROW_HIT;
    l->keep = false;
    l->current = DRAM_NO_REQUEST;
    og_dram_measure_last(c->measure, c->now, c->now + end, false);
    if (command->command == OG_DRAM_RDA || command->command == OG_DRAM_WRA) {
        const int64_t own = c->now + (write ? c->d->write_pre : c->d->read_pre);
        const int64_t close = own > l->restored ? own : l->restored;
        channel_close_row(c, command->rank, command->lane, close);
        og_dram_measure_last(c->measure, close, close + t->precharge - 1, true);
    }
    og_dram_queue_remove(c, request);
    c->next_column_order++;
    c->measure->occupancy += c->now;
    c->measure->buffered--;
    c->ranks[command->rank].requests--;
    channel_accept(c, c->controller->front_end == OG_DRAM_FRONT_END_REGISTERED);
    channel_respond(c, request);
}

static void channel_act_issued(dram_channel* c, const dram_candidate* command) {
    dram_lane* l = &c->lanes[command->lane];
    dram_activity* activity = &c->measure->activity[c->index * c->d->ranks + command->rank];
    l->open_row = c->entries[l->current].row;
    l->keep = true;
    l->origin = l->precharged_for_row ? DRAM_ROW_CONFLICT : DRAM_ROW_MISS;
    l->precharged_for_row = false;
    l->restored = c->now + c->d->act_pre;
    c->ranks[command->rank].open_rows++;
    og_dram_activity_open(activity, c->now);
    og_dram_measure_last(c->measure, c->now,
                         c->now + c->system->device->timing.activate_to_column - 1, false);
}

static void channel_precharge_issued(dram_channel* c, const dram_candidate* command) {
    const int first = command->lane < 0 ? command->rank * c->d->banks : command->lane;
    const int last = command->lane < 0 ? first + c->d->banks : first + 1;
    for (int b = first; b < last; ++b) {
        if (c->lanes[b].open_row >= 0) {
            channel_close_row(c, command->rank, b, c->now);
            c->lanes[b].precharged_for_row = command->order > 0;
        }
    }
    og_dram_measure_last(c->measure, c->now, c->now + c->system->device->timing.precharge - 1,
                         true);
}

static void channel_refresh_issued(dram_channel* c, const dram_candidate* command) {
    const og_dram_timing* t = &c->system->device->timing;
    dram_activity* activity = &c->measure->activity[c->index * c->d->ranks + command->rank];
    for (int b = command->rank * c->d->banks; b < (command->rank + 1) * c->d->banks; ++b) {
        const bool mine = command->command == OG_DRAM_REFA || b == command->lane ||
                          (command->command == OG_DRAM_REFS &&
                           b % c->d->group_banks == command->lane % c->d->group_banks);
        if (mine) {
            c->lanes[b].blocked = false;
            c->lanes[b].precharged_for_row = false;
        }
    }
    if (command->command == OG_DRAM_REFA) {
        activity->refreshed = c->now + t->refresh_all - t->precharge;
    }
    og_dram_measure_last(c->measure, c->now, c->now - 1, false);
}

// book the time of power-down and self-refresh
static void channel_power_issued(dram_channel* c, const dram_candidate* command) {
    dram_activity* activity = &c->measure->activity[c->index * c->d->ranks + command->rank];
    const int64_t spent = c->now - activity->down_since;
    switch (command->command) {
    case OG_DRAM_PDXA: activity->active_down += spent; break;
    case OG_DRAM_PDXP: activity->precharged_down += spent; break;
    case OG_DRAM_SREX: activity->self_refresh += spent; break;
    default: activity->down_since = c->now; break;
    }
    og_dram_measure_last(c->measure, c->now, c->now - 1, false);
}

static void channel_issue(dram_channel* c, const dram_candidate* command) {
    const int32_t request = command->order > 0 && command->lane >= 0
                                ? c->lanes[command->lane].current
                                : DRAM_NO_REQUEST;
    c->measure->commands[command->command]++;
    if (c->observer) {
        channel_observe(c, command, request);
    }
    og_dram_ready_insert(c, command->rank, command->lane, command->command);
    og_dram_refresh_update(c, command->rank, command->command);
    og_dram_power_down_update(c, command->rank, command->command);
    if (command->lane >= 0 && command->order > 0) {
        dram_lane_add(c->touched, command->lane);
    } else {
        c->touched[0] = c->touched[1] = UINT64_MAX;
    }
    switch (command->command) {
    case OG_DRAM_ACT: channel_act_issued(c, command); break;
    case OG_DRAM_PRE:
    case OG_DRAM_PREA: channel_precharge_issued(c, command); break;
    case OG_DRAM_REFA:
    case OG_DRAM_REFB:
    case OG_DRAM_REFS: channel_refresh_issued(c, command); break;
    case OG_DRAM_RD:
    case OG_DRAM_RDA:
    case OG_DRAM_WR:
    case OG_DRAM_WRA: channel_column_issued(c, command); break;
    default: channel_power_issued(c, command); break;
    }
    if (c->ranks[command->rank].requests == 0) {
        og_dram_power_down_enter(c, command->rank);
    }
}

// Choose anew in the banks that something has touched.
static void channel_restart(dram_channel* c) {
    for (int word = 0; word < 2; ++word) {
        const int lanes = c->d->lanes - word * 64;
        if (lanes <= 0) {
            break;
        }
        const uint64_t all = lanes >= 64 ? UINT64_MAX : (UINT64_C(1) << lanes) - 1;
        for (uint64_t rest = c->touched[word] & all; rest; rest &= rest - 1) {
            channel_lane_start(c, word * 64 + __builtin_ctzll(rest));
        }
        c->touched[word] = 0;
    }
}

// Let the managers decide. They change the candidates only when a refresh is due or power-down is
// on.
static void channel_manage(dram_channel* c) {
    for (int rank = 0; rank < c->d->ranks; ++rank) {
        const bool due = c->now >= c->ranks[rank].due;
        if (due || c->ranks[rank].refresh != OG_DRAM_COMMANDS) {
            c->stale = true;
        }
        og_dram_refresh_start(c, rank);
        if (c->controller->power_down != OG_DRAM_POWER_DOWN_NONE) {
            c->stale = true;
            og_dram_power_down_start(c, rank);
        }
    }
}

// when the channel acts next by itself: for a command, or because a refresh becomes due
static int64_t channel_next(const dram_channel* c) {
    int64_t wake = c->best.time;
    for (int rank = 0; rank < c->d->ranks; ++rank) {
        const dram_rank* r = &c->ranks[rank];
        if (r->refresh == OG_DRAM_COMMANDS && !(r->asleep && c->now >= r->due) && r->due < wake) {
            wake = r->due;
        }
    }
    return wake > c->now ? wake : c->now;
}

void og_dram_channel_run(dram_channel* c, int64_t time) {
    assert(time >= c->now);
    c->now = time;
    channel_accept(c, 0);
    channel_manage(c);
    if (c->stale) {
        c->best = channel_select(c);
    }
    if (c->best.time <= c->now) {
        const dram_candidate command = c->best;
        channel_issue(c, &command);
        c->stale = true;
    }
    channel_restart(c);
    channel_manage(c);
    if (c->stale) {
        c->best = channel_select(c);
        c->stale = false;
    }
    c->wake = channel_next(c);
}
