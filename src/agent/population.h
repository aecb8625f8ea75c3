/// A population: designs with what they cost, copied from what an agent was told.
#pragma once

#include "ogive/agent.h"

typedef struct og_population {
    og_told* members;  ///< list: [count], their arrays are the population's own
    int count;
    int capacity;
    int width;            ///< parameters of a design
    int objective_count;  ///< objectives of a member
} og_population;

/// An empty population for `capacity` members.
og_population og_population_make(const og_agent* agent, int capacity);

/// Copy `told` over member `index`; index == count adds one (count < capacity).
void og_population_put(og_population* population, int index, const og_told* told);

/// Order members [begin, end) from best to worst.
void og_population_sort(og_population* population, int begin, int end);

/// Exchange two members.
void og_population_swap(og_population* population, int a, int b);

/// The best of `size` members drawn with replacement (Goldberg and Deb 1991). count > 0.
const og_told* og_population_tournament(const og_population* population, og_random* random,
                                        int size);
