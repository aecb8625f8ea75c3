/// How searches go: numbers that agents tell of themselves.
#pragma once

#include "ogive/agent.h"

/// Entropies of categorical distributions, summed up for one part of an agent. Start with {0}.
typedef struct og_indecision {
    double entropy, most;
} og_indecision;

/// Add a distribution: `weights` (shape: [count]) over their sum.
void og_indecision_add(og_indecision* indecision, const double* weights, int count);

/// Entropy over the largest possible, 0 where there is nothing to decide.
double og_indecision_share(const og_indecision* indecision);
