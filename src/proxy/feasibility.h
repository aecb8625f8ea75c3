/// Which designs have no metrics: a classifier, if one can be learnt.
#pragma once

#include "ogive/forest.h"
#include "ogive/proxy.h"
#include "ogive/workers.h"
#include "proxy/validation.h"

/// Judge a classifier of `exam`, whose targets are 1 for designs with metrics and 0 for others, on
/// held-out designs.
og_proxy_feasibility og_feasibility_judge(og_arena* arena, og_workers* workers,
                                          const og_exam* exam);

/// The classifier: a forest whose mean is the probability of metrics.
const og_forest* og_feasibility_learn(og_arena* arena, const og_lesson* lesson, uint64_t seed);
