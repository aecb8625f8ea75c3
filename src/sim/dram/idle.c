// Long pauses: a channel without requests does the same in every round of refreshes, so once a
// state comes back, shifted in time, the rounds up to the next request are counted instead of run.
// The state is kept at doubling distances and compared after each step (Brent 1980).
#include "sim/dram/channel.h"

enum { IDLE_FIRST_MARK = 8 };

// A channel as it was at an earlier step.
typedef struct idle_mark {
    dram_channel channel;
    dram_measure measure;
    dram_activity activity[DRAM_RANKS_MAX];
} idle_mark;

// How two states of a channel compare, and by how much to move the later one.
typedef struct idle_walk {
    int64_t period;        // cycles between the two
    int64_t then_settled;  // times up to here, of either state, no rule looks at any more
    int64_t now_settled;
    int64_t rounds;  // periods to add to the later state; 0 only compares
} idle_walk;

// A time that has moved along with the period, or that does not matter any more.
static bool idle_time(const idle_walk* walk, int64_t then, int64_t* now) {
    if (*now == DRAM_NEVER || then == DRAM_NEVER) {
        return *now == then;
    }
    if (*now - then == walk->period) {
        *now += walk->rounds * walk->period;
        return true;
    }
    return then <= walk->then_settled && *now <= walk->now_settled;
}

// A time that is only kept: the period moves it, or leaves it alone.
static bool idle_note(const idle_walk* walk, int64_t then, int64_t* now) {
    if (*now != then) {
        if (*now - then != walk->period) {
            return false;
        }
        *now += walk->rounds * walk->period;
    }
    return true;
}

static void idle_count(const idle_walk* walk, int64_t then, int64_t* now) {
    *now += walk->rounds * (*now - then);
}

static bool idle_rank_equal(const dram_rank* a, const dram_rank* b) {
    return a->act_next == b->act_next && a->open_rows == b->open_rows &&
           a->flexibility == b->flexibility && a->pulled_in == b->pulled_in &&
           a->forced_lane == b->forced_lane && a->refresh_lane == b->refresh_lane &&
           a->command_lane == b->command_lane && a->remaining == b->remaining &&
           a->refresh == b->refresh && a->asleep == b->asleep && a->state == b->state &&
           a->idle == b->idle && a->entry == b->entry && a->exit_asked == b->exit_asked &&
           a->self_asked == b->self_asked && a->down_command == b->down_command;
}

static bool idle_rank(const idle_walk* walk, const dram_rank* then, dram_rank* now) {
    // how long ago a refresh became due matters without end
    const bool due = now->due != then->due || now->due == DRAM_NEVER;
    bool same = due && idle_note(walk, then->due, &now->due) && idle_rank_equal(then, now);
    same = same && idle_time(walk, then->ref_other, &now->ref_other);
    same = same && idle_time(walk, then->any, &now->any);
    same = same && idle_time(walk, then->down, &now->down);
    same = same && idle_time(walk, then->exit, &now->exit);
    for (int i = 0; same && i < 4; ++i) {
        same = idle_time(walk, then->acts[i], &now->acts[i]);
    }
    return same;
}

static bool idle_lane(const idle_walk* walk, const dram_lane* then, dram_lane* now) {
    return then->open_row == now->open_row && then->current == now->current &&
           then->command == now->command && then->blocked == now->blocked &&
           then->keep == now->keep && then->origin == now->origin &&
           then->precharged_for_row == now->precharged_for_row &&
           idle_time(walk, then->act, &now->act) && idle_time(walk, then->pre, &now->pre) &&
           idle_time(walk, then->read, &now->read) && idle_time(walk, then->write, &now->write) &&
           idle_time(walk, then->reada, &now->reada) &&
           idle_time(walk, then->restored, &now->restored);
}

static bool idle_candidate(const idle_walk* walk, const dram_candidate* then, dram_candidate* now) {
    return then->command == now->command && then->order == now->order && then->rank == now->rank &&
           then->lane == now->lane && idle_time(walk, then->time, &now->time) &&
           idle_time(walk, then->key, &now->key);
}

