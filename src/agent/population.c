#include "agent/population.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

og_population og_population_make(const og_agent* agent, int capacity) {
    assert(capacity >= 1);
    og_population population = {
        .members = OG_NEW(agent->arena, og_told, capacity),
        .capacity = capacity,
        .width = agent->space->count,
        .objective_count = agent->objective_count,
    };
    const int stride = population.width + population.objective_count;
    double* storage = OG_NEW(agent->arena, double, (size_t)capacity*(size_t)stride);
    for (int i = 0; i < capacity; i++, storage += stride) {
        population.members[i].x = storage;
        population.members[i].objectives = storage + population.width;
    }
    return population;
}

void og_population_put(og_population* population, int index, const og_told* told) {
    assert(index >= 0 && index <= population->count && index < population->capacity);
    og_told* member = &population->members[index];
    // the arrays of members are the population's own, see og_population_make()
    memcpy((double*)member->x, told->x, sizeof(double) * (size_t)population->width);
    memcpy((double*)member->objectives, told->objectives,
           sizeof(double) * (size_t)population->objective_count);
    member->loss = told->loss;
    member->violation = told->violation;
    member->failed = told->failed;
    population->count += index == population->count;
}

// Equal members are ordered by place in memory, so that every qsort() gives the same order.
static int population_compare(const void* left, const void* right) {
    const og_told* a = left;
    const og_told* b = right;
    if (og_told_better(a, b)) {
        return -1;
    }
    if (og_told_better(b, a)) {
        return 1;
    }
    return (a->x > b->x) - (a->x < b->x);
}

void og_population_sort(og_population* population, int begin, int end) {
    assert(begin >= 0 && begin <= end && end <= population->count);
    qsort(population->members + begin, (size_t)(end - begin), sizeof *population->members,
          population_compare);
}

void og_population_swap(og_population* population, int a, int b) {
    const og_told kept = population->members[a];
    population->members[a] = population->members[b];
    population->members[b] = kept;
}

const og_told* og_population_tournament(const og_population* population, og_random* random,
                                        int size) {
    assert(population->count > 0);
    const og_told* best = NULL;
    for (int i = 0; i < size; i++) {
        const uint64_t index = og_random_below(random, (uint64_t)population->count);
        const og_told* member = &population->members[index];
        if (best == NULL || og_told_better(member, best)) {
            best = member;
        }
    }
    return best;
}
