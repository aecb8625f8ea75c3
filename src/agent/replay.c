#include "agent/replay.h"

#include <assert.h>
#include <math.h>

enum { REPLAY_PATIENCE = 10000 };  // designs after whose batches all steps are taken

og_replay og_replay_make(og_arena* arena, int width) {
    return (og_replay){
        .width = width,
        .choices = OG_NEW(arena, unsigned char, OG_REPLAY_SIZE* width),
        .told = OG_NEW(arena, og_told, OG_REPLAY_SIZE),
        .rewards = OG_NEW(arena, double, OG_REPLAY_SIZE),
    };
}

static void replay_put(og_replay* replay, const og_action* actions, const og_told* told) {
    unsigned char* choices = replay->choices + replay->next * replay->width;
    for (int p = 0; p < replay->width; p++) {
        choices[p] = (unsigned char)actions[p].choice;
    }
    replay->told[replay->next] =
        (og_told){.loss = told->loss, .violation = told->violation, .failed = told->failed};
    replay->rewards[replay->next] = og_ranking_reward(&replay->ranking, told);
    replay->count += replay->count < OG_REPLAY_SIZE;
    replay->next = (replay->next + 1) % OG_REPLAY_SIZE;
}

void og_replay_add(og_replay* replay, og_random* random, int count, const og_action* actions,
                   const og_told* told) {
    for (int i = 0; i < count; i++) {
        og_ranking_add(&replay->ranking, random, &told[i]);
    }
    for (int i = 0; i < count; i++) {
        replay_put(replay, actions + i * replay->width, &told[i]);
    }
    if (replay->count < OG_REPLAY_SIZE && replay->count >= 2 * replay->renewed) {
        for (int i = 0; i < replay->count; i++) {
            replay->rewards[i] = og_ranking_reward(&replay->ranking, &replay->told[i]);
        }
        replay->renewed = replay->count;
    }
}

int og_replay_steps(const og_replay* replay, int steps) {
    const double told = (double)replay->ranking.told;
    return told > REPLAY_PATIENCE ? (int)ceil(steps * sqrt(REPLAY_PATIENCE / told)) : steps;
}

int og_replay_draw(const og_replay* replay, og_random* random) {
    assert(replay->count > 0);
    // the high bits of a product: without a division, and even to one in a million
    return (int)((og_random_bits(random) >> 32) * (uint64_t)replay->count >> 32);
}
