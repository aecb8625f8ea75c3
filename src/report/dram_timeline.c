// What each bank and each data bus did over time, from the commands of a simulation.

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/dram_picture.h"
#include "report/csv.h"

const char* const og_dram_span_names[OG_DRAM_SPANS] = {
    "row_open", "activate",   "precharge", "read",       "write",
    "refresh",  "power_down", "read_data", "write_data",
};

// what is known of a bank
typedef struct dram_timeline_bank {
    bool open;
    int row;
    int64_t opened;
} dram_timeline_bank;

// what is known of a rank
typedef struct dram_timeline_rank {
    bool down;
    og_dram_command entry;
    int64_t entered;
} dram_timeline_rank;

struct og_dram_timeline_internals {
    dram_timeline_bank* banks;  // shape: [channels][ranks][banks]
    dram_timeline_rank* ranks;  // shape: [channels][ranks]
    int capacity;
    const og_dram_trace* trace;  // NULL = none
    int64_t* served;             // cycles of column commands, INT64_MAX = none yet, shape:
                                 // [trace->count]
};

og_dram_timeline* og_dram_timeline_create(og_arena* arena, const og_dram_device* device,
                                          const og_dram_trace* trace, double from_ns,
                                          double to_ns) {
    assert(from_ns >= 0 && to_ns > from_ns);
    const double ns = device->timing.clock_ps / 1000;
    const og_dram_organisation* o = &device->organisation;
    og_dram_timeline* timeline = OG_NEW(arena, og_dram_timeline, 1);
    timeline->arena = arena;
    timeline->device = device;
    timeline->from = (int64_t)floor(fmin(from_ns / ns, 9e15));
    timeline->to = (int64_t)ceil(fmin(to_ns / ns, 9e15));
    timeline->internals = OG_NEW(arena, struct og_dram_timeline_internals, 1);
    timeline->internals->banks =
        OG_NEW(arena, dram_timeline_bank, o->channels * o->ranks * o->banks);
    timeline->internals->ranks = OG_NEW(arena, dram_timeline_rank, o->channels * o->ranks);
    timeline->internals->trace = trace;
    if (trace) {
        timeline->internals->served = OG_NEW(arena, int64_t, trace->count);
        for (int64_t i = 0; i < trace->count; i++) {
            timeline->internals->served[i] = INT64_MAX;
        }
    }
    return timeline;
}

static void dram_timeline_add(og_dram_timeline* timeline, og_dram_span span) {
    if (span.end <= timeline->from || span.begin >= timeline->to) {
        return;
    }
    struct og_dram_timeline_internals* own = timeline->internals;
    if (timeline->count == own->capacity) {
        const int capacity = own->capacity ? 2 * own->capacity : 1024;
        og_dram_span* grown = OG_NEW(timeline->arena, og_dram_span, capacity);
        if (timeline->count > 0) {
            memcpy(grown, timeline->spans, sizeof *grown * (size_t)timeline->count);
        }
        timeline->spans = grown;
        own->capacity = capacity;
    }
    timeline->spans[timeline->count++] = span;
}

static og_dram_span dram_timeline_span(const og_dram_event* event, og_dram_span_kind kind,
                                       int64_t begin, int64_t end) {
    return (og_dram_span){.kind = kind,
                          .command = event->command,
                          .begin = begin,
                          .end = end,
                          .channel = event->channel,
                          .rank = event->rank,
                          .bank_group = event->bank_group,
                          .bank = event->bank,
                          .row = event->row,
                          .column = event->column,
                          .request = event->request};
}

static int dram_timeline_rank_index(const og_dram_timeline* timeline, const og_dram_event* event) {
    const int channel = event->channel > 0 ? event->channel : 0;
    return channel * timeline->device->organisation.ranks + event->rank;
}

static dram_timeline_bank* dram_timeline_bank_at(og_dram_timeline* timeline,
                                                 const og_dram_event* event, int group, int bank) {
    const og_dram_organisation* o = &timeline->device->organisation;
    const int inside = group * (o->banks / o->bank_groups) + bank;
    return &timeline->internals
                ->banks[dram_timeline_rank_index(timeline, event) * o->banks + inside];
}

