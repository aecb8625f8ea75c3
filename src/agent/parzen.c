#include "agent/parzen.h"

#include <math.h>
#include <string.h>

#include "agent/position.h"

enum { PARZEN_NARROWING = 4 };   // good designs whose spread says something
#define PARZEN_LEAST_WIDTH 1e-4  // of the range

const char* const og_parzen_kernel_names[4] = {"mixed", "joint", "groups", "univariate"};

// The bins of the good designs along one parameter.
static const int* parzen_centers(const og_parzen* state, int index) {
    return state->centers + (size_t)index * (size_t)state->most_good;
}

static int parzen_center(const og_parzen* state, int index, int design) {
    return parzen_centers(state, index)[design];
}

int og_parzen_batch(const og_agent* agent) {
    return (int)agent->options[OG_PARZEN_BATCH];
}

// Choose what the kernels of the next proposal span.
static void parzen_choose_parts(og_agent* agent) {
    og_parzen* state = agent->state;
    const og_space* space = agent->space;
    og_parzen_kernels kernels = (og_parzen_kernels)agent->options[OG_PARZEN_KERNELS];
    if (kernels == OG_PARZEN_MIXED) {
        kernels = state->turn++ % 2 == 0 ? OG_PARZEN_JOINT : OG_PARZEN_UNIVARIATE;
    }
    for (int i = 0; i < space->count; i++) {
        state->part_of[i] = kernels == OG_PARZEN_JOINT    ? 0
                            : kernels == OG_PARZEN_GROUPS ? space->group_of[i]
                                                          : i;
    }
    state->part_count = kernels == OG_PARZEN_JOINT    ? 1
                        : kernels == OG_PARZEN_GROUPS ? space->group_count
                                                      : space->count;
}

void og_parzen_start(og_agent* agent, og_parzen_good* choose) {
    const size_t width = (size_t)agent->space->count;
    const size_t good = (size_t)agent->options[OG_PARZEN_MOST_GOOD];
    const size_t candidates = (size_t)agent->options[OG_PARZEN_CANDIDATES];
    og_arena* arena = agent->arena;
    og_parzen* state = agent->state;
    *state = (og_parzen){
        .seen = og_seen_make(arena, agent->space, &agent->random),
        .construction = og_construction_make(arena, agent->space),
        .choose = choose,
        .most_good = (int)good,
        .default_first = agent->options[OG_PARZEN_DEFAULT_FIRST] > 0,
    };
    state->kernels = og_kernels_make(arena, &state->construction);
    state->designs = OG_NEW(arena, const double*, good);
    state->part_of = OG_NEW(arena, int, width);
    state->told_counts = OG_NEW(arena, double*, width);
    state->others = OG_NEW(arena, double*, width);
    for (size_t i = 0; i < width; i++) {
        state->conditional = state->conditional || agent->space->parameters[i].active != NULL;
        state->told_counts[i] = OG_NEW(arena, double, state->kernels.kernels[i].bins);
        state->others[i] = OG_NEW(arena, double, state->kernels.kernels[i].bins);
    }
    state->centers = OG_NEW(arena, int, good* width);
    state->bases = OG_NEW(arena, double, good* width);
    state->factors = OG_NEW(arena, double, good* width);
    state->places = OG_NEW(arena, double, good* width);
    state->weights = OG_NEW(arena, double, good + 1);
    state->sums = OG_NEW(arena, double, good + 1);
    state->candidates = OG_NEW(arena, double, candidates* width);
    state->scores = OG_NEW(arena, double, candidates);
    state->draft = OG_NEW(arena, double, width);
    state->level_weights = OG_NEW(arena, double, state->construction.most_levels);
    state->part_sums = OG_NEW(arena, double, (good + 1) * width);
    state->picked = OG_NEW(arena, int, width);
}

// The good designs: their places, bins and weights.
static void parzen_fit_good(og_agent* agent) {
    og_parzen* state = agent->state;
    const int width = agent->space->count;
    const double wanted = ceil(agent->options[OG_PARZEN_SHARE] * (double)state->told);
    const int most = (int)fmin(fmax(wanted, 1), state->most_good);
    state->good = state->choose(agent, most, state->designs, state->weights);
    double sum = 0;
    for (int i = 0; i < state->good; i++) {
        double* places = state->places + (size_t)i * (size_t)width;
        og_kernels_places(&state->kernels, state->designs[i], places);
        for (int k = 0; k < width; k++) {
            state->centers[(size_t)k * (size_t)state->most_good + (size_t)i] =
                places[k] < 0 ? -1 : og_kernel_bin(&state->kernels.kernels[k], places[k]);
        }
        sum += state->weights[i];
    }
    // the prior weighs as much as a mean design
    state->weights[state->good] = agent->options[OG_PARZEN_PRIOR] * sum / state->good;
    state->sums[0] = state->weights[0];
    for (int i = 1; i <= state->good; i++) {
        state->sums[i] = state->sums[i - 1] + state->weights[i];
    }
    state->stale = false;
}

