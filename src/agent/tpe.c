// Tree-structured Parzen estimator. The density of the good designs is a mixture of kernels around
// them; candidates drawn from it are judged by its ratio to the density of the others, which is
// kept as counts over levels, so that a proposal costs the same after any number of evaluations.
// Deviations from the papers: better designs weigh more; of the others the density is a product of
// one estimate for each parameter; designs are never proposed twice.

#include <math.h>
#include <string.h>

#include "agent/archive.h"
#include "agent/kernels.h"
#include "agent/position.h"
#include "agent/seen.h"

enum {
    TPE_STARTS,
    TPE_SHARE,
    TPE_MOST_GOOD,
    TPE_CANDIDATES,
    TPE_KERNELS,
    TPE_WIDTH,
    TPE_UNIFORM,
    TPE_PRIOR,
    TPE_BATCH,
    TPE_DEFAULT_FIRST,
};

enum { TPE_NARROWING = 4 };   // good designs whose spread says something
#define TPE_LEAST_WIDTH 1e-4  // of the range

typedef enum tpe_kernels { TPE_MIXED, TPE_JOINT, TPE_GROUPS, TPE_UNIVARIATE } tpe_kernels;
static const char* const tpe_kernels_names[] = {"mixed", "joint", "groups", "univariate"};

