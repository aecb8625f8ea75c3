// Fast engine: requests in, responses out, and the refresh manager that watches both.
#pragma once

#include "sim/dram/stream_bank.h"

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