// the row of a bank was open until `end`, from where the bank is precharged
static void dram_timeline_close(og_dram_timeline* timeline, const og_dram_event* event, int group,
                                int bank, int64_t end, int precharge) {
    dram_timeline_bank* state = dram_timeline_bank_at(timeline, event, group, bank);
    og_dram_span span = dram_timeline_span(event, OG_DRAM_SPAN_OPEN, state->opened, end);
    span.bank_group = group;
    span.bank = bank;
    span.row = state->row;
    span.column = -1;
    if (state->open) {
        dram_timeline_add(timeline, span);
    }
    span.kind = OG_DRAM_SPAN_PRECHARGE;
    span.row = -1;
    span.begin = end;
    span.end = end + precharge;
    dram_timeline_add(timeline, span);
    state->open = false;
}

static void dram_timeline_close_rank(og_dram_timeline* timeline, const og_dram_event* event) {
    const og_dram_organisation* o = &timeline->device->organisation;
    const og_dram_timing* t = &timeline->device->timing;
    for (int group = 0; group < o->bank_groups; group++) {
        for (int bank = 0; bank < o->banks / o->bank_groups; bank++) {
            if (dram_timeline_bank_at(timeline, event, group, bank)->open) {
                dram_timeline_close(timeline, event, group, bank, event->cycle,
                                    t->precharge_all + t->command_cycles_other - 1);
            }
        }
    }
}

static void dram_timeline_activate(og_dram_timeline* timeline, const og_dram_event* event) {
    const og_dram_timing* t = &timeline->device->timing;
    dram_timeline_bank* state =
        dram_timeline_bank_at(timeline, event, event->bank_group, event->bank);
    *state = (dram_timeline_bank){true, event->row, event->cycle};
    dram_timeline_add(timeline, dram_timeline_span(event, OG_DRAM_SPAN_ACTIVATE, event->cycle,
                                                   event->cycle + t->command_cycles_activate - 1 +
                                                       t->activate_to_column));
}

// the command, its burst, and the precharge that it may bring
static void dram_timeline_column(og_dram_timeline* timeline, const og_dram_event* event) {
    const og_dram_timing* t = &timeline->device->timing;
    const bool read = event->command == OG_DRAM_RD || event->command == OG_DRAM_RDA;
    if (timeline->internals->trace && event->request >= 0) {
        timeline->internals->served[event->request] = event->cycle;
    }
    const int64_t last = event->cycle + t->command_cycles_column - 1;
    const int64_t data = last + (read ? t->read_latency + t->read_strobe_delay
                                      : t->write_latency + t->write_strobe_delay);
    const int64_t end = data + og_dram_device_burst_cycles(timeline->device);
    dram_timeline_add(timeline,
                      dram_timeline_span(event, read ? OG_DRAM_SPAN_READ : OG_DRAM_SPAN_WRITE,
                                         event->cycle, last + 1));
    dram_timeline_add(
        timeline, dram_timeline_span(event, read ? OG_DRAM_SPAN_READ_DATA : OG_DRAM_SPAN_WRITE_DATA,
                                     data, end));
    if (event->command == OG_DRAM_RDA || event->command == OG_DRAM_WRA) {
        const dram_timeline_bank* state =
            dram_timeline_bank_at(timeline, event, event->bank_group, event->bank);
        const int64_t ready = read ? last + t->read_to_precharge : end + t->write_recovery;
        const int64_t least =
            state->opened + t->command_cycles_activate - 1 + t->activate_to_precharge;
        dram_timeline_close(timeline, event, event->bank_group, event->bank,
                            ready > least ? ready : least, t->precharge);
    }
}

// refreshes of the same bank of all groups are one span of each
static void dram_timeline_refresh(og_dram_timeline* timeline, const og_dram_event* event) {
    const og_dram_organisation* o = &timeline->device->organisation;
    const og_dram_timing* t = &timeline->device->timing;
    const int length = event->command == OG_DRAM_REFA   ? t->refresh_all
                       : event->command == OG_DRAM_REFB ? t->refresh_bank
                                                        : t->refresh_same_bank;
    og_dram_span span = dram_timeline_span(event, OG_DRAM_SPAN_REFRESH, event->cycle,
                                           event->cycle + t->command_cycles_other - 1 + length);
    if (event->command != OG_DRAM_REFS) {
        dram_timeline_add(timeline, span);
        return;
    }
    for (span.bank_group = 0; span.bank_group < o->bank_groups; span.bank_group++) {
        dram_timeline_add(timeline, span);
    }
}

