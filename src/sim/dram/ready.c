// When commands may be issued: the rules between banks live in tables that each command raises.
#include "sim/dram/channel.h"

static int64_t ready_max(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static void ready_raise(int64_t* time, int64_t to) {
    *time = ready_max(*time, to);
}

int og_dram_command_length(const dram_distances* d, og_dram_command command) {
    switch (command) {
    case OG_DRAM_ACT: return d->length_act;
    case OG_DRAM_RD:
    case OG_DRAM_RDA:
    case OG_DRAM_WR:
    case OG_DRAM_WRA: return d->length_column;
    case OG_DRAM_PRE:
    case OG_DRAM_PREA:
    case OG_DRAM_REFA:
    case OG_DRAM_REFB:
    case OG_DRAM_REFS:
    case OG_DRAM_SREF:
    case OG_DRAM_SREX: return d->length_other;
    default: return 1;
    }
}

static bool ready_is_column(og_dram_command command) {
    return command >= OG_DRAM_RD && command <= OG_DRAM_WRA;
}

int64_t og_dram_lane_ready(const dram_channel* c, int lane, og_dram_command command) {
    const dram_lane* l = &c->lanes[lane];
    const int group = lane / c->d->group_banks;
    const int64_t any = c->ranks[lane / c->d->banks].any;
    int64_t time = ready_max(ready_is_column(command) ? c->bus_column : c->bus_row, any);
    switch (command) {
    case OG_DRAM_ACT:
        return ready_max(ready_max(time, l->act), c->group_ready[DRAM_CLASS_ACT][group]);
    case OG_DRAM_PRE:
        return ready_max(ready_max(time, l->pre), c->group_ready[DRAM_CLASS_PRE][group]);
    case OG_DRAM_RDA: time = ready_max(time, l->reada);  // fall through
    case OG_DRAM_RD:
        return ready_max(ready_max(time, l->read), c->group_ready[DRAM_CLASS_READ][group]);
    default: return ready_max(ready_max(time, l->write), c->group_ready[DRAM_CLASS_WRITE][group]);
    }
}

// the latest of a rule over the banks of a rank that `command` touches
static int64_t ready_lanes(const dram_channel* c, int rank, og_dram_command command, int lane) {
    const dram_distances* d = c->d;
    const bool all = command != OG_DRAM_REFS;
    int64_t time = 0;
    for (int b = rank * d->banks; b < (rank + 1) * d->banks; ++b) {
        if (all || b % d->group_banks == lane % d->group_banks) {
            const dram_lane* l = &c->lanes[b];
            time = ready_max(time, command == OG_DRAM_PREA ? l->pre : l->act + d->act_ref);
        }
    }
    return time;
}

int64_t og_dram_rank_ready(const dram_channel* c, int rank, og_dram_command command, int lane) {
    const dram_rank* r = &c->ranks[rank];
    const dram_distances* d = c->d;
    int64_t time = c->bus_row;
    switch (command) {
    case OG_DRAM_PRE: return og_dram_lane_ready(c, lane, OG_DRAM_PRE);
    case OG_DRAM_PREA:
        time = ready_max(time, c->group_ready[DRAM_CLASS_PRE][rank * d->groups]);
        time = ready_max(time, r->ref_other);
        return ready_max(ready_max(time, r->any), ready_lanes(c, rank, command, 0));
    case OG_DRAM_REFA: return ready_max(ready_max(time, r->any), ready_lanes(c, rank, command, 0));
    case OG_DRAM_REFB:
        time = ready_max(time, c->lanes[lane].act + d->act_ref);
        time = ready_max(time, c->group_ready[DRAM_CLASS_REFRESH][lane / d->group_banks]);
        return ready_max(ready_max(time, r->any), r->ref_other);
    case OG_DRAM_REFS:
        time = ready_max(time, ready_lanes(c, rank, command, lane));
        for (int g = rank * d->groups; g < (rank + 1) * d->groups; ++g) {
            time = ready_max(time, c->group_ready[DRAM_CLASS_REFRESH][g]);
        }
        return ready_max(ready_max(time, r->any), r->ref_other);
    case OG_DRAM_PDEA:
    case OG_DRAM_PDEP: return ready_max(ready_max(time, r->down), c->bus_column);
    case OG_DRAM_SREF:
        time = ready_max(ready_max(time, r->down), c->bus_column);
        return ready_max(ready_max(time, r->any), ready_lanes(c, rank, OG_DRAM_REFA, 0));
    default: return ready_max(time, r->exit);
    }
}

// Raise the rules of column commands after a column command to `lane`.
static void ready_after_column(dram_channel* c, int rank, int lane, bool write) {
    const dram_distances* d = c->d;
    int64_t* read = c->group_ready[DRAM_CLASS_READ];
    int64_t* writes = c->group_ready[DRAM_CLASS_WRITE];
    const int mine = lane / d->group_banks;
    for (int g = 0; g < d->ranks * d->groups; ++g) {
        const bool same = g == mine;
        int to_read = write ? d->write_read_rank : d->read_read_rank;
        int to_write = write ? d->write_write_rank : d->read_write_rank;
        if (g / d->groups == rank && write) {
            to_read = same ? d->write_read_same : d->write_read_other;
            to_write = same ? d->write_write_same : d->write_write_other;
        } else if (g / d->groups == rank) {
            to_read = same ? d->read_read_same : d->read_read_other;
            to_write = d->read_write;
        }
        ready_raise(&read[g], c->now + to_read);
        ready_raise(&writes[g], c->now + to_write);
    }
}

// An activation at `at` (by ACT, or inside a refresh of one bank) counts among the four of a
// window.
static void ready_after_activation(dram_channel* c, int rank, int64_t at) {
    const dram_distances* d = c->d;
    dram_rank* r = &c->ranks[rank];
    r->acts[r->act_next] = at;
    r->act_next = (r->act_next + 1) % 4;
    const int64_t window = r->acts[r->act_next] + d->four_acts;
    for (int g = rank * d->groups; g < (rank + 1) * d->groups; ++g) {
        ready_raise(&c->group_ready[DRAM_CLASS_ACT][g], window);
        ready_raise(&c->group_ready[DRAM_CLASS_REFRESH][g], window + d->act_ref);
    }
}

static void ready_after_act(dram_channel* c, int rank, int lane) {
    const dram_distances* d = c->d;
    ready_after_activation(c, rank, c->now);
    for (int g = rank * d->groups; g < (rank + 1) * d->groups; ++g) {
        const bool same = g == lane / d->group_banks;
        const int64_t next = c->now + (same ? d->act_act_same : d->act_act_other);
        ready_raise(&c->group_ready[DRAM_CLASS_ACT][g], next);
        ready_raise(&c->group_ready[DRAM_CLASS_REFRESH][g], next + d->act_ref);
    }
}

static void ready_after_refresh(dram_channel* c, int rank, int lane, og_dram_command command) {
    const dram_distances* d = c->d;
    dram_rank* r = &c->ranks[rank];
    int64_t* act = &c->group_ready[DRAM_CLASS_ACT][rank * d->groups];
    for (int b = rank * d->banks; b < (rank + 1) * d->banks; ++b) {
        int64_t* ready = &c->lanes[b].act;
        if (command == OG_DRAM_REFA) {
            ready_raise(ready, c->now + d->refa_act);
        } else if (command == OG_DRAM_REFB && b == lane) {
            ready_raise(ready, c->now + d->refb_act);
        } else if (command == OG_DRAM_REFS && b % d->group_banks == lane % d->group_banks) {
            ready_raise(ready, c->now + d->refs_act);
        }
    }
    if (command == OG_DRAM_REFB) {
        ready_after_activation(c, rank, c->now - d->act_ref);
    }
    if (command != OG_DRAM_REFA) {
        r->ref_other = ready_max(r->ref_other, c->now + d->ref_ref_other);
        for (int g = 0; g < d->groups; ++g) {
            ready_raise(&act[g], c->now + d->ref_act_other);
        }
    }
    ready_raise(&r->down, c->now + d->ref_down);
}

static void ready_after_precharge(dram_channel* c, int rank, int lane) {
    const dram_distances* d = c->d;
    const bool all = lane < 0;
    for (int b = rank * d->banks; b < (rank + 1) * d->banks; ++b) {
        if (all || b == lane) {
            // a refresh counts tRPab where an ACT counts from the same command, in one time each
            ready_raise(&c->lanes[b].act, c->now + (all ? d->prea_act : d->pre_act));
        }
    }
    for (int g = rank * d->groups; g < (rank + 1) * d->groups; ++g) {
        ready_raise(&c->group_ready[DRAM_CLASS_PRE][g], c->now + d->pre_pre);
    }
    ready_raise(&c->ranks[rank].down, c->now + d->pre_down);
}

static void ready_after_exit(dram_channel* c, int rank, bool self_refresh) {
    const dram_distances* d = c->d;
    dram_rank* r = &c->ranks[rank];
    ready_raise(&r->any, c->now + (self_refresh ? d->self_exit : d->exit_any));
    ready_raise(&r->down, c->now + (self_refresh ? d->self_exit : d->down_min));
    if (self_refresh) {
        for (int g = rank * d->groups; g < (rank + 1) * d->groups; ++g) {
            ready_raise(&c->group_ready[DRAM_CLASS_READ][g], c->now + d->exit_slow_column);
            ready_raise(&c->group_ready[DRAM_CLASS_WRITE][g], c->now + d->exit_slow_column);
        }
    }
}

static void ready_lane_column(dram_channel* c, int rank, int lane, og_dram_command command) {
    const dram_distances* d = c->d;
    dram_lane* l = &c->lanes[lane];
    const bool write = command == OG_DRAM_WR || command == OG_DRAM_WRA;
    ready_raise(&l->pre, c->now + (write ? d->write_pre : d->read_pre));
    if (write) {
        l->reada = ready_max(l->reada, c->now + d->write_reada);
    }
    if (command == OG_DRAM_RDA || command == OG_DRAM_WRA) {
        ready_raise(&l->act, c->now + (write ? d->writea_act : d->reada_act));
    }
    const int down =
        !write ? d->read_down : (command == OG_DRAM_WRA ? d->writea_down : d->write_down);
    ready_raise(&c->ranks[rank].down, c->now + down);
    ready_after_column(c, rank, lane, write);
}

static void ready_bus(dram_channel* c, og_dram_command command) {
    const int64_t free = c->now + og_dram_command_length(c->d, command);
    if (!c->d->split_bus || !ready_is_column(command)) {
        c->bus_row = free;
    }
    if (!c->d->split_bus || ready_is_column(command)) {
        c->bus_column = free;
    }
}

void og_dram_ready_insert(dram_channel* c, int rank, int lane, og_dram_command command) {
    const dram_distances* d = c->d;
    ready_bus(c, command);
    switch (command) {
    case OG_DRAM_ACT:
        ready_raise(&c->lanes[lane].act, c->now + d->act_act);
        ready_raise(&c->lanes[lane].pre, c->now + d->act_pre);
        ready_raise(&c->lanes[lane].read, c->now + d->act_read);
        ready_raise(&c->lanes[lane].write, c->now + d->act_write);
        ready_raise(&c->ranks[rank].down, c->now + d->act_down);
        ready_after_act(c, rank, lane);
        break;
    case OG_DRAM_PRE: ready_after_precharge(c, rank, lane); break;
    case OG_DRAM_PREA: ready_after_precharge(c, rank, -1); break;
    case OG_DRAM_REFA:
    case OG_DRAM_REFB:
    case OG_DRAM_REFS: ready_after_refresh(c, rank, lane, command); break;
    case OG_DRAM_PDEA:
    case OG_DRAM_PDEP: c->ranks[rank].exit = c->now + d->down_min; break;
    case OG_DRAM_SREF: c->ranks[rank].exit = c->now + d->self_min; break;
    case OG_DRAM_PDXA:
    case OG_DRAM_PDXP: ready_after_exit(c, rank, false); break;
    case OG_DRAM_SREX: ready_after_exit(c, rank, true); break;
    default: ready_lane_column(c, rank, lane, command); break;
    }
}
