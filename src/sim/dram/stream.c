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

#include "sim/dram/measure.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__)) && !defined(OG_NO_CLONES)
#define STREAM_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define STREAM_CLONES
#endif
#define STREAM_INLINE static inline __attribute__((always_inline))
#if defined(__GNUC__) && !defined(__clang__)
// keeps gcc from unrolling the loops over the lanes before it makes vectors of them
#define STREAM_VECTOR _Pragma("GCC unroll 1")
#else
#define STREAM_VECTOR
#endif

enum {
    STREAM_LANES = 64,
    STREAM_NEVER = INT32_MAX,
    STREAM_HORIZON = 1 << 29,  // relative times are moved back before they get here
    STREAM_PAST = 1 << 20,     // cycles behind which no rule reaches
};

typedef enum stream_class {
    STREAM_ACT,
    STREAM_PRE,
    STREAM_READ,
    STREAM_WRITE,
    STREAM_CLASSES,
} stream_class;

// Distances from a command to one bank to commands to all banks, one row per bank group.
typedef enum stream_rule {
    STREAM_ACT_ACT,
    STREAM_READ_READ,
    STREAM_READ_WRITE,
    STREAM_WRITE_READ,
    STREAM_WRITE_WRITE,
    STREAM_RULES,
} stream_rule;

typedef struct stream_bank {
    int32_t act, pre, column, reada;  // earliest cycles, the bank's own rules
    int32_t row;                      // open row, -1 = closed
    int32_t head;                     // oldest request
    int32_t hit;                      // oldest request for the open row
    int32_t chosen, before;           // request of the next command, and its predecessor in the row
    int32_t count;
    int32_t restored;  // end of tRAS
    uint8_t origin;    // of the next column command, dram_row_origin
    uint8_t for_row;   // closed by PRE for another row
    uint8_t group, rank;
    uint8_t close;  // the next column command closes the row
    uint8_t pad[15];
} stream_bank;

typedef enum stream_phase {
    STREAM_REGULAR,  // no refresh is due
    STREAM_FORCED,   // banks blocked until it is done
    STREAM_IDLE,     // banks idle: it happens unless a request comes
} stream_phase;

typedef struct stream_rank {
    int32_t acts[4];
    int32_t act_next;
    int32_t due;
    int32_t flexibility;
    int32_t open;
    int32_t requests;
    uint8_t phase, pulled_in, blocked, started;
} stream_rank;

typedef struct stream {
    // lanes, in the order in which they are read together
    int32_t local[STREAM_CLASSES][STREAM_LANES];   // earliest cycle of the bank's next command by
                                                   // its own rules, STREAM_NEVER for other classes
    int32_t shared[STREAM_CLASSES][STREAM_LANES];  // the same by the rules between banks
    int32_t order[STREAM_LANES];                   // request of the next command
    uint8_t kind[STREAM_LANES];                    // stream_class of the next command
    int32_t rules[STREAM_RULES][DRAM_GROUPS_MAX][STREAM_LANES];
    int32_t of_rank[DRAM_RANKS_MAX][STREAM_LANES];  // 0 in the rank, far in the past elsewhere
    stream_bank banks[STREAM_LANES];
    stream_rank ranks[DRAM_RANKS_MAX];
    // fixed for the simulation
    const dram_entry* entries;
    const og_dram_system* system;
    dram_distances d;
    int32_t count, lanes, blocks;
    int page, buffer, size, postponed, pulled_in;
    bool fifo, grouped, registered, simple, ordered, reorder, refreshing;
    int active_max;
    // moving
    int64_t base;
    int32_t bus;
    int32_t now;
    int32_t accepted, issued;  // requests
    int32_t reads, writes;     // buffered
    int32_t last_bank, last_write;
    uint64_t pending;  // banks with a next command
    // the request at the port
    int32_t slot;     // cycle at which it is seen, STREAM_NEVER = none or not known
    bool merged;      // decided before that cycle
    int64_t slot_at;  // the same, absolute
    int64_t send;     // cycle at which the request `accepted` was or will be sent
    int64_t ended;    // last END_REQ of the channel
    // responses
    int64_t response;    // last response of the channel
    int64_t done;        // last response at the initiator
    int32_t answered;    // responses in the order of requests: next to leave the channel,
    int32_t returned;    // and next to reach the initiator
    int32_t freed;       // transactions freed
    uint8_t* served;     // list: [count]
    int32_t* chain;      // list: [count], unserved requests of a row (grouped only)
    int64_t* sent;       // list: [count]
    int64_t* ready;      // list: [count], end of data, -1 = not served
    int64_t* delivered;  // list: [count], response of the channel, -1 = not yet
    int64_t* free_at;    // list: [count], when transactions become free
    // measured
    dram_measure* measure;
    dram_activity* activity;
    int64_t data_latency, occupancy, buffered_max;
    int64_t commands[OG_DRAM_COMMANDS];
    int64_t precharges, origins[3];
} stream;

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

