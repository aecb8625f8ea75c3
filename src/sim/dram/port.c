// The general engine: any number of initiators and channels under one clock.
//
// In a cycle, the channels act first, then initiators send and responses arrive; a channel that the
// arbiter reaches in a cycle acts once more. A request is thus seen after the command of its cycle
// has been chosen. (DRAMSys 4.0 takes the two in the order of its kernel's event heap, which is
// this one under load and either one when the memory idles.)
#include "sim/dram/port.h"

#include <assert.h>
#include <inttypes.h>

// An initiator sends its requests in order, one at a time until the arbiter takes each.
typedef struct port_initiator {
    int32_t next;                  // request to send, DRAM_NO_REQUEST = none left
    int64_t send;                  // when, DRAM_NEVER while the arbiter holds the previous one
    int32_t held;                  // request at the arbiter without a free transaction
    int active;                    // transactions taken and not returned
    int32_t returning;             // reorder arbiter: request whose response is due next
    int64_t last_done;             // cycle of the last response
    int32_t done_head, done_tail;  // responses on their way to the initiator, a list
    int32_t free_head;  // responses received whose transaction is not yet free, same list
} port_initiator;

// What waits for a channel at the arbiter.
typedef struct port_queue {
    int32_t head, tail;
    bool busy;         // a request is in the channel's slot
    int64_t last_end;  // cycle of the last END_REQ
} port_queue;

typedef struct port {
    const og_dram_system* system;
    const og_dram_controller* controller;
    const dram_entry* entries;
    dram_measure* measure;
    int initiators, channels;
    int64_t now;
    int64_t completed;
    bool paused;         // no channel has a request, and one will come
    int64_t* sent;       // lists: [system.count]
    int64_t* returned;   // cycle of the channel's response, -1 = not yet
    int64_t* done;       // cycle of the response at the initiator
    int32_t* following;  // next request of the same initiator
    int32_t* waiting;    // links of the arbiter's queues
    int32_t* finishing;  // links of the initiators' responses
    port_initiator* initiator;
    port_queue* queue;
    dram_channel* channel;
} port;

