#include "agent/evolution.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// Small populations learn fast, large ones hold a long front.
enum { EVOLUTION_LEAST = 10, EVOLUTION_MOST = 100, EVOLUTION_SHARE = 5 };

og_evolution og_evolution_make(og_agent* agent) {
    const double* options = agent->options;
    const bool grows = !(options[OG_EVOLUTION_POPULATION] > 0);
    const int most = grows ? EVOLUTION_MOST : (int)fmax(2, options[OG_EVOLUTION_POPULATION]);
    const int children = (int)options[OG_EVOLUTION_CHILDREN];
    const int capacity = most + children;
    const double rate = options[OG_EVOLUTION_MUTATION_RATE];
    return (og_evolution){
        .seen = og_seen_make(agent->arena, agent->space, &agent->random),
        .population = og_population_make(agent, capacity),
        .size = grows ? EVOLUTION_LEAST : most,
        .grows = grows,
        .children = children,
        .how =
            {
                .crossover_rate = options[OG_EVOLUTION_CROSSOVER_RATE],
                .crossover_index = options[OG_EVOLUTION_CROSSOVER_INDEX],
                .mutation_rate = rate > 0 ? rate : 1.0 / agent->space->count,
                .mutation_index = options[OG_EVOLUTION_MUTATION_INDEX],
            },
        .default_first = options[OG_EVOLUTION_DEFAULT_FIRST] > 0,
        .order = OG_NEW(agent->arena, int, capacity),
        .begins = OG_NEW(agent->arena, int, capacity + 1),
        .members = OG_NEW(agent->arena, og_told, capacity),
        .values = OG_NEW(agent->arena, double, (size_t)capacity*(size_t)agent->objective_count),
    };
}

int og_evolution_batch(const og_agent* agent) {
    return (int)agent->options[OG_EVOLUTION_CHILDREN];
}

int og_evolution_ask(og_agent* agent, og_evolution* evolution, og_evolution_mate* mate, int count,
                     double* x) {
    og_random* random = &agent->random;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (evolution->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&evolution->seen, random, x);
            evolution->default_first = false;
        } else if (evolution->parents == 0) {
            found = og_seen_draw(&evolution->seen, random, x);
        } else {
            const double* a = NULL;
            const double* b = NULL;
            mate(agent, &a, &b);
            og_recombine(agent->space, random, &evolution->how, a, b, x);
            found = og_seen_claim(&evolution->seen, random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

bool og_evolution_grow(og_evolution* evolution, int factor) {
    int64_t size = evolution->told / EVOLUTION_SHARE;
    size = size < EVOLUTION_MOST ? size : EVOLUTION_MOST;
    const bool grows = evolution->grows && size > evolution->size &&
                       (size >= (int64_t)factor * evolution->size || size == EVOLUTION_MOST);
    evolution->size = grows ? (int)size : evolution->size;
    return grows;
}

void og_evolution_tell(og_agent* agent, og_evolution* evolution, og_evolution_select* select,
                       int count, const og_told* told) {
    og_population* population = &evolution->population;
    for (int i = 0; i < count; i++) {
        og_seen_add(&evolution->seen, told[i].x);
        og_population_put(population, population->count, &told[i]);
        evolution->told++;
        const int wanted =
            evolution->parents == 0 ? evolution->size : evolution->parents + evolution->children;
        if (population->count == wanted) {
            og_evolution_grow(evolution, 1);
            // no more parents than there are members to be selected from
            evolution->size =
                evolution->size < population->count ? evolution->size : population->count;
            select(agent);
            evolution->parents = population->count = evolution->size;
        }
    }
}

int og_evolution_divide(og_evolution* evolution) {
    og_population* population = &evolution->population;
    int holding = 0;
    for (int i = 0; i < population->count; i++) {
        const og_told* member = &population->members[i];
        if (!member->failed && !(member->violation > 0)) {
            og_population_swap(population, i, holding++);
        }
    }
    const int width = population->objective_count;
    og_population_sort(population, width == 1 ? 0 : holding, population->count);
    for (int i = 0; i < holding; i++) {
        memcpy(evolution->values + i * width, population->members[i].objectives,
               sizeof(double) * (size_t)width);
    }
    evolution->equals = holding;
    return holding;
}

void og_evolution_arrange(og_evolution* evolution, const int* order, int count) {
    og_told* members = evolution->population.members;
    assert(count <= evolution->population.count);
    memcpy(evolution->members, members, sizeof *members * (size_t)count);
    for (int i = 0; i < count; i++) {
        members[i] = evolution->members[order[i]];
    }
}

void og_evolution_prefer(og_evolution* evolution, int count) {
    if (evolution->population.objective_count == 2) {
        evolution->equals = count;
    }
}

static const double* evolution_draw(const og_evolution* evolution, og_random* random, int equals) {
    const uint64_t count = (uint64_t)evolution->parents;
    const int first = (int)og_random_below(random, count);
    const int second = (int)og_random_below(random, count);
    const bool best = first < second || first < equals;
    return evolution->population.members[best ? first : second].x;
}

void og_evolution_mate_best(og_agent* agent, const double** a, const double** b) {
    const og_evolution* evolution = agent->state;
    *a = evolution_draw(evolution, &agent->random, 0);
    *b = evolution_draw(evolution, &agent->random, 0);
}

void og_evolution_mate_any(og_agent* agent, const double** a, const double** b) {
    const og_evolution* evolution = agent->state;
    const int equals = agent->objective_count > 1 ? evolution->equals : 0;
    *a = evolution_draw(evolution, &agent->random, equals);
    *b = evolution_draw(evolution, &agent->random, equals);
}