STREAM_INLINE int32_t stream_max(int32_t a, int32_t b) {
    return a > b ? a : b;
}

STREAM_INLINE int64_t stream_later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

// ---- next command of a bank

STREAM_INLINE void stream_offer(stream* s, int lane, stream_class kind, int32_t local,
                                int32_t request) {
    s->local[s->kind[lane]][lane] = STREAM_NEVER;
    s->local[kind][lane] = local;
    s->kind[lane] = (uint8_t)kind;
    s->order[lane] = request;
    s->banks[lane].chosen = request;
    s->pending |= UINT64_C(1) << lane;
}

STREAM_INLINE void stream_withdraw(stream* s, int lane) {
    s->local[s->kind[lane]][lane] = STREAM_NEVER;
    s->order[lane] = STREAM_NEVER;
    s->pending &= ~(UINT64_C(1) << lane);
}

// an older request of the chain waits for the same column
static bool stream_hazard(const stream* s, int32_t from, int32_t request) {
    for (int32_t i = from; i != request; i = s->chain[i]) {
        if (s->entries[i].column == s->entries[request].column) {
            return true;
        }
    }
    return false;
}

// FrFcfsGrp: the first row hit in the direction of the last column command, else the first hit
static int32_t stream_grouped(stream* s, stream_bank* bank) {
    int32_t before = DRAM_NO_REQUEST;
    for (int32_t i = bank->hit; i < s->accepted; before = i, i = s->chain[i]) {
        if (s->entries[i].write == s->last_write && !stream_hazard(s, bank->hit, i)) {
            bank->before = before;
            return i;
        }
    }
    bank->before = DRAM_NO_REQUEST;
    return bank->hit;
}

// does another request for the open row wait behind `request`?
STREAM_INLINE bool stream_further_hit(const stream* s, const stream_bank* bank, int32_t request) {
    if (s->fifo) {
        const int32_t second = s->entries[request].next_bank;
        return second < s->accepted && s->entries[second].row == bank->row;
    }
    const int32_t first = bank->hit;
    return (s->grouped ? s->chain[first] : s->entries[first].next_row) < s->accepted;
}

STREAM_INLINE bool stream_closes(const stream* s, const stream_bank* bank, int32_t request) {
    switch (s->page) {
    case OG_DRAM_PAGE_OPEN: return false;
    case OG_DRAM_PAGE_CLOSED: return true;
    case OG_DRAM_PAGE_OPEN_ADAPTIVE:
        return bank->count >= 2 && !stream_further_hit(s, bank, request);
    default: return !stream_further_hit(s, bank, request);
    }
}