static int64_t port_max(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static bool port_simple(const port* p) {
    return p->controller->arbiter == OG_DRAM_ARBITER_SIMPLE;
}

// Put a request into the channel's slot, to be seen at `time`.
static void port_to_channel(port* p, int32_t request, int64_t time) {
    dram_channel* c = &p->channel[p->entries[request].channel];
    assert(c->slot == DRAM_NO_REQUEST);
    const bool registered = p->controller->front_end == OG_DRAM_FRONT_END_REGISTERED;
    c->slot = request;
    c->slot_time = time + registered;
    c->slot_fresh = true;
}

// A request of the arbiter goes to its channel, or queues for it.
static void port_forward(port* p, int32_t request) {
    port_queue* q = &p->queue[p->entries[request].channel];
    if (!q->busy) {
        // one request per cycle, and not before the END_REQ of the last one
        const bool spent = port_simple(p) ? q->last_end > p->now : q->last_end >= p->now;
        q->busy = true;
        port_to_channel(p, request, spent ? q->last_end + 1 : p->now);
        return;
    }
    p->waiting[request] = DRAM_NO_REQUEST;
    *(q->head == DRAM_NO_REQUEST ? &q->head : &p->waiting[q->tail]) = request;
    q->tail = request;
}

// The arbiter has taken the initiator's request at `time`: the next one may follow.
static void port_taken(port* p, int index, int64_t time) {
    port_initiator* i = &p->initiator[index];
    i->next = p->following[i->next];
    const bool registered = p->controller->front_end == OG_DRAM_FRONT_END_REGISTERED;
    i->send = i->next == DRAM_NO_REQUEST
                  ? DRAM_NEVER
                  : port_max(p->entries[i->next].arrival, time + !registered);
}

// An initiator sends its next request.
static void port_send(port* p, int index) {
    port_initiator* i = &p->initiator[index];
    const int32_t request = i->next;
    p->sent[request] = p->now;
    i->send = DRAM_NEVER;
    if (port_simple(p)) {
        port_forward(p, request);
    } else if (i->active < p->controller->max_active_transactions) {
        i->active++;
        port_taken(p, index, p->now);
        port_forward(p, request);
    } else {
        i->held = request;
    }
}

// A transaction has returned to its initiator: its place is free.
static void port_free(port* p, int index) {
    port_initiator* i = &p->initiator[index];
    if (port_simple(p)) {
        return;
    }
    i->active--;
    if (i->held != DRAM_NO_REQUEST) {
        const int32_t request = i->held;
        i->held = DRAM_NO_REQUEST;
        i->active++;
        port_taken(p, index, p->now);
        port_forward(p, request);
    }
}

// The channel has taken a request: END_REQ.
static void port_accepted(port* p, dram_channel* c) {
    const int32_t request = c->accepted_request;
    const int64_t time = c->accepted_time;
    port_queue* q = &p->queue[c->index];
    c->accepted_request = DRAM_NO_REQUEST;
    q->last_end = time;
    if (port_simple(p)) {
        port_taken(p, p->entries[request].initiator, time);
    }
    if (q->head == DRAM_NO_REQUEST) {
        q->busy = false;
        return;
    }
    const int32_t next = q->head;
    q->head = p->waiting[next];
    port_to_channel(p, next, time + 1);
}

// cycles that an initiator takes to acknowledge a response
static int port_acknowledge(const port* p) {
    return p->controller->front_end == OG_DRAM_FRONT_END_REGISTERED && !port_simple(p);
}

// Book that a response reaches its initiator at p->done[request].
static void port_finish_later(port* p, int32_t request) {
    port_initiator* i = &p->initiator[p->entries[request].initiator];
    const int64_t free = i->last_done + 1 + port_acknowledge(p);
    i->last_done = p->done[request] = port_max(p->returned[request], free);
    p->finishing[request] = DRAM_NO_REQUEST;
    if (i->done_head == DRAM_NO_REQUEST) {
        i->done_head = request;
    }
    if (i->free_head == DRAM_NO_REQUEST) {
        i->free_head = request;
    }
    if (i->done_tail != DRAM_NO_REQUEST) {
        p->finishing[i->done_tail] = request;
    }
    i->done_tail = request;
}

// A channel delivers a response to the arbiter.
static void port_response(port* p, int32_t request) {
    port_initiator* i = &p->initiator[p->entries[request].initiator];
    p->returned[request] = p->now;
    if (p->controller->arbiter != OG_DRAM_ARBITER_REORDER) {
        port_finish_later(p, request);
        return;
    }
    while (i->returning != DRAM_NO_REQUEST && p->returned[i->returning] >= 0) {
        port_finish_later(p, i->returning);
        i->returning = p->following[i->returning];
    }
}

static bool port_has_response(const dram_channel* c) {
    return c->response_head < c->response_tail;
}

static int64_t port_response_time(const dram_channel* c) {
    return port_has_response(c) ? c->responses[c->response_head & c->response_mask].time
                                : DRAM_NEVER;
}

// next cycle in which a channel acts by itself or because of its slot
static int64_t port_channel_time(const dram_channel* c) {
    int64_t time = c->wake;
    return c->slot_fresh && c->slot_time < time ? c->slot_time : time;
}

// next cycle in which something reaches an initiator, or a channel from outside
static int64_t port_next_outside(const port* p) {
    int64_t time = DRAM_NEVER;
    const int acknowledge = port_acknowledge(p);
    for (int k = 0; k < p->initiators; ++k) {
        const port_initiator* i = &p->initiator[k];
        time = i->send < time ? i->send : time;
        if (i->done_head != DRAM_NO_REQUEST && p->done[i->done_head] < time) {
            time = p->done[i->done_head];
        }
        if (i->free_head != DRAM_NO_REQUEST && p->done[i->free_head] + acknowledge < time) {
            time = p->done[i->free_head] + acknowledge;
        }
    }
    for (int k = 0; k < p->channels; ++k) {
        const dram_channel* c = &p->channel[k];
        const int64_t response = port_response_time(c);
        time = response < time ? response : time;
        time = c->slot_fresh && c->slot_time < time ? c->slot_time : time;
    }
    return time;
}

// The next cycle in which something happens. Channels without requests are on their own until
// something comes from outside; an observer sees all channels in one order, cycle by cycle.
static int64_t port_next(port* p) {
    const int64_t outside = port_next_outside(p);
    int64_t time = outside;
    p->paused = p->measure->buffered == 0 && outside < DRAM_NEVER;
    for (int k = 0; k < p->channels; ++k) {
        dram_channel* c = &p->channel[k];
        if (p->paused && !c->observer && c->wake < outside) {
            og_dram_channel_idle(c, outside);
        }
        time = c->wake < time ? c->wake : time;
    }
    return time;
}

static void port_finish(port* p, int index) {
    port_initiator* i = &p->initiator[index];
    while (i->done_head != DRAM_NO_REQUEST && p->done[i->done_head] <= p->now) {
        const int32_t request = i->done_head;
        i->done_head = p->finishing[request];
        og_dram_measure_response(p->measure, &p->entries[request], p->sent[request], p->now);
        p->completed++;
    }
    while (i->free_head != DRAM_NO_REQUEST &&
           p->done[i->free_head] + port_acknowledge(p) <= p->now) {
        i->free_head = p->finishing[i->free_head];
        port_free(p, index);
    }
}

static void port_run_channel(port* p, dram_channel* c) {
    c->slot_fresh = c->slot_fresh && c->slot_time > p->now;
    og_dram_channel_run(c, p->now);
    if (c->accepted_request != DRAM_NO_REQUEST) {
        port_accepted(p, c);
    }
}

static void port_cycle(port* p) {
    for (int k = 0; k < p->channels; ++k) {
        dram_channel* c = &p->channel[k];
        if (port_channel_time(c) <= p->now) {
            port_run_channel(p, c);
        }
    }
    for (int k = 0; k < p->initiators; ++k) {
        if (p->initiator[k].send <= p->now) {
            port_send(p, k);
        }
    }
    for (int k = 0; k < p->channels; ++k) {
        dram_channel* c = &p->channel[k];
        if (port_channel_time(c) <= p->now) {
            port_run_channel(p, c);
        }
        while (port_response_time(c) <= p->now) {
            port_response(p, c->responses[c->response_head++ & c->response_mask].request);
        }
    }
    for (int k = 0; k < p->initiators; ++k) {
        port_finish(p, k);
    }
}

static og_status port_blocked(const port* p) {
    for (int64_t i = 0; i < p->system->count; ++i) {
        if (p->done[i] < 0) {
            const dram_entry* e = &p->entries[i];
            return og_fail(OG_ERROR_VALUE,
                           "%s: no progress after cycle %" PRId64 ": request %" PRId64
                           " (%s, channel %d, rank %d, bank %d, row %d) is blocked",
                           p->system->trace_name, p->now, i + 1, e->write ? "write" : "read",
                           e->channel, e->rank, e->lane, e->row);
        }
    }
    return OG_OK;
}

static void port_link_initiators(port* p, og_arena* scratch) {
    int32_t* last = OG_NEW(scratch, int32_t, p->initiators);
    for (int k = 0; k < p->initiators; ++k) {
        p->initiator[k] = (port_initiator){.next = DRAM_NO_REQUEST,
                                           .send = DRAM_NEVER,
                                           .held = DRAM_NO_REQUEST,
                                           .returning = DRAM_NO_REQUEST,
                                           .last_done = -1,
                                           .done_head = DRAM_NO_REQUEST,
                                           .done_tail = DRAM_NO_REQUEST,
                                           .free_head = DRAM_NO_REQUEST};
        last[k] = DRAM_NO_REQUEST;
    }
    for (int32_t i = 0; i < (int32_t)p->system->count; ++i) {
        const int k = p->entries[i].initiator;
        p->returned[i] = p->done[i] = -1;
        p->following[i] = DRAM_NO_REQUEST;
        if (last[k] == DRAM_NO_REQUEST) {
            p->initiator[k].next = p->initiator[k].returning = i;
            p->initiator[k].send = p->entries[i].arrival;
        } else {
            p->following[last[k]] = i;
        }
        last[k] = i;
    }
}

static port* port_make(const og_dram_system* system, const og_dram_controller* controllers,
                       int stride, og_arena* scratch, const og_dram_observer* observer,
                       dram_measure* measure) {
    port* p = OG_NEW(scratch, port, 1);
    const size_t count = (size_t)system->count;
    *p = (port){.system = system,
                .controller = controllers,
                .entries = system->entries[controllers->address_map],
                .measure = measure,
                .initiators = system->initiators,
                .channels = system->device->organisation.channels};
    p->sent = OG_NEW(scratch, int64_t, count);
    p->returned = OG_NEW(scratch, int64_t, count);
    p->done = OG_NEW(scratch, int64_t, count);
    p->following = OG_NEW(scratch, int32_t, count);
    p->waiting = OG_NEW(scratch, int32_t, count);
    p->finishing = OG_NEW(scratch, int32_t, count);
    p->initiator = OG_NEW(scratch, port_initiator, p->initiators);
    p->queue = OG_NEW(scratch, port_queue, p->channels);
    p->channel = OG_NEW(scratch, dram_channel, p->channels);
    port_link_initiators(p, scratch);
    int32_t* next = OG_NEW(scratch, int32_t, count);
    int32_t* previous = OG_NEW(scratch, int32_t, count);
    int64_t* order = OG_NEW(scratch, int64_t, count);
    int64_t* ready = OG_NEW(scratch, int64_t, count);
    for (size_t i = 0; i < count; ++i) {
        ready[i] = -1;
    }
    int64_t* loads = OG_NEW(scratch, int64_t, p->channels);
    for (size_t i = 0; i < count; ++i) {
        loads[p->entries[i].channel]++;
    }
    for (int k = 0; k < p->channels; ++k) {
        int64_t ring = 1;
        while (ring < loads[k]) {
            ring *= 2;
        }
        p->queue[k] = (port_queue){.head = DRAM_NO_REQUEST, .last_end = -1};
        p->channel[k] = (dram_channel){
            .system = system,
            .entries = p->entries,
            .controller = &controllers[k * stride],
            .d = &system->distances,
            .observer = observer,
            .measure = measure,
            .index = k,
            .next = next,
            .previous = previous,
            .order = order,
            .ready = ready,
            .by_order = OG_NEW(scratch, int32_t, loads[k] + 1),
            .next_column_order = 1,
            .next_response = 1,
            .responses = OG_NEW(scratch, dram_response, ring),
            .response_mask = ring - 1,
        };
        og_dram_channel_start(&p->channel[k]);
    }
    return p;
}

// activations without a completed request, pauses apart, that count as no progress
enum { PORT_PATIENCE = 1 << 22 };

og_status og_dram_port_simulate(const og_dram_system* system, const og_dram_controller* controllers,
                                int stride, og_arena* scratch, const og_dram_observer* observer,
                                og_dram_result* result) {
    const og_arena_mark mark = og_arena_here(scratch);
    dram_measure measure = og_dram_measure_make(scratch, system);
    port* p = port_make(system, controllers, stride, scratch, observer, &measure);
    int64_t completed = 0;
    int64_t idle = 0;
    og_status status = OG_OK;
    while (p->completed < system->count) {
        const int64_t time = port_next(p);
        idle = p->completed == completed && !p->paused ? idle + 1 : 0;
        completed = p->completed;
        if (time == DRAM_NEVER || idle > PORT_PATIENCE) {
            status = port_blocked(p);
            break;
        }
        p->now = time;
        port_cycle(p);
    }
    og_dram_measure_finish(&measure, system, result);
    og_arena_rewind(scratch, mark);
    return status;
}