static void dram_timeline_exit(og_dram_timeline* timeline, const og_dram_event* event,
                               int64_t end) {
    dram_timeline_rank* rank =
        &timeline->internals->ranks[dram_timeline_rank_index(timeline, event)];
    if (rank->down) {
        og_dram_span span = dram_timeline_span(event, OG_DRAM_SPAN_POWER_DOWN, rank->entered, end);
        span.command = rank->entry;
        span.bank_group = span.bank = -1;
        dram_timeline_add(timeline, span);
    }
    rank->down = false;
}

static void dram_timeline_enter(og_dram_timeline* timeline, const og_dram_event* event) {
    timeline->internals->ranks[dram_timeline_rank_index(timeline, event)] =
        (dram_timeline_rank){true, event->command, event->cycle};
}

static void dram_timeline_take(og_dram_timeline* timeline, const og_dram_event* event) {
    const og_dram_timing* t = &timeline->device->timing;
    switch (event->command) {
    case OG_DRAM_ACT: dram_timeline_activate(timeline, event); break;
    case OG_DRAM_PRE:
        dram_timeline_close(timeline, event, event->bank_group, event->bank, event->cycle,
                            t->precharge + t->command_cycles_other - 1);
        break;
    case OG_DRAM_PREA: dram_timeline_close_rank(timeline, event); break;
    case OG_DRAM_RD:
    case OG_DRAM_RDA:
    case OG_DRAM_WR:
    case OG_DRAM_WRA: dram_timeline_column(timeline, event); break;
    case OG_DRAM_REFA:
    case OG_DRAM_REFB:
    case OG_DRAM_REFS: dram_timeline_refresh(timeline, event); break;
    case OG_DRAM_PDEA:
    case OG_DRAM_PDEP:
    case OG_DRAM_SREF: dram_timeline_enter(timeline, event); break;
    case OG_DRAM_PDXA:
    case OG_DRAM_PDXP:
    case OG_DRAM_SREX: dram_timeline_exit(timeline, event, event->cycle); break;
    case OG_DRAM_COMMANDS: break;
    }
}

void og_dram_timeline_command(void* context, const og_dram_event* event) {
    og_dram_timeline* timeline = context;
    if (event->cycle >= timeline->from && event->cycle < timeline->to) {
        if (timeline->commands == OG_DRAM_TIMELINE_COMMANDS) {
            timeline->cut = true;
            timeline->to = event->cycle;
        } else {
            timeline->commands++;
        }
    }
    dram_timeline_take(timeline, event);
}

// rows that are open and ranks that are down where the picture ends
static void dram_timeline_finish_bank(og_dram_timeline* timeline, int index) {
    const og_dram_organisation* o = &timeline->device->organisation;
    const dram_timeline_bank* bank = &timeline->internals->banks[index];
    const int inside = index % o->banks;
    const int per_group = o->banks / o->bank_groups;
    if (bank->open) {
        dram_timeline_add(timeline, (og_dram_span){.kind = OG_DRAM_SPAN_OPEN,
                                                   .command = OG_DRAM_ACT,
                                                   .begin = bank->opened,
                                                   .end = timeline->to,
                                                   .channel = index / o->banks / o->ranks,
                                                   .rank = index / o->banks % o->ranks,
                                                   .bank_group = inside / per_group,
                                                   .bank = inside % per_group,
                                                   .row = bank->row,
                                                   .column = -1,
                                                   .request = -1});
    }
}

// a request that comes (+1) or is served (-1)
typedef struct dram_timeline_change {
    int64_t cycle;
    int64_t by;
} dram_timeline_change;

static int dram_timeline_compare(const void* a, const void* b) {
    const dram_timeline_change* x = a;
    const dram_timeline_change* y = b;
    return x->cycle < y->cycle ? -1 : x->cycle > y->cycle;
}