// Choose the next command of a bank.
STREAM_INLINE void stream_choose(stream* s, int lane) {
    stream_bank* bank = &s->banks[lane];
    if (bank->count == 0 || s->ranks[bank->rank].blocked) {
        stream_withdraw(s, lane);
        return;
    }
    if (bank->row < 0) {
        stream_offer(s, lane, STREAM_ACT, bank->act, bank->head);
        return;
    }
    int32_t request = bank->head;
    bool hit = s->entries[request].row == bank->row;
    if (!s->fifo && bank->hit != DRAM_NO_REQUEST) {
        request = s->grouped ? stream_grouped(s, bank) : bank->hit;
        hit = true;
    }
    if (!hit) {
        stream_offer(s, lane, STREAM_PRE, bank->pre, request);
        return;
    }
    const bool write = s->entries[request].write;
    const bool close = stream_closes(s, bank, request);
    bank->close = close;
    const int32_t local = close && !write ? stream_max(bank->column, bank->reada) : bank->column;
    stream_offer(s, lane, write ? STREAM_WRITE : STREAM_READ, local, request);
}

// ---- selection

typedef struct stream_best {
    int32_t time;   // STREAM_NEVER = no command
    int32_t order;  // request
} stream_best;

// The earliest command, the oldest of those in its cycle.
STREAM_INLINE stream_best stream_select(const stream* s, int blocks) {
    int32_t ready[STREAM_LANES];
    int32_t least = STREAM_NEVER;
    STREAM_VECTOR
    for (int i = 0; i < blocks * 16; ++i) {
        const int32_t act = stream_max(s->local[STREAM_ACT][i], s->shared[STREAM_ACT][i]);
        const int32_t pre = stream_max(s->local[STREAM_PRE][i], s->shared[STREAM_PRE][i]);
        const int32_t read = stream_max(s->local[STREAM_READ][i], s->shared[STREAM_READ][i]);
        const int32_t write = stream_max(s->local[STREAM_WRITE][i], s->shared[STREAM_WRITE][i]);
        const int32_t row = act < pre ? act : pre;
        const int32_t column = read < write ? read : write;
        ready[i] = row < column ? row : column;
        least = ready[i] < least ? ready[i] : least;
    }
    const int32_t from = stream_max(s->bus, s->now);
    const int32_t time = least > from ? least : from;
    int32_t order = STREAM_NEVER;
    STREAM_VECTOR
    for (int i = 0; i < blocks * 16; ++i) {
        // all ones when the bank is not ready: without a branch, so that it becomes a vector
        const int32_t late = (time - ready[i]) >> 31;
        const int32_t candidate = s->order[i] | (late & STREAM_NEVER);
        order = candidate < order ? candidate : order;
    }
    return (stream_best){least == STREAM_NEVER ? STREAM_NEVER : time, order};
}

// The same over the few banks that have a command.
STREAM_INLINE stream_best stream_select_few(const stream* s) {
    stream_best best = {STREAM_NEVER, STREAM_NEVER};
    const int32_t from = stream_max(s->bus, s->now);
    for (uint64_t rest = s->pending; rest; rest &= rest - 1) {
        const int i = __builtin_ctzll(rest);
        const int kind = s->kind[i];
        int32_t time = stream_max(s->local[kind][i], s->shared[kind][i]);
        time = time > from ? time : from;
        const bool better = time < best.time || (time == best.time && s->order[i] < best.order);
        best.time = better ? time : best.time;
        best.order = better ? s->order[i] : best.order;
    }
    return best;
}

// ---- the port

// cycle at which the transaction of request `request` is free, or -1 when that is not yet known
STREAM_INLINE bool stream_transaction(stream* s, int32_t request, int64_t* time) {
    if (s->simple || request < s->active_max) {
        return true;
    }
    const int32_t earlier = request - s->active_max;
    if (earlier >= s->freed) {
        return false;
    }
    *time = stream_later(*time, s->free_at[earlier]);
    return true;
}

STREAM_INLINE void stream_place_slot(stream* s) {
    const int64_t relative = s->slot_at - s->base;
    s->slot = relative < STREAM_HORIZON ? (int32_t)relative : STREAM_HORIZON;
}

