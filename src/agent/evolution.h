/// Evolution with several objectives: what its methods share. First options, the first population,
/// children that are new, and constrained domination.
#pragma once

#include "agent/population.h"
#include "agent/recombination.h"
#include "agent/seen.h"

/// The first options of a method, in this order.
enum {
    OG_EVOLUTION_POPULATION,
    OG_EVOLUTION_CHILDREN,
    OG_EVOLUTION_CROSSOVER_RATE,
    OG_EVOLUTION_CROSSOVER_INDEX,
    OG_EVOLUTION_MUTATION_RATE,
    OG_EVOLUTION_MUTATION_INDEX,
    OG_EVOLUTION_DEFAULT_FIRST,
    OG_EVOLUTION_OPTIONS,
};

/// Their rows, with defaults.
#define OG_EVOLUTION_ROWS(population_, children_, crossover_index_, mutation_index_)               \
    {OG_INTEGER_ROW("population", "", 0, 4096, population_,                                        \
                    "Designs that have children; 0 stands for a fifth of all designs told, at "    \
                    "least 10 and at most 100.")},                                                 \
        {OG_INTEGER_ROW("children", "", 1, 4096, children_,                                        \
                        "Children proposed at once. More keep more processors busy, fewer learn "  \
                        "sooner.")},                                                               \
        {OG_REAL_ROW("crossover_rate", "", 0, 1, 1, "Share of children with two parents.")},       \
        {OG_REAL_ROW("crossover_index", "", 0, 100, crossover_index_,                              \
                     "How close to a parent numbers of a child are: the distribution index of "    \
                     "simulated binary crossover.")},                                              \
        {OG_REAL_ROW("mutation_rate", "", 0, 1, 0,                                                 \
                     "Probability that a parameter of a child changes; 0 stands for one over the " \
                     "number of parameters.")},                                                    \
        {OG_REAL_ROW("mutation_index", "", 0, 100, mutation_index_,                                \
                     "How small changes of reals are: the distribution index of polynomial "       \
                     "mutation.")},                                                                \
    {                                                                                              \
        OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")                       \
    }

/// The beginning of the state of each method.
typedef struct og_evolution {
    og_seen seen;
    og_population population;  ///< parents, then the children told since; the first ones are told
                               ///< one after the other
    int64_t told;              ///< designs told
    int size;                  ///< parents wanted, >= 2
    bool grows;                ///< `size` grows with what is told
    int parents;               ///< 0 until the first population is complete
    int equals;                ///< first members that are as good as each other as parents
    int children;              ///< told before parents are selected again
    og_recombination how;
    bool default_first;  ///< still to be proposed
    int* order;          ///< scratch, shape: [population.capacity]
    int* begins;         ///< scratch, shape: [population.capacity + 1]
    og_told* members;    ///< scratch, shape: [population.capacity]
    double* values;      ///< scratch, shape: [population.capacity][objective_count]
} og_evolution;

/// Pick two parents among the first `parents` members.
typedef void og_evolution_mate(og_agent* agent, const double** a, const double** b);

/// Order the members so that the first `size` are the next parents.
typedef void og_evolution_select(og_agent* agent);

/// From the first options of `agent`.
og_evolution og_evolution_make(og_agent* agent);

/// og_agent_type.batch.
int og_evolution_batch(const og_agent* agent);

/// og_agent_type.ask.
int og_evolution_ask(og_agent* agent, og_evolution* evolution, og_evolution_mate* mate, int count,
                     double* x);

/// og_agent_type.tell, for methods that select from parents and children together.
void og_evolution_tell(og_agent* agent, og_evolution* evolution, og_evolution_select* select,
                       int count, const og_told* told);

/// Let `size` grow with what was told, where it does, once by `factor` at least or to its end.
/// True when it has grown.
bool og_evolution_grow(og_evolution* evolution, int factor);

/// Constrained domination (Deb 2000): order the members so that those which hold all constraints
/// come first, then the others from best to worst. Returns how many hold, and has their objectives
/// in `values`. With one objective, those that hold are ordered from best to worst, too.
int og_evolution_divide(og_evolution* evolution);

/// Put the first members, as many as `order` says (shape: [count]), into its order.
void og_evolution_arrange(og_evolution* evolution, const int* order, int count);

/// Let og_evolution_mate_any() prefer the first `count` members, the first front. Only with two
/// objectives: with more, parts of the front that are found late would be lost.
void og_evolution_prefer(og_evolution* evolution, int count);

/// Parents by tournaments: of two members drawn the earlier one. The state of the agent begins with
/// its og_evolution.
void og_evolution_mate_best(og_agent* agent, const double** a, const double** b);

/// Parents by tournaments in which chance decides among the first `equals` members; among all that
/// hold the constraints, where the method says no other. With one objective as above.
void og_evolution_mate_any(og_agent* agent, const double** a, const double** b);
