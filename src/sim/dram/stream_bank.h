// Fast engine: the next command of a bank, and the choice among the banks.
#pragma once

#include "sim/dram/stream_state.h"

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