// When is request `accepted` seen by the channel? Unknown while its transaction is not free.
STREAM_INLINE void stream_next_slot(stream* s, int64_t ended) {
    s->slot = STREAM_NEVER;
    s->slot_at = -1;
    const int32_t request = s->accepted;
    if (request >= s->count) {
        return;
    }
    int64_t taken = s->send;
    if (!stream_transaction(s, request, &taken)) {
        return;
    }
    s->sent[request] = s->send;
    int64_t seen = taken;
    if (!s->simple) {
        seen = stream_later(taken, ended + 1);
    }
    s->merged = s->registered || seen > taken;
    s->slot_at = seen + s->registered;
    if (!s->simple && request + 1 < s->count) {
        s->send = stream_later(s->entries[request + 1].arrival, taken + !s->registered);
    }
    stream_place_slot(s);
}

STREAM_INLINE bool stream_space(const stream* s) {
    switch (s->buffer) {
    case OG_DRAM_BUFFER_BANKWISE: return s->banks[s->last_bank].count < s->size;
    case OG_DRAM_BUFFER_READ_WRITE: return s->reads < s->size && s->writes < s->size;
    default: return s->reads + s->writes < s->size;
    }
}

static void stream_refresh_check(stream* s, int rank);

// Let the request at the port in; `delay` lies before its END_REQ.
STREAM_INLINE void stream_accept(stream* s, int32_t now, int delay) {
    const int32_t request = s->accepted++;
    const dram_entry* entry = &s->entries[request];
    const int lane = entry->lane;
    stream_bank* bank = &s->banks[lane];
    const bool was_idle = bank->count++ == 0;
    const bool new_hit = bank->row == entry->row && bank->hit == DRAM_NO_REQUEST;
    bank->head = was_idle ? request : bank->head;
    bank->hit = new_hit ? request : bank->hit;
    s->last_bank = lane;
    s->writes += entry->write;
    s->reads += !entry->write;
    s->occupancy -= s->base + now;
    s->data_latency -= s->base + now;
    const int64_t buffered = s->accepted - s->issued;
    s->buffered_max = buffered > s->buffered_max ? buffered : s->buffered_max;
    if (was_idle || new_hit || s->page != OG_DRAM_PAGE_OPEN || s->grouped) {
        stream_choose(s, lane);
    }
    const int64_t ended = s->base + now + delay;
    if (s->simple && s->accepted < s->count) {
        s->send = stream_later(s->entries[s->accepted].arrival, ended + !s->registered);
    }
    s->ended = ended;
    stream_next_slot(s, ended);
    stream_rank* rank = &s->ranks[bank->rank];
    rank->requests++;
    if (rank->phase == STREAM_IDLE) {
        s->now = now;
        stream_refresh_check(s, bank->rank);
    }
}

// ---- refresh

static int32_t stream_refresh_ready(const stream* s, int rank) {
    const bool open = s->ranks[rank].open > 0;
    int32_t time = s->bus;
    for (int b = rank * s->d.banks; b < (rank + 1) * s->d.banks; ++b) {
        time = stream_max(time, open ? s->banks[b].pre : s->banks[b].act + s->d.act_ref);
    }
    return time;
}

static void stream_block(stream* s, int rank, bool blocked) {
    s->ranks[rank].blocked = blocked;
    for (int b = rank * s->d.banks; b < (rank + 1) * s->d.banks; ++b) {
        stream_choose(s, b);
    }
}

