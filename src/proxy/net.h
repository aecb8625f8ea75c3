/// A small committee of nets for regression: their mean predicts, their spread is how unsure they
/// are (Lakshminarayanan, Pritzel and Blundell, NIPS 2017).
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/column.h"

/// Numbers of a row as a net reads it: one for a real or an ordinal, one for each level of a
/// choice.
int og_net_inputs(const og_column* columns, int width);

/// Weights of a committee for `inputs`.
int og_net_size(int inputs);

/// Train a committee on `rows` (shape: [count][width]) and `targets` (shape: [count], around 0 with
/// unit variance). Returns its weights (shape: [og_net_size()]).
const double* og_net_train(og_arena* arena, const og_column* columns, int width, const double* rows,
                           const double* targets, int count, uint64_t seed);

/// Mean and, unless NULL, deviation over the members (shapes: [count]) of `weights` at `rows`.
void og_net_predict(const double* weights, og_arena* scratch, const og_column* columns, int width,
                    const double* rows, int count, double* mean, double* deviation);
