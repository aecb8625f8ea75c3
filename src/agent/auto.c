// A portfolio: methods that learn from each other's designs and take turns, those more often whose
// designs were good lately. Models come first; when their time per proposal has grown, cheap
// methods carry the search on.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "agent/seen.h"
#include "ogive/agent.h"

enum { AUTO_BATCH, AUTO_MODELS, AUTO_DEFAULT_FIRST };

static const og_parameter auto_options[] = {
    {OG_INTEGER_ROW("batch", "", 1, 4096, 1,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_INTEGER_ROW("models", "", 0, 1000000, 300,
                    "Designs up to which models are asked that cost milliseconds a proposal.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

enum {
    AUTO_STARTS = 10,   // first designs, all by the first part
    AUTO_RECENT = 128,  // designs that a new one is compared to
};
#define AUTO_MEMORY 0.9   // of a part's credit, when it gets new credit
#define AUTO_FLOOR 0.15   // least share of the turns of a part
#define AUTO_CREDIT 1e-3  // least credit

// A part of the portfolio, and its weight when turns are shared: 0 where it takes no part.
typedef struct auto_row {
    const char* name;
    bool model;  // leaves when the others join, at the option `models`
    double weight;
    double weight_choices;  // in spaces of choices alone
} auto_row;

static const auto_row auto_rows[] = {
    {"gp_ei", true, 1, 1},
    {"forest", true, 1, 0},
    {"ridge_thompson", true, 1, 2},
    {"tpe", false, 1, 1},
    {"regularized_evolution", false, 1, 1},
};
enum { AUTO_PARTS = sizeof auto_rows / sizeof *auto_rows };

typedef struct auto_part {
    og_agent* agent;
    double weight;
    double credit;  // what its designs were worth lately, in [0, 1]
    double owed;    // turns
    int assigned;   // designs of this ask
} auto_part;

typedef struct auto_state {
    og_seen seen;
    auto_part parts[AUTO_PARTS];
    int* makers;  // part behind each design of the last ask, -1 for none; shape: [room]
    int room;
    int asked;                   // designs of the last ask that were not told yet
    double recent[AUTO_RECENT];  // scores of the latest designs, in a ring
    int64_t told;
    bool default_first;  // still to be proposed
} auto_state;

static og_status auto_start_part(og_agent* agent, const char* name, og_agent** part) {
    const og_agent_type* type = NULL;
    OG_TRY(og_agent_find(name, &type));
    og_settings* settings = OG_NEW(agent->arena, og_settings, 1);
    *settings = og_settings_make(agent->arena, type->options, type->option_count);
    OG_TRY(og_settings_set(settings, "default_first", "false"));
    const og_agent_setup setup = {
        .space = agent->space,
        .options = settings,
        .objective_count = agent->objective_count,
        .features = agent->features,
        .feature_count = agent->feature_count,
        .seed = og_random_bits(&agent->random),
    };
    return og_agent_start(agent->arena, type, &setup, part);
}

static og_status auto_start(og_agent* agent) {
    auto_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->default_first = agent->options[AUTO_DEFAULT_FIRST] > 0;
    bool choices = true;
    for (int i = 0; i < agent->space->count; i++) {
        const og_kind kind = agent->space->parameters[i].kind;
        choices = choices && (kind == OG_CHOICE || kind == OG_BOOLEAN);
    }
    for (int i = 0; i < AUTO_PARTS; i++) {
        state->parts[i].credit = 0.5;
        state->parts[i].weight = choices ? auto_rows[i].weight_choices : auto_rows[i].weight;
        OG_TRY(auto_start_part(agent, auto_rows[i].name, &state->parts[i].agent));
    }
    return OG_OK;
}

static int auto_batch(const og_agent* agent) {
    return (int)agent->options[AUTO_BATCH];
}

// Weight of a part when the next turn is given; 0 when it takes none.
static double auto_weight(const og_agent* agent, int index) {
    const auto_state* state = agent->state;
    const auto_part* part = &state->parts[index];
    const bool models = (double)state->told < agent->options[AUTO_MODELS];
    if (auto_rows[index].model != models || (models && state->told < AUTO_STARTS && index > 0)) {
        return 0;
    }
    return part->weight * part->credit * part->credit;
}

// The part whose turn it is: each is owed turns by weight and credit, but a least share.
static int auto_turn(og_agent* agent) {
    auto_state* state = agent->state;
    double sum = 0;
    int active = 0;
    for (int i = 0; i < AUTO_PARTS; i++) {
        const double weight = auto_weight(agent, i);
        sum += weight;
        active += weight > 0;
    }
    int next = -1;
    for (int i = 0; i < AUTO_PARTS; i++) {
        auto_part* part = &state->parts[i];
        const double weight = auto_weight(agent, i);
        if (weight > 0) {
            part->owed += AUTO_FLOOR + (1 - AUTO_FLOOR * active) * weight / sum;
            next = next < 0 || part->owed > state->parts[next].owed ? i : next;
        }
    }
    assert(next >= 0);
    state->parts[next].owed -= 1;
    return next;
}

// Designs of one part into x, in place of what was seen already: changes of it. Returns how many.
static int auto_ask_part(og_agent* agent, int index, int count, double* x) {
    auto_state* state = agent->state;
    const int width = agent->space->count;
    og_agent* part = state->parts[index].agent;
    const int found = part->type->ask(part, count, x);
    int made = 0;
    for (int i = 0; i < found; i++) {
        double* design = x + made * width;
        memmove(design, x + i * width, sizeof(double) * (size_t)width);
        made += og_seen_claim(&state->seen, &agent->random, design);
    }
    return made;
}

static void auto_grow(og_agent* agent, int count) {
    auto_state* state = agent->state;
    if (count > state->room) {
        state->room = count > 2 * state->room ? count : 2 * state->room;
        state->makers = OG_NEW(agent->arena, int, state->room);
    }
}

static int auto_ask(og_agent* agent, int count, double* x) {
    auto_state* state = agent->state;
    const int width = agent->space->count;
    auto_grow(agent, count);
    int made = 0;
    if (state->default_first && count > 0) {
        state->default_first = false;
        og_space_initial(agent->space, x);
        state->makers[made] = -1;
        made += og_seen_claim(&state->seen, &agent->random, x);
    }
    for (int i = made; i < count; i++) {
        state->parts[auto_turn(agent)].assigned++;
    }
    for (int i = 0; i < AUTO_PARTS; i++) {
        if (state->parts[i].assigned > 0) {
            const int more = auto_ask_part(agent, i, state->parts[i].assigned, x + made * width);
            for (int k = 0; k < more; k++) {
                state->makers[made++] = i;
            }
            state->parts[i].assigned = 0;
        }
    }
    // parts may run out before the space does
    while (made < count && og_seen_draw(&state->seen, &agent->random, x + made * width)) {
        state->makers[made++] = -1;
    }
    state->asked = made;
    return made;
}

// Share of recent designs that are no better than this score.
static double auto_worth(const auto_state* state, double score) {
    const int count = (int)fmin((double)state->told, AUTO_RECENT);
    int beaten = 0;
    for (int i = 0; i < count; i++) {
        beaten += state->recent[i] >= score;
    }
    return count > 0 ? (double)beaten / count : 1;
}

static void auto_tell(og_agent* agent, int count, const og_told* told) {
    auto_state* state = agent->state;
    const bool models = (double)state->told < agent->options[AUTO_MODELS];
    for (int i = 0; i < AUTO_PARTS; i++) {
        og_agent* part = state->parts[i].agent;
        if (models || !auto_rows[i].model) {
            part->type->tell(part, count, told);
        }
    }
    for (int i = 0; i < count; i++) {
        const double score = og_told_score(&told[i]);
        og_seen_add(&state->seen, told[i].x);
        if (i < state->asked && state->makers[i] >= 0) {
            auto_part* maker = &state->parts[state->makers[i]];
            const double credit =
                AUTO_MEMORY * maker->credit + (1 - AUTO_MEMORY) * auto_worth(state, score);
            maker->credit = fmax(credit, AUTO_CREDIT);
        }
        state->recent[state->told++ % AUTO_RECENT] = score;
    }
    state->asked = 0;
}

// Models of its parts, as long as they are told.
static int auto_diagnose(og_agent* agent, og_diagnostic* list) {
    const auto_state* state = agent->state;
    const bool models = (double)state->told < agent->options[AUTO_MODELS];
    int count = 0;
    for (int i = 0; i < AUTO_PARTS && models; i++) {
        og_agent* part = state->parts[i].agent;
        og_diagnostic own[OG_DIAGNOSTICS];
        const int more = part->type->diagnose ? part->type->diagnose(part, own) : 0;
        for (int k = 0; k < more && count < OG_DIAGNOSTICS; k++) {
            own[k].part = own[k].part[0] ? own[k].part : part->type->name;
            list[count++] = own[k];
        }
    }
    return count;
}

const og_agent_type og_agent_auto = {
    .name = "auto",
    .doc =
        "Chooses for you: the default design, designs far from each other, then gp_ei, "
        "ridge_thompson and, where parameters are ordered, forest in turn, those more often that "
        "led to good designs; after some hundred designs tpe and regularized_evolution carry on. "
        "All of them learn from every design.",
    .source =
        "Hoffman, Brochu and de Freitas, Portfolio Allocation for Bayesian Optimization, UAI 2011",
    .options = auto_options,
    .option_count = sizeof auto_options / sizeof *auto_options,
    .state_size = sizeof(auto_state),
    .start = auto_start,
    .batch = auto_batch,
    .ask = auto_ask,
    .tell = auto_tell,
    .diagnose = auto_diagnose,
    .learns_from_given = true,
};