// What the refresh manager of a rank does in a cycle in which its refresh is due.
static void stream_refresh_check(stream* s, int index) {
    stream_rank* rank = &s->ranks[index];
    if (s->now < rank->due) {
        rank->phase = STREAM_REGULAR;
        return;
    }
    if (s->now >= rank->due + s->d.refresh_interval) {
        rank->due += s->d.refresh_interval;
        rank->pulled_in = false;
    }
    if (!rank->pulled_in && rank->flexibility == s->postponed) {
        rank->phase = STREAM_FORCED;
    } else if (rank->requests == 0) {
        rank->phase = STREAM_IDLE;
    } else {
        rank->flexibility += !rank->pulled_in;
        rank->pulled_in = false;
        rank->due += s->d.refresh_interval;
        rank->phase = STREAM_REGULAR;
    }
}

// ---- responses

// The response of a request reaches the initiator.
STREAM_INLINE void stream_return(stream* s, int32_t request, int64_t time) {
    const int acknowledge = s->registered && !s->simple;
    s->done = stream_later(time, s->done + 1 + acknowledge);
    if (!s->simple) {
        s->free_at[s->freed++] = s->done + acknowledge;
    }
    og_dram_measure_response(s->measure, &s->entries[request], s->sent[request], s->done);
}

// The response of a request leaves the channel.
STREAM_INLINE void stream_deliver(stream* s, int32_t request, int64_t end) {
    const int64_t free = s->response + !(s->registered && !s->simple);
    s->response = stream_later(end, free);
    if (!s->reorder) {
        stream_return(s, request, s->response);
        return;
    }
    s->delivered[request] = s->response;
    while (s->returned < s->count && s->delivered[s->returned] >= 0) {
        stream_return(s, s->returned, s->delivered[s->returned]);
        s->returned++;
    }
}

STREAM_INLINE void stream_respond(stream* s, int32_t request, int64_t end) {
    s->data_latency += end;
    if (!s->ordered) {
        stream_deliver(s, request, end);
        return;
    }
    s->ready[request] = end;
    while (s->answered < s->count && s->ready[s->answered] >= 0) {
        stream_deliver(s, s->answered, s->ready[s->answered]);
        s->answered++;
    }
}

// ---- commands

STREAM_INLINE void stream_raise(stream* s, stream_class kind, stream_rule rule, int group,
                                int32_t time, int blocks) {
    int32_t* shared = s->shared[kind];
    const int32_t* distance = s->rules[rule][group];
    STREAM_VECTOR
    for (int i = 0; i < blocks * 16; ++i) {
        const int32_t to = time + distance[i];
        shared[i] = shared[i] > to ? shared[i] : to;
    }
}

STREAM_INLINE void stream_act(stream* s, int lane, int32_t time, int blocks) {
    stream_bank* bank = &s->banks[lane];
    stream_rank* rank = &s->ranks[bank->rank];
    const int32_t request = bank->chosen;
    bank->row = s->entries[request].row;
    bank->hit = request;
    bank->act = time + s->d.act_act;
    bank->column = time + s->d.act_read;
    bank->restored = time + s->d.act_pre;
    bank->pre = stream_max(bank->pre, bank->restored);
    bank->origin = bank->for_row ? DRAM_ROW_CONFLICT : DRAM_ROW_MISS;
    bank->for_row = false;
    rank->acts[rank->act_next] = time;
    rank->act_next = (rank->act_next + 1) & 3;
    const int32_t window = rank->acts[rank->act_next] + s->d.four_acts;
    int32_t* shared = s->shared[STREAM_ACT];
    const int32_t* distance = s->rules[STREAM_ACT_ACT][bank->group];
    const int32_t* mine = s->of_rank[bank->rank];
    STREAM_VECTOR
    for (int i = 0; i < blocks * 16; ++i) {
        const int32_t next = time + distance[i];
        const int32_t four = window + mine[i];
        const int32_t to = next > four ? next : four;
        shared[i] = shared[i] > to ? shared[i] : to;
    }
    rank->open++;
    s->commands[OG_DRAM_ACT]++;
    og_dram_activity_open(&s->activity[bank->rank], s->base + time);
    og_dram_measure_last(s->measure, s->base + time,
                         s->base + time + s->system->device->timing.activate_to_column - 1, false);
    stream_choose(s, lane);
}