static bool idle_channel(const idle_walk* walk, const dram_channel* then, dram_channel* now) {
    bool same = idle_time(walk, then->wake, &now->wake) && then->stale == now->stale;
    for (int r = 0; same && r < now->d->ranks; ++r) {
        same = idle_rank(walk, &then->ranks[r], &now->ranks[r]);
    }
    for (int word = 0; word < 2; ++word) {
        same = same && then->active[word] == now->active[word] &&
               then->touched[word] == now->touched[word];
    }
    same = same && then->write_mode == now->write_mode &&
           then->last_direction == now->last_direction &&
           idle_candidate(walk, &then->best, &now->best) &&
           idle_time(walk, then->bus_row, &now->bus_row) &&
           idle_time(walk, then->bus_column, &now->bus_column);
    for (int b = 0; same && b < now->d->lanes; ++b) {
        same = idle_lane(walk, &then->lanes[b], &now->lanes[b]);
    }
    for (int k = 0; same && k < 5; ++k) {
        for (int g = 0; same && g < now->d->ranks * now->d->groups; ++g) {
            same = idle_time(walk, then->group_ready[k][g], &now->group_ready[k][g]);
        }
    }
    return same;
}

static bool idle_activity(const idle_walk* walk, const dram_activity* then, dram_activity* now) {
    if (then->since != now->since || then->end != now->end || then->open != now->open ||
        then->active != now->active || !idle_note(walk, then->down_since, &now->down_since) ||
        !idle_note(walk, then->refreshed, &now->refreshed)) {
        return false;
    }
    idle_count(walk, then->active_down, &now->active_down);
    idle_count(walk, then->precharged_down, &now->precharged_down);
    idle_count(walk, then->self_refresh, &now->self_refresh);
    return true;
}

static bool idle_measure(const idle_walk* walk, const idle_mark* then, dram_channel* c) {
    dram_measure* now = c->measure;
    if (!idle_note(walk, then->measure.last, &now->last) ||
        !idle_note(walk, then->measure.window_end, &now->window_end)) {
        return false;
    }
    for (int r = 0; r < c->d->ranks; ++r) {
        dram_activity* activity = &now->activity[c->index * c->d->ranks + r];
        if (!idle_activity(walk, &then->activity[r], activity)) {
            return false;
        }
    }
    for (int i = 0; i < OG_DRAM_COMMANDS; ++i) {
        idle_count(walk, then->measure.commands[i], &now->commands[i]);
    }
    idle_count(walk, then->measure.precharges, &now->precharges);
    return true;
}

static void idle_keep(idle_mark* mark, const dram_channel* c) {
    mark->channel = *c;
    mark->measure = *c->measure;
    for (int r = 0; r < c->d->ranks; ++r) {
        mark->activity[r] = c->measure->activity[c->index * c->d->ranks + r];
    }
}

// Move the channel on by as many periods as end before `until`. False when it is in another state
// than at the mark.
static bool idle_skip(const idle_mark* mark, dram_channel* c, int64_t until) {
    // no rule adds more than these to an earlier time (ready.c)
    const int64_t reach = c->d->four_acts + c->d->length_act;
    idle_walk walk = {
        .period = c->now - mark->channel.now,
        .then_settled = mark->channel.now - reach,
        .now_settled = c->now - reach,
    };
    if (walk.period <= 0 || !idle_channel(&walk, &mark->channel, c) ||
        !idle_measure(&walk, mark, c)) {
        return false;
    }
    walk.rounds = (until - 1 - c->now) / walk.period;
    idle_channel(&walk, &mark->channel, c);
    idle_measure(&walk, mark, c);
    c->now += walk.rounds * walk.period;
    return true;
}

void og_dram_channel_idle(dram_channel* c, int64_t until) {
    idle_mark mark;
    int64_t next_mark = IDLE_FIRST_MARK;
    bool skipped = false;
    for (int64_t step = 1; c->wake < until; ++step) {
        og_dram_channel_run(c, c->wake);
        if (skipped) {
            continue;
        }
        if (step > IDLE_FIRST_MARK) {
            skipped = idle_skip(&mark, c, until);
        }
        if (step == next_mark) {
            idle_keep(&mark, c);
            next_mark *= 2;
        }
    }
}
