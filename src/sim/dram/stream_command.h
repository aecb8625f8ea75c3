// Fast engine: what each command changes.
#pragma once

#include "sim/dram/stream_port.h"

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