// The logarithm of the density of the other designs, by bin.
static void parzen_fit_others(og_agent* agent) {
    og_parzen* state = agent->state;
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
                count -= parzen_center(state, p, i) == c;
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
static double parzen_deviation(const og_parzen* state, int width, int index) {
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
static void parzen_widen(og_agent* agent) {
    og_parzen* state = agent->state;
    for (int p = 0; p < agent->space->count; p++) {
        og_kernel* kernel = &state->kernels.kernels[p];
        const bool narrows = kernel->continuum && state->good >= PARZEN_NARROWING;
        double width = agent->options[OG_PARZEN_WIDTH];
        if (narrows) {
            const double deviation = parzen_deviation(state, agent->space->count, p);
            width = fmin(width, fmax(deviation, PARZEN_LEAST_WIDTH));
        }
        if (narrows || state->fitted == 0) {
            og_kernel_widen(kernel, width, agent->options[OG_PARZEN_UNIFORM]);
        }
    }
}

// Kernels of the good designs in the order in which candidates are judged: density is base +
// factor times distance.
static void parzen_flatten(og_parzen* state) {
    for (int p = 0; p < state->construction.space->count; p++) {
        const og_kernel* kernel = &state->kernels.kernels[p];
        const int* centers = parzen_centers(state, p);
        double* bases = state->bases + (size_t)p * (size_t)state->most_good;
        double* factors = state->factors + (size_t)p * (size_t)state->most_good;
        for (int i = 0; i < state->good; i++) {
            bases[i] = centers[i] < 0 ? 1 : kernel->uniform;
            factors[i] = centers[i] < 0 ? 0 : kernel->scale[centers[i]];
        }
    }
}

static void parzen_fit(og_agent* agent) {
    og_parzen* state = agent->state;
    if (!state->stale) {
        return;
    }
    parzen_fit_good(agent);
    parzen_widen(agent);
    parzen_flatten(state);
    // counts that grew by a thirtieth change little
    if (state->told > state->fitted + state->fitted / 32) {
        parzen_fit_others(agent);
    }
}

// One of the kernels, by weight; `good` stands for the prior.
static int parzen_pick(og_agent* agent) {
    const og_parzen* state = agent->state;
    const double part = state->sums[state->good] * og_random_uniform(&agent->random);
    int kernel = 0;
    for (int i = 0; i < state->good; i++) {
        kernel += state->sums[i] <= part;
    }
    return kernel;
}

// A position of a continuum, from the kernel of a good design.
static double parzen_draw_position(og_agent* agent, int design, int index) {
    const og_parzen* state = agent->state;
    const og_kernel* kernel = &state->kernels.kernels[index];
    const int place = design * agent->space->count + index;
    double position = og_random_uniform(&agent->random);
    if (design == state->good || parzen_center(state, index, design) < 0 ||
        og_random_uniform(&agent->random) < kernel->uniform) {
        return position;
    }
    do {
        position = state->places[place] + kernel->width * og_random_normal(&agent->random);
    } while (position < 0 || position > 1);
    return position;
}

// Draw parameter `index` of x from the kernel of a good design, among what is allowed or all.
static void parzen_draw_parameter(og_agent* agent, int design, bool masked, double* x, int index) {
    og_parzen* state = agent->state;
    const og_parameter* parameter = &agent->space->parameters[index];
    const og_kernel* kernel = &state->kernels.kernels[index];
    const int center = design < state->good ? parzen_center(state, index, design) : -1;
    if (kernel->continuum) {
        const double position = parzen_draw_position(agent, design, index);
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
static void parzen_draw(og_agent* agent, double* x) {
    og_parzen* state = agent->state;
    const int* order = state->construction.order;
    for (int i = 0; i < state->part_count; i++) {
        state->picked[i] = parzen_pick(agent);
    }
    for (int masked = 0; masked < 2; masked++) {
        for (int i = 0; i < agent->space->count; i++) {
            const int design = state->picked[state->part_of[order[i]]];
            parzen_draw_parameter(agent, design, masked > 0, x, order[i]);
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

// Multiply the sums of kernels by their densities along parameter `index` at a bin.
static void parzen_multiply(const og_parzen* state, int index, int bin, double* sums) {
    const double* distance = state->kernels.kernels[index].distance;
    const int* centers = parzen_centers(state, index);
    const double* bases = state->bases + (size_t)index * (size_t)state->most_good;
    const double* factors = state->factors + (size_t)index * (size_t)state->most_good;
    for (int i = 0; i < state->good; i++) {
        const int center = centers[i] > 0 ? centers[i] : 0;
        const int apart = bin > center ? bin - center : center - bin;
        sums[i] *= bases[i] + distance[apart] * factors[i];
    }
}

// Logarithm of the ratio of the densities of good and other designs at the places in state->draft.
static double parzen_score(og_agent* agent) {
    og_parzen* state = agent->state;
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
        others += state->others[p][bin];
        parzen_multiply(state, p, bin, sums);
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
static bool parzen_propose(og_agent* agent, double* x) {
    og_parzen* state = agent->state;
    const size_t width = (size_t)agent->space->count;
    const int count = (int)agent->options[OG_PARZEN_CANDIDATES];
    parzen_choose_parts(agent);
    for (int i = 0; i < count; i++) {
        double* candidate = state->candidates + (size_t)i * width;
        parzen_draw(agent, candidate);
        state->scores[i] = parzen_score(agent);
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

int og_parzen_ask(og_agent* agent, int count, double* x) {
    og_parzen* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else if ((double)state->told < agent->options[OG_PARZEN_STARTS]) {
            found = og_seen_draw(&state->seen, &agent->random, x);
        } else {
            parzen_fit(agent);
            found = parzen_propose(agent, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

void og_parzen_tell(og_agent* agent, int count, const og_told* told) {
    og_parzen* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_seen_add(&state->seen, told[i].x);
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
