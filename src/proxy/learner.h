/// The models that a proxy chooses from, behind one interface.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/proxy.h"

/// Rows with their targets, as a model is fitted to them.
typedef struct og_lesson {
    const og_column* columns;  ///< list: [width]
    int width;
    const double* rows;     ///< shape: [count][width]
    const double* targets;  ///< shape: [count], finite
    int count;              ///< >= 1
} og_lesson;

/// A fitted model, read-only and shared by threads; lives in the arena it was made in.
typedef struct og_learner og_learner;

/// True when `model` takes rows of `columns`: models whose size grows with the square of columns or
/// levels take no more than they can hold.
bool og_learner_takes(og_proxy_model model, const og_column* columns, int width);

/// How many numbers og_learner_fit() finds and og_learner_make() needs.
int og_learner_number_count(og_proxy_model model, const og_column* columns, int width);

/// Fit `model` and find its numbers (hyper-parameters, or the weights of nets). The rows of the
/// lesson are copied or not needed further.
og_learner* og_learner_fit(og_arena* arena, og_proxy_model model, const og_lesson* lesson,
                           uint64_t seed);

/// The numbers found, shape: [og_learner_number_count()].
const double* og_learner_numbers(const og_learner* learner);

/// True when `numbers` are such as og_learner_fit() finds, within wide bounds.
bool og_learner_numbers_good(og_proxy_model model, const double* numbers, int count);

/// The same model from its lesson and the numbers that were found for it.
og_learner* og_learner_make(og_arena* arena, og_proxy_model model, const og_lesson* lesson,
                            const double* numbers, uint64_t seed);

/// Mean and, unless NULL, standard deviation (shapes: [count]) of the target at `rows` (shape:
/// [count][width]), noise included as far as the model knows of it.
void og_learner_predict(const og_learner* learner, og_arena* scratch, const double* rows, int count,
                        double* mean, double* deviation);