static const og_parameter tpe_options[] = {
    {OG_INTEGER_ROW("starts", "", 1, 65536, 10, "Random designs proposed first.")},
    {OG_REAL_ROW("share", "", 0, 1, 0.1, "Share of all designs so far that count as good.")},
    {OG_INTEGER_ROW("most_good", "", 1, 256, 25, "The most designs that count as good.")},
    {OG_INTEGER_ROW("candidates", "", 1, 1024, 16,
                    "Designs drawn for each proposal, of which the most promising is taken.")},
    {OG_CHOICE_ROW(
        "kernels", tpe_kernels_names, TPE_MIXED,
        "What a kernel spans: all parameters, the parameters of a group, or one; mixed is "
        "all and one in turn.")},
    {OG_REAL_ROW("width", "", 0.001, 1, 0.05,
                 "Standard deviation of a kernel along ordered parameters, of their range; along "
                 "reals the most.")},
    {OG_REAL_ROW("uniform", "", 1e-6, 1, 0.1, "Share of the uniform density in each kernel.")},
    {OG_REAL_ROW("prior", "", 0, 100, 3,
                 "Weight of the uniform density among the kernels, in kernels.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 4,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct tpe_state {
    og_seen seen;
    og_construction construction;
    og_kernels kernels;
    og_archive archive;
    int* part_of;  // the part of each parameter whose kernels are joint, list: [count]
    int part_count;
    double** told_counts;  // designs told in each bin of each parameter
    double** others;       // logarithm of the density of designs that are not good, by bin
    int* centers;          // bins of the good designs, -1 = inactive; shape: [good][count]
    double* places;        // places of the good designs, shape: [good][count]
    double* weights;       // of the good designs and of the prior, list: [good + 1]
    int good;
    double* candidates;  // shape: [candidates][count]
    double* scores;      // list: [candidates]
    double* draft;       // places of a design
    double* level_weights;
    double* part_sums;  // densities of the kernels within a part, shape: [part_count][good + 1]
    int* picked;        // kernel that each part is drawn from, list: [part_count]
    int64_t turn;       // proposals made from kernels
    int64_t told;
    int64_t fitted;      // designs that `others` knows
    bool conditional;    // some parameter is not always active
    bool stale;          // the good ones are not those of the archive
    bool default_first;  // still to be proposed
} tpe_state;

// The bins of the good designs along one parameter.
static const int* tpe_centers(const tpe_state* state, int index) {
    return state->centers + (size_t)index * (size_t)state->archive.population.capacity;
}

static int tpe_center(const tpe_state* state, int index, int design) {
    return tpe_centers(state, index)[design];
}

static int tpe_batch(const og_agent* agent) {
    return (int)agent->options[TPE_BATCH];
}

// Choose what the kernels of the next proposal span.
static void tpe_choose_parts(og_agent* agent) {
    tpe_state* state = agent->state;
    const og_space* space = agent->space;
    tpe_kernels kernels = (tpe_kernels)agent->options[TPE_KERNELS];
    if (kernels == TPE_MIXED) {
        kernels = state->turn++ % 2 == 0 ? TPE_JOINT : TPE_UNIVARIATE;
    }
    for (int i = 0; i < space->count; i++) {
        state->part_of[i] = kernels == TPE_JOINT    ? 0
                            : kernels == TPE_GROUPS ? space->group_of[i]
                                                    : i;
    }
    state->part_count = kernels == TPE_JOINT    ? 1
                        : kernels == TPE_GROUPS ? space->group_count
                                                : space->count;
}

static og_status tpe_start(og_agent* agent) {
    tpe_state* state = agent->state;
    const size_t width = (size_t)agent->space->count;
    const size_t good = (size_t)agent->options[TPE_MOST_GOOD];
    const size_t candidates = (size_t)agent->options[TPE_CANDIDATES];
    og_arena* arena = agent->arena;
    state->seen = og_seen_make(arena, agent->space, &agent->random);
    state->construction = og_construction_make(arena, agent->space);
    state->kernels = og_kernels_make(arena, &state->construction);
    state->archive = og_archive_make(agent, (int)good);
    state->part_of = OG_NEW(arena, int, width);
    state->told_counts = OG_NEW(arena, double*, width);
    state->others = OG_NEW(arena, double*, width);
    for (size_t i = 0; i < width; i++) {
        state->conditional = state->conditional || agent->space->parameters[i].active != NULL;
        state->told_counts[i] = OG_NEW(arena, double, state->kernels.kernels[i].bins);
        state->others[i] = OG_NEW(arena, double, state->kernels.kernels[i].bins);
    }
    state->centers = OG_NEW(arena, int, good* width);
    state->places = OG_NEW(arena, double, good* width);
    state->weights = OG_NEW(arena, double, good + 1);
    state->candidates = OG_NEW(arena, double, candidates* width);
    state->scores = OG_NEW(arena, double, candidates);
    state->draft = OG_NEW(arena, double, width);
    state->level_weights = OG_NEW(arena, double, state->construction.most_levels);
    state->part_sums = OG_NEW(arena, double, (good + 1) * width);
    state->picked = OG_NEW(arena, int, width);
    state->default_first = agent->options[TPE_DEFAULT_FIRST] > 0;
    return OG_OK;
}

// The good designs: their places, bins and weights.
static void tpe_fit_good(og_agent* agent) {
    tpe_state* state = agent->state;
    const int width = agent->space->count;
    const double wanted = ceil(agent->options[TPE_SHARE] * (double)state->told);
    const og_population* best = &state->archive.population;
    state->good = (int)fmin(fmax(wanted, 1), best->count);
    double sum = 0;
    for (int i = 0; i < state->good; i++) {
        double* places = state->places + (size_t)i * (size_t)width;
        og_kernels_places(&state->kernels, best->members[i].x, places);
        for (int k = 0; k < width; k++) {
            state->centers[(size_t)k * (size_t)state->archive.population.capacity + (size_t)i] =
                places[k] < 0 ? -1 : og_kernel_bin(&state->kernels.kernels[k], places[k]);
        }
        state->weights[i] = log(state->good + 1.0) - log(i + 1.0);
        sum += state->weights[i];
    }
    // the prior weighs as much as a mean design
    state->weights[state->good] = agent->options[TPE_PRIOR] * sum / state->good;
    state->stale = false;
}

// The logarithm of the density of the other designs, by bin.
static void tpe_fit_others(og_agent* agent) {
    tpe_state* state = agent->state;
    const int width = agent->space->count;
    for (int p = 0; p < width; p++) {
        const og_kernel* kernel = &state->kernels.kernels[p];
        // one uniform kernel as prior
        double sum = 1;
        double* density = state->others[p];
        for (int k = 0; k < kernel->bins; k++) {
            density[k] = 1;
        }
        for (int c = 0; c < kernel->bins; c++) {
            double count = state->told_counts[p][c];
            for (int i = 0; i < state->good; i++) {
                count -= tpe_center(state, p, i) == c;
            }
            if (count <= 0) {
                continue;
            }
            sum += count;
            for (int k = 0; k < kernel->bins; k++) {
                density[k] += count * og_kernel_density(kernel, c, k);
            }
        }
        for (int k = 0; k < kernel->bins; k++) {
            density[k] = log(density[k] / sum);
        }
    }
    state->fitted = state->told;
}

// Standard deviation of the good designs along a continuum.
static double tpe_deviation(const tpe_state* state, int width, int index) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < state->good; i++) {
        const double place = state->places[i * width + index];
        sum += place;
        squares += place * place;
    }
    const double mean = sum / state->good;
    return sqrt(fmax(squares / state->good - mean * mean, 0));
}

