// The fast engine. What makes it fast: the trace's queues are chains laid when the system was
// opened (system.c), so that a bank's queue is a head, a first row hit and a count; the earliest
// cycles of all banks are 32-bit lanes that the compiler handles as vectors; nothing happens in
// cycles in which nothing can. Times are relative to a base that moves along (stream_rebase).
//
// The order of things in a cycle is that of channel.c and port.c.
#include "sim/dram/stream.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "sim/dram/stream_command.h"

// One copy of the loop per vector extension, chosen when the program starts. Sanitizers come up
// after that choice, so their builds have the plain copy only.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STREAM_PLAIN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define STREAM_PLAIN 1
#endif
#endif
#if defined(__x86_64__) && !defined(STREAM_PLAIN)
#define STREAM_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define STREAM_CLONES
#endif

static bool stream_bus_simple(const dram_distances* d) {
    return d->length_act == 1 && d->length_column == 1 && d->length_other == 1 && !d->split_bus &&
           d->pre_pre <= 1 && d->act_read == d->act_write;
}

bool og_dram_stream_fits(const og_dram_system* system, const og_dram_controller* c) {
    const dram_distances* d = &system->distances;
    return system->initiators == 1 && system->device->organisation.channels == 1 &&
           d->lanes <= STREAM_LANES && stream_bus_simple(d) &&
           c->refresh_policy <= OG_DRAM_REFRESH_ALL_BANK &&
           c->power_down == OG_DRAM_POWER_DOWN_NONE && c->command_mux == OG_DRAM_MUX_OLDEST &&
           c->scheduler <= OG_DRAM_SCHEDULER_FRFCFS_GRP;
}

static int32_t stream_back(int32_t time, int64_t delta) {
    const int64_t moved = time - delta;
    return moved > -STREAM_PAST ? (int32_t)moved : -STREAM_PAST;
}

// Move the base by `delta`, and all times but those at which refreshes are due.
static void stream_move(stream* s, int64_t delta) {
    s->base += delta;
    s->now = stream_back(s->now, delta);
    s->bus = stream_back(s->bus, delta);
    for (int i = 0; i < s->lanes; ++i) {
        stream_bank* bank = &s->banks[i];
        int32_t* times[] = {&bank->act, &bank->pre, &bank->column, &bank->reada, &bank->restored};
        for (int k = 0; k < 5; ++k) {
            *times[k] = stream_back(*times[k], delta);
        }
        for (int k = 0; k < STREAM_CLASSES; ++k) {
            s->shared[k][i] = stream_back(s->shared[k][i], delta);
        }
        int32_t* local = &s->local[s->kind[i]][i];
        if (*local != STREAM_NEVER) {
            *local = stream_back(*local, delta);
        }
    }
    for (int r = 0; r < s->d.ranks; ++r) {
        for (int k = 0; k < 4; ++k) {
            s->ranks[r].acts[k] = stream_back(s->ranks[r].acts[k], delta);
        }
    }
    if (s->slot != STREAM_NEVER) {
        stream_place_slot(s);
    }
}

static void stream_rebase(stream* s, int32_t delta) {
    stream_move(s, delta);
    for (int r = 0; r < s->d.ranks; ++r) {
        s->ranks[r].due -= s->refreshing ? delta : 0;
    }
}

// A rank that does one refresh per interval until a request comes: closed, all credits used up.
static bool stream_steady(const stream* s, const stream_rank* rank) {
    return rank->phase == STREAM_REGULAR && rank->open == 0 && !rank->pulled_in &&
           rank->flexibility == -s->pulled_in && rank->due >= s->now &&
           rank->due < s->now + s->d.refresh_interval;
}

// Nothing waits in a cycle in which a refresh is due: leave out all intervals but the last two
// before the next request. The refreshes of those two set every time that lasts.
static bool stream_skip(stream* s) {
    const int64_t interval = s->d.refresh_interval;
    const int64_t pause = s->slot_at - s->base - s->now;
    if (s->slot == STREAM_NEVER || pause < 4 * interval) {
        return false;
    }
    for (int r = 0; r < s->d.ranks; ++r) {
        if (!stream_steady(s, &s->ranks[r])) {
            return false;
        }
    }
    const int64_t intervals = pause / interval - 2;
    stream_move(s, intervals * interval);
    s->commands[OG_DRAM_REFA] += intervals * s->d.ranks;
    return true;
}

// a rank whose refresh is due, and whether a refresh command may go before `best`
typedef struct stream_agenda {
    int32_t due;  // earliest due time of the ranks without a refresh in progress
    int32_t due_rank;
    int32_t time;  // earliest command of a refresh in progress
    int32_t rank;
} stream_agenda;

