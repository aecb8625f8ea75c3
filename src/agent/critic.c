#include "agent/critic.h"

#include <string.h>

enum { CRITIC_FIRST_ROOM = 64 };

// what rows have grown by before they are learnt from, by the rows that are known
enum { CRITIC_EVERY = 400, CRITIC_MANY = 10000 };
#define CRITIC_GROWTH 0.05
#define CRITIC_LATE_GROWTH 0.5

// Places of choices between the features of their parameter: there are fewer features than choices
// where an order has more than `knots`.
static void critic_lay(og_arena* arena, og_critic* critic, int knots) {
    const og_actions* actions = critic->actions;
    const int count = actions->space->count;
    int* features = OG_NEW(arena, int, actions->first[count]);
    double* parts = OG_NEW(arena, double, actions->first[count]);
    for (int i = 0; i < count; i++) {
        const int choices = actions->choices[i];
        const bool few = og_action_ordered(actions, i) && knots < choices;
        for (int k = 0; k < choices; k++) {
            const double at = few ? (double)k * (knots - 1) / (choices - 1) : k;
            features[actions->first[i] + k] = og_ridge_feature(critic->ridge, i) + (int)at;
            parts[actions->first[i] + k] = at - (int)at;
        }
    }
    critic->features = features;
    critic->parts = parts;
}

og_critic og_critic_make(og_arena* arena, const og_actions* actions, double pairs, int knots) {
    const int count = actions->space->count;
    og_column* columns = OG_NEW(arena, og_column, count);
    for (int i = 0; i < count; i++) {
        const bool ordered = og_action_ordered(actions, i);
        columns[i] = (og_column){.kind = ordered ? OG_COLUMN_ORDINAL : OG_COLUMN_CHOICE,
                                 .levels = actions->choices[i]};
    }
    const og_ridge_options options = {
        .targets = OG_TARGETS_RANK_GAUSSIAN, .pairs = pairs, .knots = knots};
    og_critic critic = {
        .actions = actions,
        .arena = arena,
        .ridge = og_ridge_create(arena, columns, count, &options),
        .row = OG_NEW(arena, double, count),
        .costs = OG_NEW(arena, double, actions->first[count]),
        .ziggurat = og_ziggurat_make(),
        .pairwise = pairs > 0,
    };
    // one more, for a choice on the last feature of all
    critic.sampled = OG_NEW(arena, double, og_ridge_feature_count(critic.ridge) + 1);
    critic.draws = OG_NEW(arena, double, OG_CRITIC_DRAWS* og_ridge_feature_count(critic.ridge));
    critic_lay(arena, &critic, knots);
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
    const double growth = critic->rows < CRITIC_EVERY  ? 0
                          : critic->rows < CRITIC_MANY ? CRITIC_GROWTH
                                                       : CRITIC_LATE_GROWTH;
    if (!(critic->waiting_count > growth * critic->rows)) {
        return;
    }
    const int width = critic->actions->space->count;
    for (int i = 0; i < critic->waiting_count; i++) {
        og_ridge_add(critic->ridge, critic->waiting + i * width, critic->waiting_scores[i]);
    }
    critic->rows += critic->waiting_count;
    critic->waiting_count = 0;
    og_ridge_fit(critic->ridge);
    critic->draws_made = 0;
    critic->draws_taken = 0;
}

// What each choice adds, by critic->sampled.
static void critic_spread(og_critic* critic) {
    const int total = critic->actions->first[critic->actions->space->count];
    for (int k = 0; k < total; k++) {
        const double* weights = critic->sampled + critic->features[k];
        critic->costs[k] = weights[0] + critic->parts[k] * (weights[1] - weights[0]);
    }
}

void og_critic_mean(og_critic* critic) {
    memcpy(critic->sampled, og_ridge_weights(critic->ridge),
           sizeof(double) * (size_t)og_ridge_feature_count(critic->ridge));
    critic_spread(critic);
}

// Draw weights; many when there will be time to use them.
static void critic_draw(og_critic* critic, og_random* random) {
    const int count = og_ridge_feature_count(critic->ridge);
    critic->draws_made = critic->rows < CRITIC_EVERY ? 1 : OG_CRITIC_DRAWS;
    critic->draws_taken = 0;
    for (int i = 0; i < critic->draws_made * count; i++) {
        critic->draws[i] = og_ziggurat_normal(&critic->ziggurat, random);
    }
    og_ridge_perturb(critic->ridge, critic->draws_made, critic->draws);
}

void og_critic_sample(og_critic* critic, og_random* random) {
    // the other side of the mean is as likely, so that each of many draws serves twice
    const bool other = critic->draws_made > 1 && critic->draws_taken >= critic->draws_made;
    if (critic->draws_taken == (other ? 2 : 1) * critic->draws_made) {
        critic_draw(critic, random);
    }
    const int count = og_ridge_feature_count(critic->ridge);
    const double* mean = og_ridge_weights(critic->ridge);
    const double* draw = critic->draws + critic->draws_taken % critic->draws_made * count;
    const bool mirrored = critic->draws_taken++ >= critic->draws_made;
    for (int i = 0; i < count; i++) {
        critic->sampled[i] = mirrored ? 2 * mean[i] - draw[i] : draw[i];
    }
    critic_spread(critic);
}

double og_critic_value(og_critic* critic, const og_action* actions) {
    critic_row(critic, actions, critic->row);
    return og_ridge_value(critic->ridge, critic->sampled, critic->row);
}