// Kernels along continua narrow as the good designs come together.
static void tpe_widen(og_agent* agent) {
    tpe_state* state = agent->state;
    for (int p = 0; p < agent->space->count; p++) {
        og_kernel* kernel = &state->kernels.kernels[p];
        const bool narrows = kernel->continuum && state->good >= TPE_NARROWING;
        double width = agent->options[TPE_WIDTH];
        if (narrows) {
            const double deviation = tpe_deviation(state, agent->space->count, p);
            width = fmin(width, fmax(deviation, TPE_LEAST_WIDTH));
        }
        if (narrows || state->fitted == 0) {
            og_kernel_widen(kernel, width, agent->options[TPE_UNIFORM]);
        }
    }
}

static void tpe_fit(og_agent* agent) {
    tpe_state* state = agent->state;
    if (!state->stale) {
        return;
    }
    tpe_fit_good(agent);
    tpe_widen(agent);
    // counts that grew by a thirtieth change little
    if (state->told > state->fitted + state->fitted / 32) {
        tpe_fit_others(agent);
    }
}

// One of the kernels, by weight; `good` stands for the prior.
static int tpe_pick(og_agent* agent) {
    const tpe_state* state = agent->state;
    double sum = 0;
    for (int i = 0; i <= state->good; i++) {
        sum += state->weights[i];
    }
    double part = sum * og_random_uniform(&agent->random);
    for (int i = 0; i < state->good; i++) {
        part -= state->weights[i];
        if (part < 0) {
            return i;
        }
    }
    return state->good;
}

// A position of a continuum, from the kernel of a good design.
static double tpe_draw_position(og_agent* agent, int design, int index) {
    const tpe_state* state = agent->state;
    const og_kernel* kernel = &state->kernels.kernels[index];
    const int place = design * agent->space->count + index;
    double position = og_random_uniform(&agent->random);
    if (design == state->good || tpe_center(state, index, design) < 0 ||
        og_random_uniform(&agent->random) < kernel->uniform) {
        return position;
    }
    do {
        position = state->places[place] + kernel->width * og_random_normal(&agent->random);
    } while (position < 0 || position > 1);
    return position;
}

// Draw parameter `index` of x from the kernel of a good design, among what is allowed or all.
static void tpe_draw_parameter(og_agent* agent, int design, bool masked, double* x, int index) {
    tpe_state* state = agent->state;
    const og_parameter* parameter = &agent->space->parameters[index];
    const og_kernel* kernel = &state->kernels.kernels[index];
    const int center = design < state->good ? tpe_center(state, index, design) : -1;
    if (kernel->continuum) {
        const double position = tpe_draw_position(agent, design, index);
        state->draft[index] = position;
        if (masked) {
            og_construction_place(&state->construction, position, x, index);
        } else {
            x[index] = og_position_value(parameter, position);
        }
    } else if (masked) {
        for (int k = 0; k < kernel->bins; k++) {
            state->level_weights[k] = og_kernel_density(kernel, center, k);
        }
        og_construction_draw(&state->construction, &agent->random, state->level_weights, x, index);
    } else {
        const int level = og_kernel_draw(kernel, &agent->random, center);
        state->draft[index] = level;
        x[index] = og_parameter_value(parameter, level);
    }
}

// Draw a candidate and its places (in state->draft): first without regard to constraints, which is
// quick; then meeting them step by step.
static void tpe_draw(og_agent* agent, double* x) {
    tpe_state* state = agent->state;
    const int* order = state->construction.order;
    for (int i = 0; i < state->part_count; i++) {
        state->picked[i] = tpe_pick(agent);
    }
    for (int masked = 0; masked < 2; masked++) {
        for (int i = 0; i < agent->space->count; i++) {
            const int design = state->picked[state->part_of[order[i]]];
            tpe_draw_parameter(agent, design, masked > 0, x, order[i]);
        }
        if (!state->construction.tied || og_space_contains(agent->space, x)) {
            if (masked > 0 || state->conditional) {
                og_kernels_places(&state->kernels, x, state->draft);
            }
            return;
        }
    }
    og_construction_finish(&state->construction, &agent->random, x);
    og_kernels_places(&state->kernels, x, state->draft);
}