static stream_agenda stream_look(const stream* s) {
    stream_agenda agenda = {STREAM_NEVER, 0, STREAM_NEVER, 0};
    for (int r = 0; r < s->d.ranks; ++r) {
        const stream_rank* rank = &s->ranks[r];
        if (rank->phase != STREAM_REGULAR) {
            const int32_t time = stream_max(stream_refresh_ready(s, r), s->now);
            if (time < agenda.time) {
                agenda.time = time;
                agenda.rank = r;
            }
        } else if (rank->due < agenda.due) {
            agenda.due = rank->due;
            agenda.due_rank = r;
        }
    }
    return agenda;
}

// A rank's refresh becomes due at s->now. Without a register stage, a command that was ready in
// this very cycle still goes out.
STREAM_INLINE void stream_due(stream* s, int index, stream_best best, int blocks) {
    stream_refresh_check(s, index);
    if (s->ranks[index].phase != STREAM_FORCED) {
        return;
    }
    const bool mine = best.time == s->now && s->entries[best.order].rank == index;
    if (!s->registered && mine && stream_refresh_ready(s, index) > s->now) {
        stream_issue(s, best.order, s->now, blocks);
    }
    stream_block(s, index, true);
}

STREAM_INLINE bool stream_run(stream* s, int blocks) {
    stream_agenda agenda = stream_look(s);
    while (true) {
        const bool few = __builtin_popcountll(s->pending) <= 4;
        const stream_best best = few ? stream_select_few(s) : stream_select(s, blocks);
        if (agenda.time != STREAM_NEVER) {
            agenda = stream_look(s);
        }
        const bool refresh = agenda.time <= best.time;
        const int32_t time = refresh ? agenda.time : best.time;
        const int32_t slot = s->slot != STREAM_NEVER && stream_space(s) ? s->slot : STREAM_NEVER;
        const int32_t first = agenda.due < time ? agenda.due : time;
        const bool accept = slot < first || (slot == first && s->merged && slot != STREAM_NEVER);
        const int32_t next = stream_max(accept ? slot : first, s->now);
        if (next >= STREAM_HORIZON / 2) {
            if (next == STREAM_NEVER) {
                return s->issued == s->count;
            }
            stream_rebase(s, next - STREAM_PAST);
            agenda = stream_look(s);
            continue;
        }
        if (s->issued == s->count && s->base + next > s->done) {
            return true;
        }
        s->now = next;
        if (accept) {
            stream_accept(s, next, 0);
        } else if (agenda.due <= time) {
            if (s->pending || !stream_skip(s)) {
                stream_due(s, agenda.due_rank, best, blocks);
            }
            agenda = stream_look(s);
        } else if (refresh) {
            stream_refresh(s, agenda.rank, next);
            agenda = stream_look(s);
        } else {
            stream_issue(s, best.order, next, blocks);
        }
    }
}

STREAM_CLONES static bool stream_run_16(stream* s) {
    return stream_run(s, 1);
}

STREAM_CLONES static bool stream_run_any(stream* s) {
    return stream_run(s, s->blocks);
}

static int stream_distance(const dram_distances* d, stream_rule rule, bool same, bool rank) {
    switch (rule) {
    case STREAM_ACT_ACT: return !rank ? -STREAM_HORIZON : same ? d->act_act_same : d->act_act_other;
    case STREAM_READ_READ:
        return !rank ? d->read_read_rank : same ? d->read_read_same : d->read_read_other;
    case STREAM_READ_WRITE: return !rank ? d->read_write_rank : d->read_write;
    case STREAM_WRITE_READ:
        return !rank ? d->write_read_rank : same ? d->write_read_same : d->write_read_other;
    default: return !rank ? d->write_write_rank : same ? d->write_write_same : d->write_write_other;
    }
}

static void stream_rules(stream* s) {
    const dram_distances* d = &s->d;
    for (int r = 0; r < STREAM_RULES; ++r) {
        for (int g = 0; g < d->ranks * d->groups; ++g) {
            for (int lane = 0; lane < STREAM_LANES; ++lane) {
                const bool rank = g / d->groups == lane / d->banks;
                const bool same = g == lane / d->group_banks;
                s->rules[r][g][lane] = stream_distance(d, (stream_rule)r, same, rank);
            }
        }
    }
    for (int r = 0; r < d->ranks; ++r) {
        for (int lane = 0; lane < STREAM_LANES; ++lane) {
            s->of_rank[r][lane] = lane / d->banks == r ? 0 : -STREAM_HORIZON;
        }
    }
}

