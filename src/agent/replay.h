/// Memory of designs for learners that look at them again and again: choices and rewards.
#pragma once

#include "agent/action.h"
#include "agent/ranking.h"

enum { OG_REPLAY_SIZE = 4096 };  ///< designs remembered; the oldest give way

typedef struct og_replay {
    int width;               ///< parameters of a design
    unsigned char* choices;  ///< shape: [OG_REPLAY_SIZE][width]
    og_told* told;           ///< without x and objectives, shape: [OG_REPLAY_SIZE]
    double* rewards;         ///< as of when they were told, shape: [OG_REPLAY_SIZE]
    og_ranking ranking;
    int count;
    int next;     ///< place of the next design
    int renewed;  ///< designs told when all rewards were last brought up to date
} og_replay;

/// An empty memory.
og_replay og_replay_make(og_arena* arena, int width);

/// Remember `count` designs with their actions (shape: [count][width]). Rewards of the others
/// follow while what is known grows fast: whenever it has doubled.
void og_replay_add(og_replay* replay, og_random* random, int count, const og_action* actions,
                   const og_told* told);

/// How many of `steps` of learning are taken after a batch: all for some thousand designs, then
/// fewer, as each batch adds less to what is known: with the root of the number of designs told.
int og_replay_steps(const og_replay* replay, int steps);

/// A remembered design, drawn with equal probability. Not for an empty memory.
int og_replay_draw(const og_replay* replay, og_random* random);

/// Choices of a design, shape: [width].
static inline const unsigned char* og_replay_choices(const og_replay* replay, int row) {
    return replay->choices + row * replay->width;
}

/// Its reward, see og_ranking_reward().
static inline double og_replay_reward(const og_replay* replay, int row) {
    return replay->rewards[row];
}
