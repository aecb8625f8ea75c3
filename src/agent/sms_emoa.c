// SMS-EMOA: of parents and children the one goes that adds least to the hypervolume of the worst
// front, one after the other.

#include <math.h>
#include <string.h>

#include "agent/evolution.h"
#include "agent/fronts.h"
#include "ogive/hypervolume.h"

enum { SMS_EMOA_REACH = OG_EVOLUTION_OPTIONS };

static const og_parameter sms_emoa_options[] = {
    OG_EVOLUTION_ROWS(0, 4, 15, 15),
    {OG_REAL_ROW("reach", "", 0, 10, 1,
                 "How far behind the worst of a front the reference point lies, of its range.")},
};

typedef struct sms_emoa_state {
    og_evolution evolution;
    double* front;          // scratch: objectives of a front over their range
    double* contributions;  // scratch, shape: [population.capacity]
} sms_emoa_state;

static og_status sms_emoa_start(og_agent* agent) {
    sms_emoa_state* state = agent->state;
    state->evolution = og_evolution_make(agent);
    const int capacity = state->evolution.population.capacity;
    state->front = OG_NEW(agent->arena, double, (size_t)capacity*(size_t)agent->objective_count);
    state->contributions = OG_NEW(agent->arena, double, capacity);
    return OG_OK;
}

static int sms_emoa_ask(og_agent* agent, int count, double* x) {
    sms_emoa_state* state = agent->state;
    return og_evolution_ask(agent, &state->evolution, og_evolution_mate_any, count, x);
}

// Objectives of a front's rows, each from 0 at the front's best to 1 at its worst. Of two
// objectives the ends of the front are beyond all others.
static void sms_emoa_scale(sms_emoa_state* state, const int* rows, int count, int objectives) {
    const double* values = state->evolution.values;
    for (int k = 0; k < objectives; k++) {
        double low = INFINITY;
        double high = -INFINITY;
        for (int i = 0; i < count; i++) {
            const double value = values[rows[i] * objectives + k];
            low = fmin(low, value);
            high = fmax(high, value);
        }
        const double scale = high > low ? 1 / (high - low) : 0;
        for (int i = 0; i < count; i++) {
            state->front[i * objectives + k] = (values[rows[i] * objectives + k] - low) * scale;
        }
    }
}

// Take rows out of a front until `keep` are left; those taken first come last.
static void sms_emoa_reduce(og_agent* agent, int* rows, int count, int keep) {
    sms_emoa_state* state = agent->state;
    const int width = agent->objective_count;
    const double reach = 1 + agent->options[SMS_EMOA_REACH];
    double* corner = OG_NEW(agent->arena, double, width);
    for (int k = 0; k < width; k++) {
        corner[k] = reach;
    }
    sms_emoa_scale(state, rows, count, width);
    for (int left = count; left > keep; left--) {
        og_hypervolume_contributions(agent->arena, state->front, left, width, corner,
                                     state->contributions);
        int least = 0;
        for (int i = 1; i < left; i++) {
            least = state->contributions[i] <= state->contributions[least] ? i : least;
        }
        const int row = rows[least];
        rows[least] = rows[left - 1];
        rows[left - 1] = row;
        memcpy(state->front + least * width, state->front + (left - 1) * width,
               sizeof(double) * (size_t)width);
    }
}

static void sms_emoa_select(og_agent* agent) {
    sms_emoa_state* state = agent->state;
    og_evolution* evolution = &state->evolution;
    const int holding = og_evolution_divide(evolution);
    if (agent->objective_count == 1) {
        return;
    }
    const og_arena_mark mark = og_arena_here(agent->arena);
    const int fronts = og_fronts_peel(agent->arena, evolution->values, holding,
                                      agent->objective_count, evolution->order, evolution->begins);
    for (int f = 0; f < fronts; f++) {
        const int begin = evolution->begins[f];
        const int end = evolution->begins[f + 1];
        if (begin < evolution->size && end > evolution->size) {
            sms_emoa_reduce(agent, evolution->order + begin, end - begin, evolution->size - begin);
        }
    }
    og_evolution_arrange(evolution, evolution->order, holding);
    og_evolution_prefer(evolution, fronts > 0 ? evolution->begins[1] : 0);
    og_arena_rewind(agent->arena, mark);
}

static void sms_emoa_tell(og_agent* agent, int count, const og_told* told) {
    sms_emoa_state* state = agent->state;
    og_evolution_tell(agent, &state->evolution, sms_emoa_select, count, told);
}

const og_agent_type og_agent_sms_emoa = {
    .name = "sms_emoa",
    .doc =
        "Evolves the population whose hypervolume is largest: a design goes that adds least to the "
        "last front. Spreads designs over the front best of all, at a cost that grows with "
        "objectives.",
    .source =
        "Beume, Naujoks and Emmerich, SMS-EMOA: Multiobjective Selection Based on Dominated "
        "Hypervolume, European Journal of Operational Research 181, 2007",
    .options = sms_emoa_options,
    .option_count = sizeof sms_emoa_options / sizeof *sms_emoa_options,
    .state_size = sizeof(sms_emoa_state),
    .start = sms_emoa_start,
    .batch = og_evolution_batch,
    .ask = sms_emoa_ask,
    .tell = sms_emoa_tell,
    .learns_from_given = true,
};
