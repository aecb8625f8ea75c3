/// Searches by a surrogate: what agents share that fit a model to all they were told, and propose
/// what the model expects most of. First options, first designs, and the pool that the model is
/// asked about.
#pragma once

#include "agent/pool.h"
#include "ogive/agent.h"

/// The first options of a search by a surrogate, in this order.
enum {
    OG_SURROGATE_STARTS,
    OG_SURROGATE_SPREAD,
    OG_SURROGATE_CANDIDATES,
    OG_SURROGATE_BATCH,
    OG_SURROGATE_DEFAULT_FIRST,
    OG_SURROGATE_OPTIONS,
};

/// Their rows, with defaults.
#define OG_SURROGATE_ROWS(starts_, candidates_, batch_)                                            \
    {OG_INTEGER_ROW("starts", "", 1, 65536, starts_,                                               \
                    "Designs that are proposed before the model is asked.")},                      \
        {OG_BOOLEAN_ROW("spread", 1, "Have these far from each other, in place of random ones.")}, \
        {OG_INTEGER_ROW("candidates", "", 16, 65536, candidates_,                                  \
                        "Designs that the model is asked about at a time: half of them random, "   \
                        "half changes of the best so far; climbs from the best of them come on "   \
                        "top.")},                                                                  \
        {OG_INTEGER_ROW("batch", "", 1, 4096, batch_,                                              \
                        "Designs proposed at once. More keep more processors busy, fewer "         \
                        "learn sooner.")},                                                         \
    {                                                                                              \
        OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")                       \
    }

typedef struct og_surrogate {
    og_seen seen;
    og_archive best;
    og_column* columns;  ///< list: [space->count]
    og_pool pool;
    const double* const* leaders;  ///< designs whose changes are candidates, list: [leader_count];
                                   ///< NULL: those of `best`
    int leader_count;
    double* row;      ///< scratch, shape: [space->count]
    double* started;  ///< rows of the first designs, shape: [room][space->count]
    int started_count, started_room;
    int64_t told;
    bool default_first;  ///< still to be proposed
} og_surrogate;

/// Propose up to `count` designs into x by the model; returns how many. All must be put into the
/// set of those seen.
typedef int og_surrogate_propose(og_agent* agent, int count, double* x);

/// From the first options of `agent`.
og_surrogate og_surrogate_make(og_agent* agent);

/// og_agent_type.batch.
int og_surrogate_batch(const og_agent* agent);

/// og_agent_type.ask: the default design, the first designs, then what `propose` finds.
int og_surrogate_ask(og_agent* agent, og_surrogate* surrogate, og_surrogate_propose* propose,
                     int count, double* x);

/// Take in what was told, also of designs that others proposed.
void og_surrogate_tell(og_surrogate* surrogate, int count, const og_told* told);

/// Fill the pool with candidates, score them, and climb from the best of them.
void og_surrogate_search(og_agent* agent, og_surrogate* surrogate, og_pool_score* score,
                         void* model);

/// Take the `count` best designs of the pool into x; returns how many there were.
int og_surrogate_take(og_surrogate* surrogate, int count, double* x);
