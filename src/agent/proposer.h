/// A proposer: asks an agent's method for designs and sees to it that none comes twice. Options,
/// start and ask of all agents that learn by reinforcement.
#pragma once

#include "agent/action.h"
#include "agent/seen.h"
#include "ogive/agent.h"

/// The first options of an agent with a proposer, in this order.
enum { OG_PROPOSER_BATCH, OG_PROPOSER_RANGES, OG_PROPOSER_REPEAT, OG_PROPOSER_DEFAULT_FIRST };

/// Their rows; `batch_` is the default.
#define OG_PROPOSER_ROWS(batch_)                                                             \
    {OG_INTEGER_ROW("batch", "", 1, 4096, batch_,                                            \
                    "Designs that are learnt from at once, and proposed at once.")},         \
        {OG_INTEGER_ROW("ranges", "", 2, 64, 16,                                             \
                        "Ranges that a real, or a parameter of more than 64 values, is cut " \
                        "into.")},                                                           \
        {OG_BOOLEAN_ROW("repeat", 0, "Propose designs again that were proposed before.")}, { \
        OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")                 \
    }

/// Draw a design that the method likes now into x, and its choices into `chosen` (shape:
/// [space->count]), as og_actions_draw() does.
typedef bool og_proposer_draw(og_agent* agent, og_action* chosen, double* x);

typedef struct og_proposer {
    og_actions actions;
    og_seen seen;
    og_action* proposed;  ///< choices of the designs of the last ask, shape: [room][space->count]
    int room;
    og_proposer_draw* draw;
    bool repeat;
    bool default_first;  ///< still to be proposed
} og_proposer;

/// A proposer for `agent`, from its first options.
og_proposer og_proposer_make(og_agent* agent, og_proposer_draw* draw);

/// og_agent_type.batch of an agent with a proposer.
int og_proposer_batch(const og_agent* agent);

/// og_agent_type.ask: designs that were not proposed before, their choices in `proposed`. A design
/// that was is mutated until it is new, which near the end of learning is a local search around
/// what the method prefers.
int og_proposer_ask(og_agent* agent, og_proposer* proposer, int count, double* x);
