#include "agent/critic.h"

#include <string.h>

enum { CRITIC_EVERY = 400, CRITIC_FIRST_ROOM = 64 };  // rows up to which every fit is done
#define CRITIC_GROWTH 0.05

og_critic og_critic_make(og_arena* arena, const og_actions* actions, double pairs, int knots) {
    const int count = actions->space->count;
    og_column* columns = OG_NEW(arena, og_column, count);
    int* most = OG_NEW(arena, int, count);
    for (int i = 0; i < count; i++) {
        const bool ordered = og_action_ordered(actions, i);
        columns[i] = (og_column){.kind = ordered ? OG_COLUMN_ORDINAL : OG_COLUMN_CHOICE,
                                 .levels = actions->choices[i]};
        most[i] = ordered && knots < actions->choices[i] ? knots : actions->choices[i];
    }
    const og_ridge_options options = {
        .targets = OG_TARGETS_RANK_GAUSSIAN, .pairs = pairs, .knots = knots};
    og_critic critic = {
        .actions = actions,
        .arena = arena,
        .ridge = og_ridge_create(arena, columns, count, &options),
        .row = OG_NEW(arena, double, count),
        .costs = OG_NEW(arena, double, actions->first[count]),
        .knots = most,
        .pairwise = pairs > 0,
    };
    critic.sampled = OG_NEW(arena, double, og_ridge_feature_count(critic.ridge));
    return critic;
}

static void critic_row(const og_critic* critic, const og_action* actions, double* row) {
    for (int i = 0; i < critic->actions->space->count; i++) {
        row[i] = actions[i].choice;
    }
}

// Room for one more row.
static void critic_grow(og_critic* critic) {
    const int width = critic->actions->space->count;
    if (critic->waiting_count < critic->waiting_room) {
        return;
    }
    const int room = critic->waiting_room > 0 ? 2 * critic->waiting_room : CRITIC_FIRST_ROOM;
    double* rows = OG_NEW(critic->arena, double, room* width);
    double* scores = OG_NEW(critic->arena, double, room);
    if (critic->waiting_count > 0) {
        const size_t count = (size_t)critic->waiting_count;
        memcpy(rows, critic->waiting, sizeof *rows * count * (size_t)width);
        memcpy(scores, critic->waiting_scores, sizeof *scores * count);
    }
    critic->waiting = rows;
    critic->waiting_scores = scores;
    critic->waiting_room = room;
}

void og_critic_tell(og_critic* critic, const og_action* actions, const og_told* told) {
    critic_grow(critic);
    const int width = critic->actions->space->count;
    critic_row(critic, actions, critic->waiting + critic->waiting_count * width);
    critic->waiting_scores[critic->waiting_count++] = og_told_score(told);
}

void og_critic_fit(og_critic* critic) {
    const bool due = critic->rows < CRITIC_EVERY
                         ? critic->waiting_count > 0
                         : critic->waiting_count > CRITIC_GROWTH * critic->rows;
    if (!due) {
        return;
    }
    const int width = critic->actions->space->count;
    for (int i = 0; i < critic->waiting_count; i++) {
        og_ridge_add(critic->ridge, critic->waiting + i * width, critic->waiting_scores[i]);
    }
    critic->rows += critic->waiting_count;
    critic->waiting_count = 0;
    og_ridge_fit(critic->ridge);
}

// What each choice adds, by critic->sampled: between its knots where there are fewer than choices.
static void critic_spread(og_critic* critic) {
    for (int i = 0; i < critic->actions->space->count; i++) {
        const double* weights = critic->sampled + og_ridge_feature(critic->ridge, i);
        const int knots = critic->knots[i];
        const int choices = critic->actions->choices[i];
        double* costs = critic->costs + critic->actions->first[i];
        for (int k = 0; k < choices; k++) {
            const double at = choices > 1 ? (double)k * (knots - 1) / (choices - 1) : 0;
            const int low = (int)at;
            const double part = at - low;
            costs[k] = weights[low];
            if (part > 0) {
                costs[k] += part * (weights[low + 1] - weights[low]);
            }
        }
    }
}

void og_critic_mean(og_critic* critic) {
    memcpy(critic->sampled, og_ridge_weights(critic->ridge),
           sizeof(double) * (size_t)og_ridge_feature_count(critic->ridge));
    critic_spread(critic);
}

void og_critic_sample(og_critic* critic, og_random* random) {
    og_ridge_sample(critic->ridge, random, critic->sampled);
    critic_spread(critic);
}

double og_critic_value(og_critic* critic, const og_action* actions) {
    critic_row(critic, actions, critic->row);
    return og_ridge_value(critic->ridge, critic->sampled, critic->row);
}