// Logarithm of the ratio of the densities of good and other designs at the places in state->draft.
static double tpe_score(og_agent* agent) {
    tpe_state* state = agent->state;
    const int width = agent->space->count;
    const int parts = state->part_count;
    const int kernels = state->good + 1;
    for (int k = 0; k < parts; k++) {
        memcpy(state->part_sums + k * kernels, state->weights, sizeof(double) * (size_t)kernels);
    }
    double others = 0;
    for (int p = 0; p < width; p++) {
        if (state->draft[p] < 0) {
            continue;
        }
        const og_kernel* kernel = &state->kernels.kernels[p];
        const int bin = og_kernel_bin(kernel, state->draft[p]);
        double* sums = state->part_sums + state->part_of[p] * kernels;
        const int* centers = tpe_centers(state, p);
        others += state->others[p][bin];
        for (int i = 0; i < state->good; i++) {
            sums[i] *= og_kernel_density(kernel, centers[i], bin);
        }
    }
    double good = 0;
    for (int k = 0; k < parts; k++) {
        double sum = 0;
        for (int i = 0; i < kernels; i++) {
            sum += state->part_sums[k * kernels + i];
        }
        good += log(sum);
    }
    return good - others;
}

// The most promising candidate that was not proposed before, in x.
static bool tpe_propose(og_agent* agent, double* x) {
    tpe_state* state = agent->state;
    const size_t width = (size_t)agent->space->count;
    const int count = (int)agent->options[TPE_CANDIDATES];
    tpe_choose_parts(agent);
    for (int i = 0; i < count; i++) {
        double* candidate = state->candidates + (size_t)i * width;
        tpe_draw(agent, candidate);
        state->scores[i] = tpe_score(agent);
    }
    for (int tries = 0; tries < count; tries++) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = state->scores[i] > state->scores[best] ? i : best;
        }
        memcpy(x, state->candidates + (size_t)best * width, sizeof *x * width);
        if (og_seen_add(&state->seen, x)) {
            return true;
        }
        state->scores[best] = -INFINITY;
    }
    return og_seen_claim(&state->seen, &agent->random, x);
}

static int tpe_ask(og_agent* agent, int count, double* x) {
    tpe_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else if ((double)state->told < agent->options[TPE_STARTS]) {
            found = og_seen_draw(&state->seen, &agent->random, x);
        } else {
            tpe_fit(agent);
            found = tpe_propose(agent, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

static void tpe_tell(og_agent* agent, int count, const og_told* told) {
    tpe_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_archive_add(&state->archive, &told[i]);
        og_kernels_places(&state->kernels, told[i].x, state->draft);
        for (int p = 0; p < agent->space->count; p++) {
            if (state->draft[p] >= 0) {
                state->told_counts[p][og_kernel_bin(&state->kernels.kernels[p], state->draft[p])]++;
            }
        }
    }
    state->told += count;
    state->stale = true;
}

const og_agent_type og_agent_tpe = {
    .name = "tpe",
    .doc =
        "Draws candidates around the good designs so far and proposes the one that is most typical "
        "of them and least of the others. A strong first choice for budgets of up to some hundred "
        "evaluations on any kind of space, and as quick after 100,000 of them.",
    .source =
        "Bergstra, Bardenet, Bengio and Kegl, Algorithms for Hyper-Parameter Optimization, NIPS "
        "2011; Watanabe, Tree-Structured Parzen Estimator: Understanding Its Algorithm Components, "
        "arXiv 2304.11127, 2023 (joint kernels, their uniform share, constraints)",
    .options = tpe_options,
    .option_count = sizeof tpe_options / sizeof *tpe_options,
    .state_size = sizeof(tpe_state),
    .start = tpe_start,
    .batch = tpe_batch,
    .ask = tpe_ask,
    .tell = tpe_tell,
};
