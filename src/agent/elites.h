/// Elites: the best designs told where there are several objectives: those that nothing dominates,
/// then those behind them. Designs that fail come behind those that violate constraints, and these
/// behind all others (Deb 2000).
#pragma once

#include "agent/population.h"

typedef struct og_elites {
    og_population population;  ///< the first `ordered` of the members are in order, best first
    int size;                  ///< members that are kept for sure
    int ordered;
    int front;               ///< members that nothing dominates, valid when all are in order
    int* ranks;              ///< front of each member in order, 0 first, list: [2 size]
    const double** designs;  ///< of the members when in order, list: [2 size]
} og_elites;

/// Elites that keep at least `size` designs.
og_elites og_elites_make(const og_agent* agent, int size);

/// Take in a design.
void og_elites_add(og_arena* scratch, og_elites* elites, const og_told* told);

/// Bring all members into order.
void og_elites_order(og_arena* scratch, og_elites* elites);

/// What a design is worth in objective `k` of `objectives` to a model that has no other place for
/// failures and violations: the objective, where all holds and there are several; else
/// og_told_score().
double og_elites_target(const og_told* told, int objectives, int k);
