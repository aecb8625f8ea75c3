// Tree-structured Parzen estimator of several objectives: the good designs are those of the first
// fronts; of the front that does not fit, those are taken whose hypervolume together is largest.
// Each weighs as much as it adds to the hypervolume. Deviations as those of tpe; fronts are kept
// of the best four times as many designs as count as good.

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "agent/elites.h"
#include "agent/parzen.h"
#include "ogive/hypervolume.h"

enum { MO_TPE_KEPT = 4, MO_TPE_MOST = 3 };  // times most_good; objectives of hypervolumes
#define MO_TPE_BEYOND 0.1                   // of the range of the good designs, up to the reference
#define MO_TPE_LEAST 0.1                    // weight beside that of the largest contribution

static const og_parameter mo_tpe_options[] = {OG_PARZEN_ROWS(0.1, 25)};

typedef struct mo_tpe_state {
    og_parzen parzen;
    og_elites elites;
} mo_tpe_state;

// Designs with their objectives scaled to [0, 1] by their range.
typedef struct mo_tpe_front {
    og_arena* arena;
    double* points;  // shape: [count][objectives]
    double reference[MO_TPE_MOST];
    int objectives;
    int count;
} mo_tpe_front;

static mo_tpe_front mo_tpe_scale(og_arena* arena, const og_elites* elites, int count) {
    mo_tpe_front front = {
        .arena = arena,
        .objectives = elites->population.objective_count,
        .count = count,
    };
    front.points = OG_NEW(arena, double, front.count* front.objectives);
    for (int k = 0; k < front.objectives; k++) {
        double least = INFINITY;
        double most = -INFINITY;
        for (int i = 0; i < front.count; i++) {
            const double value =
                og_elites_target(&elites->population.members[i], front.objectives, k);
            front.points[i * front.objectives + k] = value;
            least = fmin(least, value);
            most = fmax(most, value);
        }
        for (int i = 0; i < front.count; i++) {
            double* value = &front.points[i * front.objectives + k];
            *value = most > least ? (*value - least) / (most - least) : 0;
        }
        front.reference[k] = 1 + MO_TPE_BEYOND;
    }
    return front;
}

static void mo_tpe_swap(mo_tpe_front* front, int a, int b) {
    for (int k = 0; k < front->objectives; k++) {
        double* x = &front->points[a * front->objectives + k];
        double* y = &front->points[b * front->objectives + k];
        const double kept = *x;
        *x = *y;
        *y = kept;
    }
}

static double mo_tpe_volume(const mo_tpe_front* front, int count) {
    return og_hypervolume(front->arena, front->points, count, front->objectives, front->reference);
}

// What the point at `index` adds to the hypervolume of the first `count` others.
static double mo_tpe_gain(mo_tpe_front* front, int index, int count) {
    mo_tpe_swap(front, index, count);
    const double gain = mo_tpe_volume(front, count + 1) - mo_tpe_volume(front, count);
    mo_tpe_swap(front, index, count);
    return gain;
}

// Of designs [begin, front->count), bring those to the beginning that, one after the other, add
// most hypervolume, up to `end`.
static void mo_tpe_reduce(mo_tpe_front* front, const double** designs, int begin, int end) {
    mo_tpe_front last = *front;
    last.points += begin * front->objectives;
    last.count -= begin;
    designs += begin;
    double* gains = OG_NEW(front->arena, double, last.count);
    int* known = OG_NEW(front->arena, int, last.count);
    for (int i = 0; i < last.count; i++) {
        gains[i] = INFINITY;
    }
    for (int taken = 0; taken < end - begin;) {
        int best = taken;
        for (int i = taken; i < last.count; i++) {
            best = gains[i] > gains[best] ? i : best;
        }
        // a gain only shrinks as others are taken: one that is up to date and largest is the
        // largest
        if (known[best] <= taken) {
            gains[best] = mo_tpe_gain(&last, best, taken);
            known[best] = taken + 1;
            continue;
        }
        const double* kept = designs[best];
        designs[best] = designs[taken];
        designs[taken] = kept;
        gains[best] = gains[taken];
        known[best] = known[taken];
        mo_tpe_swap(&last, best, taken++);
    }
}

// Weigh each of the first `good` designs by the hypervolume that is lost without it.
static void mo_tpe_weigh(mo_tpe_front* front, int good, double* weights) {
    double most = 0;
    for (int i = 0; i < good; i++) {
        weights[i] = mo_tpe_gain(front, i, good - 1);
        most = fmax(most, weights[i]);
    }
    for (int i = 0; i < good; i++) {
        weights[i] = MO_TPE_LEAST + (most > 0 ? weights[i] / most : 0);
    }
}

static int mo_tpe_choose(og_agent* agent, int most, const double** designs, double* weights) {
    og_elites* elites = &((mo_tpe_state*)agent->state)->elites;
    og_elites_order(agent->arena, elites);
    const int good = most < elites->ordered ? most : elites->ordered;
    const bool volumes = agent->objective_count > 1 && agent->objective_count <= MO_TPE_MOST;
    int begin = good;
    int end = good;
    while (volumes && end < elites->ordered && elites->ranks[end] == elites->ranks[good - 1]) {
        end++;
    }
    while (begin > 0 && elites->ranks[begin - 1] == elites->ranks[good - 1]) {
        begin--;
    }
    const og_arena_mark mark = og_arena_here(agent->arena);
    const double** candidates = OG_NEW(agent->arena, const double*, end);
    memcpy(candidates, elites->designs, sizeof *candidates * (size_t)end);
    if (volumes) {
        mo_tpe_front front = mo_tpe_scale(agent->arena, elites, end);
        mo_tpe_reduce(&front, candidates, begin, good);
        mo_tpe_weigh(&front, good, weights);
    }
    for (int i = 0; i < good; i++) {
        designs[i] = candidates[i];
        weights[i] = volumes ? weights[i] : log(good + 1.0) - log(i + 1.0);
    }
    og_arena_rewind(agent->arena, mark);
    return good;
}

static og_status mo_tpe_start(og_agent* agent) {
    mo_tpe_state* state = agent->state;
    og_parzen_start(agent, mo_tpe_choose);
    state->elites = og_elites_make(agent, MO_TPE_KEPT * (int)agent->options[OG_PARZEN_MOST_GOOD]);
    return OG_OK;
}

static void mo_tpe_tell(og_agent* agent, int count, const og_told* told) {
    mo_tpe_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_elites_add(agent->arena, &state->elites, &told[i]);
    }
    og_parzen_tell(agent, count, told);
}

const og_agent_type og_agent_mo_tpe = {
    .name = "mo_tpe",
    .doc =
        "Draws candidates around the designs of the first fronts, and proposes the one that is "
        "most typical of them and least of the others. Several objectives on any kind of space, "
        "at microseconds a proposal after any number of evaluations.",
    .source =
        "Ozaki, Tanigaki, Watanabe and Onishi, Multiobjective Tree-Structured Parzen Estimator "
        "for Computationally Expensive Optimization Problems, GECCO 2020; with Nomura, Journal of "
        "Artificial Intelligence Research 73, 2022",
    .options = mo_tpe_options,
    .option_count = sizeof mo_tpe_options / sizeof *mo_tpe_options,
    .state_size = sizeof(mo_tpe_state),
    .start = mo_tpe_start,
    .batch = og_parzen_batch,
    .ask = og_parzen_ask,
    .tell = mo_tpe_tell,
    .learns_from_given = true,
};