STREAM_INLINE void stream_close(stream* s, stream_bank* bank, int32_t end) {
    bank->row = -1;
    bank->hit = DRAM_NO_REQUEST;
    s->ranks[bank->rank].open--;
    s->precharges++;
    og_dram_activity_close(&s->activity[bank->rank], s->base + end);
}

STREAM_INLINE void stream_precharge(stream* s, int lane, int32_t time) {
    stream_bank* bank = &s->banks[lane];
    stream_close(s, bank, time);
    bank->act = stream_max(bank->act, time + s->d.pre_act);
    bank->for_row = true;
    s->commands[OG_DRAM_PRE]++;
    og_dram_measure_last(s->measure, s->base + time,
                         s->base + time + s->system->device->timing.precharge - 1, true);
    stream_choose(s, lane);
}

// Take a served request out of its bank's queue.
STREAM_INLINE void stream_dequeue(stream* s, stream_bank* bank, int32_t request) {
    bank->count--;
    if (s->fifo) {
        bank->head = bank->count ? s->entries[request].next_bank : DRAM_NO_REQUEST;
        bank->hit = DRAM_NO_REQUEST;
        return;
    }
    s->served[request] = 1;
    if (bank->head == request) {
        int32_t head = DRAM_NO_REQUEST;
        if (bank->count) {
            head = s->entries[request].next_bank;
            while (s->served[head]) {
                head = s->entries[head].next_bank;
            }
        }
        bank->head = head;
    }
    const int32_t after = s->grouped ? s->chain[request] : s->entries[request].next_row;
    if (s->grouped && bank->before != DRAM_NO_REQUEST) {
        s->chain[bank->before] = after;
    } else {
        bank->hit = after < s->accepted ? after : DRAM_NO_REQUEST;
    }
}

// a change of direction makes the grouping scheduler choose anew in every open bank
static void stream_turn(stream* s) {
    for (uint64_t rest = s->pending; rest; rest &= rest - 1) {
        const int lane = __builtin_ctzll(rest);
        if (s->banks[lane].row >= 0) {
            stream_choose(s, lane);
        }
    }
}

STREAM_INLINE void stream_column(stream* s, int lane, int32_t time, int blocks) {
    stream_bank* bank = &s->banks[lane];
    const int32_t request = bank->chosen;
    const og_dram_timing* t = &s->system->device->timing;
    const bool write = s->entries[request].write;
    const int64_t now = s->base + time;
    if (write) {
        stream_raise(s, STREAM_READ, STREAM_WRITE_READ, bank->group, time, blocks);
        stream_raise(s, STREAM_WRITE, STREAM_WRITE_WRITE, bank->group, time, blocks);
        bank->reada = stream_max(bank->reada, time + s->d.write_reada);
    } else {
        stream_raise(s, STREAM_READ, STREAM_READ_READ, bank->group, time, blocks);
        stream_raise(s, STREAM_WRITE, STREAM_READ_WRITE, bank->group, time, blocks);
    }
    const int32_t restored = time + (write ? s->d.write_pre : s->d.read_pre);
    bank->pre = stream_max(bank->pre, restored);
    s->origins[bank->origin]++;
    bank->origin = DRAM_ROW_HIT;
    const int done = write ? t->write_latency + s->d.burst + t->write_recovery - 1
                           : t->read_latency + t->read_strobe_delay + s->d.burst;
    og_dram_measure_last(s->measure, now, now + done, false);
    stream_dequeue(s, bank, request);
    if (bank->close) {
        const int32_t end = stream_max(restored, bank->restored);
        stream_close(s, bank, end);
        bank->act = stream_max(bank->act, time + (write ? s->d.writea_act : s->d.reada_act));
        og_dram_measure_last(s->measure, s->base + end, s->base + end + t->precharge - 1, true);
    }
    s->commands[(write ? OG_DRAM_WR : OG_DRAM_RD) + bank->close]++;
    bank->close = false;
    s->writes -= write;
    s->reads -= !write;
    s->issued++;
    s->occupancy += now;
    s->ranks[bank->rank].requests--;
    const bool turned = s->grouped && s->last_write != write;
    s->last_write = write;
    if (s->slot <= time && stream_space(s)) {
        stream_accept(s, time, s->registered);
    }
    stream_choose(s, lane);
    if (turned) {
        stream_turn(s);
    }
    stream_respond(s, request, now + (write ? s->d.write_end : s->d.read_end));
    if (s->slot == STREAM_NEVER) {
        stream_next_slot(s, s->ended);
    }
}