// how many requests wait: at the beginning, and after every change before the end
static void dram_timeline_count_waiting(og_dram_timeline* timeline) {
    const og_dram_trace* trace = timeline->internals->trace;
    const double own = timeline->device->timing.clock_ps;
    const double clock = trace->clock_ps > 0 ? trace->clock_ps : own;
    dram_timeline_change* changes = OG_NEW(timeline->arena, dram_timeline_change, 2 * trace->count);
    int64_t count = 0;
    int64_t waiting = 0;
    for (int64_t i = 0; i < trace->count; i++) {
        const int64_t ends[] = {
            (int64_t)ceil((double)trace->requests[i].arrival * clock / own - 1e-9),
            timeline->internals->served[i]};
        for (int k = 0; k < 2; k++) {
            const int64_t by = k == 0 ? 1 : -1;
            if (ends[k] <= timeline->from) {
                waiting += by;
            } else if (ends[k] < timeline->to) {
                changes[count++] = (dram_timeline_change){ends[k], by};
            }
        }
    }
    qsort(changes, (size_t)count, sizeof *changes, dram_timeline_compare);
    og_dram_waiting* list = OG_NEW(timeline->arena, og_dram_waiting, count + 1);
    int kept = 0;
    list[kept++] = (og_dram_waiting){timeline->from, waiting};
    for (int64_t i = 0; i < count; i++) {
        waiting += changes[i].by;
        kept -= list[kept - 1].begin == changes[i].cycle;
        list[kept++] = (og_dram_waiting){changes[i].cycle, waiting};
    }
    timeline->waiting = list;
    timeline->waiting_count = kept;
}

void og_dram_timeline_finish(og_dram_timeline* timeline, int64_t cycles) {
    const og_dram_organisation* o = &timeline->device->organisation;
    if (timeline->to > cycles) {
        timeline->to = cycles > timeline->from ? cycles : timeline->from + 1;
    }
    for (int i = 0; i < o->channels * o->ranks * o->banks; i++) {
        dram_timeline_finish_bank(timeline, i);
    }
    for (int i = 0; i < o->channels * o->ranks; i++) {
        const og_dram_event event = {.channel = i / o->ranks,
                                     .rank = i % o->ranks,
                                     .bank_group = -1,
                                     .bank = -1,
                                     .row = -1,
                                     .column = -1,
                                     .request = -1};
        dram_timeline_exit(timeline, &event, timeline->to);
    }
    // what was taken before the end moved back
    int kept = 0;
    for (int i = 0; i < timeline->count; i++) {
        if (timeline->spans[i].begin < timeline->to) {
            timeline->spans[kept++] = timeline->spans[i];
        }
    }
    timeline->count = kept;
    if (timeline->internals->trace) {
        dram_timeline_count_waiting(timeline);
    }
}

static void dram_timeline_csv_number(int64_t value, char end, og_buffer* out) {
    if (value >= 0) {
        og_buffer_print(out, "%" PRId64, value);
    }
    og_buffer_add(out, &end, 1);
}

void og_dram_timeline_csv(const og_dram_timeline* timeline, og_buffer* out) {
    const double ns = timeline->device->timing.clock_ps / 1000;
    og_buffer_print(out,
                    "kind,cmd,begin,end,begin_ns,end_ns,channel,rank,bankgroup,bank,row,"
                    "column,request,waiting\n");
    for (int i = 0; i < timeline->count; i++) {
        const og_dram_span* span = &timeline->spans[i];
        og_buffer_print(out, "%s,%s,%" PRId64 ",%" PRId64 ",", og_dram_span_names[span->kind],
                        og_dram_command_names[span->command], span->begin, span->end);
        og_csv_number((double)span->begin * ns, out);
        og_buffer_add(out, ",", 1);
        og_csv_number((double)span->end * ns, out);
        og_buffer_add(out, ",", 1);
        const int64_t numbers[] = {span->channel, span->rank,   span->bank_group, span->bank,
                                   span->row,     span->column, span->request};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            dram_timeline_csv_number(numbers[k], ',', out);
        }
        og_buffer_add(out, "\n", 1);
    }
    for (int i = 0; i < timeline->waiting_count; i++) {
        const og_dram_waiting* step = &timeline->waiting[i];
        const int64_t end =
            i + 1 < timeline->waiting_count ? timeline->waiting[i + 1].begin : timeline->to;
        og_buffer_print(out, "waiting,,%" PRId64 ",%" PRId64 ",", step->begin, end);
        og_csv_number((double)step->begin * ns, out);
        og_buffer_add(out, ",", 1);
        og_csv_number((double)end * ns, out);
        og_buffer_print(out, ",,,,,,,,%" PRId64 "\n", step->count);
    }
}
