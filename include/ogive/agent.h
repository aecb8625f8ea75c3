/// Agents: search methods behind one interface. `ask` proposes designs, `tell` learns what they
/// cost. An agent sees a space and numbers to minimise; it never knows an environment.
#pragma once

#include "ogive/arena.h"
#include "ogive/parameter.h"
#include "ogive/random.h"
#include "ogive/space.h"
#include "ogive/status.h"

/// What an agent learns about one design.
typedef struct og_told {
    const double* x;  ///< shape: [space->count]
    const double*
        objectives;    ///< to be minimised, shape: [objective_count]; finite unless `failed`
    double loss;       ///< to be minimised: the objectives as one number; +INFINITY when `failed`
    double violation;  ///< 0 when every constraint on metrics holds, else by how much they are
                       ///< violated
    bool failed;       ///< no metrics: the environment found the design infeasible, or failed on it
} og_told;

typedef struct og_agent_type og_agent_type;

/// A number that tells how a search goes, beside what it found.
typedef struct og_diagnostic {
    const char* name;  ///< one of those below
    const char* part;  ///< whose: a parameter's or a group's name; "" = of the whole agent
    double value;
} og_diagnostic;

/// How undecided a distribution over choices is: its entropy in parts of the largest possible, in
/// [0, 1]. 1: all choices are equally likely, 0: it has settled on one.
#define OG_DIAGNOSTIC_ENTROPY "entropy"

/// How wrong a model of the losses is about designs that it has not seen: the root of the mean
/// squared error, in standard deviations of what it learns. 0: it foretells all, 1 or more:
/// nothing.
#define OG_DIAGNOSTIC_ERROR "model_error"

/// Most diagnostics that are kept of an agent at a time.
enum { OG_DIAGNOSTICS = 256 };

/// A running agent. The study owns it; `state` is the agent's own.
typedef struct og_agent {
    const og_agent_type* type;
    const og_space* space;
    const double* options;   ///< one value per row of type->options
    int objective_count;     ///< >= 1
    const double* features;  ///< numbers that describe the workload, shape: [feature_count]
    int feature_count;
    og_arena* arena;   ///< lives as long as the agent
    og_random random;  ///< the agent's only source of chance
    void* state;       ///< type->state_size zeroed bytes
} og_agent;

/// An agent type. One `const` instance in one file, and one line in agents.def.
///
/// An agent is a deterministic function of (space, options, seed, what it was told): a study
/// resumes by replaying the tells. It proposes feasible designs only, and none twice as long as it
/// can avoid it.
struct og_agent_type {
    const char* name;             ///< the stem of its file
    const char* doc;              ///< one paragraph; the first sentence is its summary
    const char* source;           ///< the paper behind it
    const og_parameter* options;  ///< list: [option_count]; no text options
    int option_count;
    size_t state_size;

    /// Optional: prepare `state`. Fails when the space or the options do not suit the method.
    og_status (*start)(og_agent* agent);

    /// Designs that the method likes to propose at once (its population, its chains): >= 1. The
    /// study asks for batches of this size unless its user chose another.
    int (*batch)(const og_agent* agent);

    /// Propose up to `count` designs into x (shape: [count][space->count]). Returns how many: fewer
    /// than asked only when the method has nothing more to propose now; 0 ends the study ("space
    /// exhausted").
    int (*ask)(og_agent* agent, int count, double* x);

    /// Optional: learn from the designs of the last ask, all of them and in order.
    void (*tell)(og_agent* agent, int count, const og_told* told);

    /// Optional: how the search goes, between a tell and the next ask (list: [OG_DIAGNOSTICS]);
    /// texts live as long as the agent. Returns how many there are. What is proposed next does not
    /// depend on it.
    int (*diagnose)(og_agent* agent, og_diagnostic* list);

    /// `tell` may also be called once before the first ask, with designs of the space that the
    /// agent did not propose: those that the user gave.
    bool learns_from_given;
};

/// Registered agent number `index`, NULL past the end.
const og_agent_type* og_agent_at(int index);

/// The agent `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_agent_find(const char* name, const og_agent_type** type);

/// What an agent is started with.
typedef struct og_agent_setup {
    const og_space* space;
    const og_settings* options;  ///< made from type->options; NULL = defaults
    int objective_count;
    const double* features;  ///< shape: [feature_count]
    int feature_count;
    uint64_t seed;
} og_agent_setup;

/// Start an agent of `type` in `arena`. `setup->space` must outlive it.
og_status og_agent_start(og_arena* arena, const og_agent_type* type, const og_agent_setup* setup,
                         og_agent** agent);

/// True when a is the better design: fewer failures first, then less violation, then less loss (Deb
/// 2000).
bool og_told_better(const og_told* a, const og_told* b);

/// One number that orders designs as og_told_better() does, for methods that need differences: the
/// loss where all holds; above every plausible loss, growing with the violation, where not; 1e30
/// when failed.
double og_told_score(const og_told* told);
