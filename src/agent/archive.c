#include "agent/archive.h"

#include <math.h>
#include <string.h>

og_archive og_archive_make(const og_agent* agent, int capacity) {
    return (og_archive){
        .population = og_population_make(agent, capacity),
        .designs = OG_NEW(agent->arena, const double*, capacity),
    };
}

// The first member that `told` is better than.
static int archive_place(const og_population* population, const og_told* told) {
    int low = 0;
    int high = population->count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (og_told_better(told, &population->members[middle])) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

void og_archive_add(og_archive* archive, const og_told* told) {
    og_population* population = &archive->population;
    const int place = archive_place(population, told);
    if (place == population->capacity) {
        return;
    }
    const int last =
        population->count < population->capacity ? population->count : population->capacity - 1;
    og_population_put(population, last, told);
    const og_told added = population->members[last];
    const size_t moved = (size_t)(last - place);
    memmove(&population->members[place + 1], &population->members[place],
            sizeof *population->members * moved);
    population->members[place] = added;
    memmove(&archive->designs[place + 1], &archive->designs[place],
            sizeof *archive->designs * moved);
    archive->designs[place] = added.x;
}

void og_archive_shares(int count, double* shares) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        shares[i] = log(count + 1.0) - log(i + 1.0);
        sum += shares[i];
    }
    for (int i = 0; i < count; i++) {
        shares[i] /= sum;
    }
}
