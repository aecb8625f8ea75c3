/// Marginals: one distribution for each parameter, from which designs are drawn. A table of
/// probabilities over levels, or a normal distribution over the positions of a continuum.
#pragma once

#include "agent/construction.h"
#include "agent/seen.h"
#include "ogive/agent.h"

typedef struct og_marginals {
    og_construction construction;
    double** weights;   ///< of each parameter: shape: [levels]; NULL for a continuum
    double* mean;       ///< of the position of a continuum; list: [space->count]
    double* deviation;  ///< the same
    double* counted;    ///< scratch: shares of levels
} og_marginals;

/// Distributions that are uniform over levels, and wide over continua.
og_marginals og_marginals_make(og_arena* arena, const og_space* space);

/// Make the distributions again as they were made.
void og_marginals_reset(og_marginals* marginals);

/// Draw a feasible design into x.
void og_marginals_draw(og_marginals* marginals, og_random* random, double* x);

/// Draw a position of parameter `index` (a continuum) within [begin, begin + length].
double og_marginals_position(const og_marginals* marginals, og_random* random, int index,
                             double begin, double length);

/// Draw a design that is not in `seen`, mutating one when draws repeat, and put it there. False
/// when the space is exhausted.
bool og_marginals_claim(og_marginals* marginals, og_seen* seen, og_random* random, double* x);

/// Claim `count` designs into x (shape: [count][space->count]), the default design before them
/// where
/// `*default_first` says so, which is then false. Returns how many there are.
int og_marginals_ask(og_marginals* marginals, og_seen* seen, og_random* random, bool* default_first,
                     int count, double* x);

/// og_agent_type.diagnose: the entropy of each parameter's distribution; not of continua.
int og_marginals_diagnose(const og_marginals* marginals, og_diagnostic* list);

/// How distributions are estimated.
typedef struct og_marginals_rule {
    double memory;  ///< share of the distribution before, in [0, 1)
    double spread;  ///< levels within this distance (of the range) of an ordered parameter's value
                    ///< get a part of its share, as a normal kernel has it
    double smoothing;  ///< share of the uniform distribution in the estimate, in [0, 1]; continua
                       ///< keep a deviation of at least so much of the uniform one's
} og_marginals_rule;

/// Estimate all distributions from designs (list: [count], >= 1) that count as much as their
/// `shares` say (list: [count], summing to 1).
void og_marginals_fit(og_marginals* marginals, const og_marginals_rule* rule,
                      const double* const* designs, const double* shares, int count);