STREAM_INLINE void stream_issue(stream* s, int32_t request, int32_t time, int blocks) {
    const int lane = s->entries[request].lane;
    s->bus = time + 1;
    if (s->kind[lane] >= STREAM_READ) {
        stream_column(s, lane, time, blocks);
    } else if (s->kind[lane] == STREAM_ACT) {
        stream_act(s, lane, time, blocks);
    } else {
        stream_precharge(s, lane, time);
    }
}

// Issue the command that brings a due refresh forward.
static void stream_refresh(stream* s, int index, int32_t time) {
    stream_rank* rank = &s->ranks[index];
    const og_dram_timing* t = &s->system->device->timing;
    const bool open = rank->open > 0;
    const int64_t now = s->base + time;
    s->bus = time + 1;
    s->commands[open ? OG_DRAM_PREA : OG_DRAM_REFA]++;
    for (int b = index * s->d.banks; b < (index + 1) * s->d.banks; ++b) {
        stream_bank* bank = &s->banks[b];
        if (bank->row >= 0) {
            stream_close(s, bank, time);
        }
        bank->for_row = false;
        bank->act = stream_max(bank->act, time + (open ? s->d.prea_act : s->d.refa_act));
    }
    if (open) {
        og_dram_measure_last(s->measure, now, now + t->precharge - 1, true);
        return;
    }
    og_dram_measure_last(s->measure, now, now - 1, false);
    s->activity[index].refreshed = now + t->refresh_all - t->precharge;
    rank->flexibility -= rank->pulled_in;
    rank->pulled_in = true;
    if (rank->flexibility == -s->pulled_in) {
        rank->pulled_in = false;
        rank->due += s->d.refresh_interval;
    }
    rank->phase = STREAM_REGULAR;
    stream_block(s, index, false);
}

// ---- the loop

static void stream_rebase(stream* s, int32_t delta) {
    s->base += delta;
    s->now -= delta;
    s->bus -= delta;
    for (int i = 0; i < s->lanes; ++i) {
        stream_bank* bank = &s->banks[i];
        int32_t* times[] = {&bank->act, &bank->pre, &bank->column, &bank->reada, &bank->restored};
        for (int k = 0; k < 5; ++k) {
            *times[k] = stream_max(*times[k] - delta, -STREAM_PAST);
        }
        for (int k = 0; k < STREAM_CLASSES; ++k) {
            s->shared[k][i] = stream_max(s->shared[k][i] - delta, -STREAM_PAST);
        }
        int32_t* local = &s->local[s->kind[i]][i];
        if (*local != STREAM_NEVER) {
            *local = stream_max(*local - delta, -STREAM_PAST);
        }
    }
    for (int r = 0; r < s->d.ranks; ++r) {
        stream_rank* rank = &s->ranks[r];
        for (int k = 0; k < 4; ++k) {
            rank->acts[k] = stream_max(rank->acts[k] - delta, -STREAM_PAST);
        }
        rank->due -= s->refreshing ? delta : 0;
    }
    if (s->slot != STREAM_NEVER) {
        stream_place_slot(s);
    }
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
            stream_due(s, agenda.due_rank, best, blocks);
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

// ---- start and end

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
