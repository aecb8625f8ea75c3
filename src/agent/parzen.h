/// Searches by Parzen estimators: the density of the good designs is a mixture of kernels around
/// them; candidates drawn from it are judged by its ratio to the density of the others, which is
/// kept as counts over levels, so that a proposal costs the same after any number of evaluations.
/// Who the good ones are, best first, is said by the agent.
#pragma once

#include "agent/kernels.h"
#include "agent/seen.h"
#include "ogive/agent.h"

/// Options of such a search, in this order.
enum {
    OG_PARZEN_STARTS,
    OG_PARZEN_SHARE,
    OG_PARZEN_MOST_GOOD,
    OG_PARZEN_CANDIDATES,
    OG_PARZEN_KERNELS,
    OG_PARZEN_WIDTH,
    OG_PARZEN_UNIFORM,
    OG_PARZEN_PRIOR,
    OG_PARZEN_BATCH,
    OG_PARZEN_DEFAULT_FIRST,
    OG_PARZEN_OPTIONS,
};

typedef enum og_parzen_kernels {
    OG_PARZEN_MIXED,
    OG_PARZEN_JOINT,
    OG_PARZEN_GROUPS,
    OG_PARZEN_UNIVARIATE,
} og_parzen_kernels;
extern const char* const og_parzen_kernel_names[4];

/// Their rows, with defaults.
#define OG_PARZEN_ROWS(share_, most_good_)                                                       \
    {OG_INTEGER_ROW("starts", "", 1, 65536, 10, "Random designs proposed first.")},              \
        {OG_REAL_ROW("share", "", 0, 1, share_,                                                  \
                     "Share of all designs so far that count as "                                \
                     "good.")},                                                                  \
        {OG_INTEGER_ROW("most_good", "", 1, 256, most_good_,                                     \
                        "The most designs that count as good.")},                                \
        {OG_INTEGER_ROW("candidates", "", 1, 1024, 16,                                           \
                        "Designs drawn for each proposal, of which the most promising is "       \
                        "taken.")},                                                              \
        {OG_CHOICE_ROW(                                                                          \
            "kernels", og_parzen_kernel_names, OG_PARZEN_MIXED,                                  \
            "What a kernel spans: all parameters, the parameters of a group, or one; mixed is "  \
            "all and one in turn.")},                                                            \
        {OG_REAL_ROW("width", "", 0.001, 1, 0.05,                                                \
                     "Standard deviation of a kernel along ordered parameters, of their range; " \
                     "along reals the most.")},                                                  \
        {OG_REAL_ROW("uniform", "", 1e-6, 1, 0.1,                                                \
                     "Share of the uniform density in each kernel.")},                           \
        {OG_REAL_ROW("prior", "", 0, 100, 3,                                                     \
                     "Weight of the uniform density among the kernels, in kernels.")},           \
        {OG_INTEGER_ROW("batch", "", 1, 4096, 4,                                                 \
                        "Designs proposed at once. More keep more processors busy, fewer learn " \
                        "sooner.")},                                                             \
    {                                                                                            \
        OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")                     \
    }

/// The good designs, at most `most` of them: x of each into `designs`, what each weighs in the
/// mixture (> 0) into `weights`. Returns how many; at least one once something was told.
typedef int og_parzen_good(og_agent* agent, int most, const double** designs, double* weights);

typedef struct og_parzen {
    og_seen seen;
    og_construction construction;
    og_kernels kernels;
    og_parzen_good* choose;
    int most_good;
    int* part_of;  ///< the part of each parameter whose kernels are joint, list: [count]
    int part_count;
    double** told_counts;    ///< designs told in each bin of each parameter
    double** others;         ///< logarithm of the density of designs that are not good, by bin
    const double** designs;  ///< the good ones, list: [most_good]
    int* centers;            ///< bins of the good designs, -1 = inactive; shape: [count][most_good]
    double* bases;           ///< density of their kernels apart from the next, same shape
    double* factors;         ///< what distances are multiplied with in their kernels, same shape
    double* places;          ///< places of the good designs, shape: [most_good][count]
    double* weights;         ///< of the good designs and of the prior, list: [most_good + 1]
    double* sums;            ///< of weights up to each one, list: [most_good + 1]
    int good;
    double* candidates;  ///< shape: [candidates][count]
    double* scores;      ///< list: [candidates]
    double* draft;       ///< places of a design
    double* level_weights;
    double* part_sums;  ///< densities of the kernels within a part, shape: [part_count][good + 1]
    int* picked;        ///< kernel that each part is drawn from, list: [part_count]
    int64_t turn;       ///< proposals made from kernels
    int64_t told;
    int64_t fitted;      ///< designs that `others` knows
    bool conditional;    ///< some parameter is not always active
    bool stale;          ///< more is told than `good` knows
    bool default_first;  ///< still to be proposed
} og_parzen;

/// Prepare a search in agent->state, whose first member it must be, from the first options of
/// `agent`.
void og_parzen_start(og_agent* agent, og_parzen_good* choose);

/// og_agent_type.batch.
int og_parzen_batch(const og_agent* agent);

/// og_agent_type.ask.
int og_parzen_ask(og_agent* agent, int count, double* x);

/// Take in what was told.
void og_parzen_tell(og_agent* agent, int count, const og_told* told);
