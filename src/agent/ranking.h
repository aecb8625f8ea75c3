/// Rewards for learners of values: where a design ranks among those told so far. They are on one
/// scale for every study, deaf to outliers, and change little once some designs are known.
#pragma once

#include "ogive/agent.h"

enum { OG_RANKING_SIZE = 512 };  ///< designs that others are compared with

/// A random sample of what was told (Vitter, ACM Transactions on Mathematical Software 11, 1985).
typedef struct og_ranking {
    og_told kept[OG_RANKING_SIZE];  ///< the best first, without x and objectives
    int count;
    uint64_t told;
} og_ranking;

/// Add a design to what others are compared with.
void og_ranking_add(og_ranking* ranking, og_random* random, const og_told* told);

/// From 1 for better than all to -1 for worse than all; 0 when nothing is known.
double og_ranking_reward(const og_ranking* ranking, const og_told* told);
