/// Histories: all designs told, as rows with their scores, for models that are fitted to them anew.
#pragma once

#include "agent/row.h"
#include "ogive/agent.h"

typedef struct og_history {
    og_arena* arena;
    const og_space* space;
    const og_column* columns;
    double* rows;    ///< shape: [count][space->count]
    double* scores;  ///< og_told_score(), shape: [count]
    int count;
    int room;
} og_history;

/// An empty history. `columns` is kept.
og_history og_history_make(og_arena* arena, const og_space* space, const og_column* columns);

/// Add a design.
void og_history_add(og_history* history, const og_told* told);
