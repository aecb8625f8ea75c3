#include "agent/elites.h"

#include <stdbool.h>
#include <string.h>

#include "agent/fronts.h"

og_elites og_elites_make(const og_agent* agent, int size) {
    return (og_elites){
        .population = og_population_make(agent, 2 * size),
        .size = size,
        .ranks = OG_NEW(agent->arena, int, 2 * size),
        .designs = OG_NEW(agent->arena, const double*, 2 * size),
    };
}

double og_elites_target(const og_told* told, int objectives, int k) {
    const bool holds = !told->failed && told->violation <= 0;
    return holds && objectives > 1 ? told->objectives[k] : og_told_score(told);
}

// Whether one of the sorted rows [begin, end) covers row `end`.
static bool elites_covered(const double* values, const int* order, int begin, int end,
                           int objectives) {
    const double* row = values + order[end] * objectives;
    for (int i = begin; i < end; i++) {
        const double* other = values + order[i] * objectives;
        bool covers = true;
        for (int k = 0; k < objectives && covers; k++) {
            covers = other[k] <= row[k];
        }
        if (covers) {
            return true;
        }
    }
    return false;
}

// A new front begins with each row that one of the front before covers.
static void elites_rank(og_elites* elites, const double* values, const int* order) {
    const int count = elites->population.count;
    int begin = 0;
    int rank = 0;
    elites->front = count;
    for (int i = 0; i < count; i++) {
        if (elites_covered(values, order, begin, i, elites->population.objective_count)) {
            elites->front = rank == 0 ? i : elites->front;
            begin = i;
            rank++;
        }
        elites->ranks[i] = rank;
    }
}

// Repeats are last in the order of fronts: have them before what fails or violates.
static void elites_part(const og_elites* elites, og_arena* scratch, int* order) {
    const int count = elites->population.count;
    int* parted = OG_NEW(scratch, int, count);
    int next = 0;
    for (int i = 0; i < 2 * count; i++) {
        const og_told* member = &elites->population.members[order[i % count]];
        const bool holds = !member->failed && member->violation <= 0;
        if (holds == (i < count)) {
            parted[next++] = order[i % count];
        }
    }
    memcpy(order, parted, sizeof *order * (size_t)count);
}

void og_elites_order(og_arena* scratch, og_elites* elites) {
    og_population* population = &elites->population;
    const int count = population->count;
    const int objectives = population->objective_count;
    if (elites->ordered == count) {
        return;
    }
    const og_arena_mark mark = og_arena_here(scratch);
    double* values = OG_NEW(scratch, double, count* objectives);
    int* order = OG_NEW(scratch, int, count);
    og_told* sorted = OG_NEW(scratch, og_told, count);
    for (int i = 0; i < count * objectives; i++) {
        values[i] =
            og_elites_target(&population->members[i / objectives], objectives, i % objectives);
    }
    og_fronts_sort(scratch, values, count, objectives, order);
    elites_part(elites, scratch, order);
    elites_rank(elites, values, order);
    for (int i = 0; i < count; i++) {
        sorted[i] = population->members[order[i]];
        elites->designs[i] = sorted[i].x;
    }
    memcpy(population->members, sorted, sizeof *sorted * (size_t)count);
    elites->ordered = count;
    og_arena_rewind(scratch, mark);
}

void og_elites_add(og_arena* scratch, og_elites* elites, const og_told* told) {
    og_population* population = &elites->population;
    if (population->count == population->capacity) {
        og_elites_order(scratch, elites);
        population->count = elites->size;
        elites->ordered = elites->size;
    }
    og_population_put(population, population->count, told);
}