static void stream_reset(stream* s) {
    const dram_distances* d = &s->d;
    for (int lane = 0; lane < STREAM_LANES; ++lane) {
        for (int k = 0; k < STREAM_CLASSES; ++k) {
            s->local[k][lane] = STREAM_NEVER;
        }
        s->order[lane] = STREAM_NEVER;
        const int group = lane / d->group_banks;
        const int rank = lane / d->banks;
        s->banks[lane] = (stream_bank){
            .row = -1,
            .head = DRAM_NO_REQUEST,
            .hit = DRAM_NO_REQUEST,
            .before = DRAM_NO_REQUEST,
            .group = (uint8_t)(group < DRAM_GROUPS_MAX ? group : 0),
            .rank = (uint8_t)(rank < d->ranks ? rank : 0),
        };
    }
    for (int r = 0; r < d->ranks; ++r) {
        stream_rank* rank = &s->ranks[r];
        *rank = (stream_rank){
            .due = s->refreshing ? (int32_t)og_dram_refresh_first(d->refresh_interval, r, d->ranks)
                                 : STREAM_NEVER};
        for (int k = 0; k < 4; ++k) {
            rank->acts[k] = -STREAM_PAST;
        }
    }
}

static void stream_lists(stream* s, og_arena* scratch) {
    const size_t count = (size_t)s->count;
    s->sent = og_arena_allocate_raw(scratch, count * sizeof *s->sent);
    if (!s->fifo) {
        s->served = OG_NEW(scratch, uint8_t, count);
    }
    if (s->grouped) {
        s->chain = og_arena_allocate_raw(scratch, count * sizeof *s->chain);
        for (size_t i = 0; i < count; ++i) {
            s->chain[i] = s->entries[i].next_row;
        }
    }
    if (s->ordered) {
        s->ready = og_arena_allocate_raw(scratch, count * sizeof *s->ready);
        memset(s->ready, 0xff, count * sizeof *s->ready);
    }
    if (s->reorder) {
        s->delivered = og_arena_allocate_raw(scratch, count * sizeof *s->delivered);
        memset(s->delivered, 0xff, count * sizeof *s->delivered);
    }
    if (!s->simple) {
        s->free_at = og_arena_allocate_raw(scratch, count * sizeof *s->free_at);
    }
}

static stream* stream_make(const og_dram_system* system, const og_dram_controller* c,
                           og_arena* scratch, dram_measure* measure) {
    stream* s = OG_NEW(scratch, stream, 1);
    s->system = system;
    s->entries = system->entries[c->address_map];
    s->d = system->distances;
    s->count = (int32_t)system->count;
    s->lanes = s->d.lanes;
    s->blocks = (s->d.lanes + 15) / 16;
    s->page = (int)c->page_policy;
    s->buffer = (int)c->scheduler_buffer;
    s->size = c->request_buffer_size;
    s->postponed = c->refresh_max_postponed;
    s->pulled_in = c->refresh_max_pulled_in;
    s->fifo = c->scheduler == OG_DRAM_SCHEDULER_FIFO;
    // with one direction only, grouping changes nothing
    s->grouped = c->scheduler == OG_DRAM_SCHEDULER_FRFCFS_GRP && system->writes > 0 &&
                 system->writes < system->count;
    s->registered = c->front_end == OG_DRAM_FRONT_END_REGISTERED;
    s->simple = c->arbiter == OG_DRAM_ARBITER_SIMPLE;
    s->ordered = c->response_queue == OG_DRAM_RESPONSE_REORDER;
    s->reorder = c->arbiter == OG_DRAM_ARBITER_REORDER;
    s->refreshing = c->refresh_policy == OG_DRAM_REFRESH_ALL_BANK;
    s->active_max = c->max_active_transactions;
    s->measure = measure;
    s->activity = measure->activity;
    s->response = s->done = s->ended = -1;
    stream_rules(s);
    stream_reset(s);
    stream_lists(s, scratch);
    s->send = s->entries[0].arrival;
    s->ended = -2;
    stream_next_slot(s, s->ended);
    return s;
}

og_status og_dram_stream_simulate(const og_dram_system* system,
                                  const og_dram_controller* controller, og_arena* scratch,
                                  og_dram_result* result) {
    assert(og_dram_stream_fits(system, controller));
    const og_arena_mark mark = og_arena_here(scratch);
    dram_measure measure = og_dram_measure_make(scratch, system);
    stream* s = stream_make(system, controller, scratch, &measure);
    const bool done = s->blocks == 1 ? stream_run_16(s) : stream_run_any(s);
    og_status status = OG_OK;
    if (!done) {
        const dram_entry* e = &s->entries[s->accepted < s->count ? s->accepted : s->count - 1];
        status = og_fail(OG_ERROR_VALUE,
                         "%s: no progress after cycle %" PRId64 ": request %" PRId32
                         " (rank %d, bank %d, row %d) is blocked",
                         system->trace_name, s->base + s->now, s->accepted + 1, e->rank, e->lane,
                         e->row);
    }
    memcpy(measure.commands, s->commands, sizeof measure.commands);
    memcpy(measure.origins, s->origins, sizeof measure.origins);
    measure.precharges = s->precharges;
    measure.data_latency = s->data_latency;
    measure.occupancy = s->occupancy;
    measure.buffered_max = s->buffered_max;
    og_dram_measure_finish(&measure, system, result);
    og_arena_rewind(scratch, mark);
    return status;
}
