// Monte Carlo tree search over the choice of one parameter after the other. The levels of an
// ordered parameter are bisected, so that neighbours share what is known about them until there is
// enough to tell them apart. Rewards are ranks among the latest designs, so that they have no unit.
// What the tree does not decide is drawn from distributions that follow the best designs, as nested
// rollout policies do.

#include <math.h>

#include "agent/archive.h"
#include "agent/marginals.h"
#include "agent/position.h"
#include "agent/seen.h"
#include "ogive/agent.h"

enum {
    MCTS_EXPLORATION,
    MCTS_BISECTION,
    MCTS_MODELS,
    MCTS_CHANCE,
    MCTS_BATCH,
    MCTS_DEFAULT_FIRST,
};

static const og_parameter mcts_options[] = {
    {OG_REAL_ROW("exploration", "", 0, 10, 0.5,
                 "Weight of the confidence bound against the mean rank, c in c sqrt(ln N / n).")},
    {OG_BOOLEAN_ROW("bisection", 1,
                    "Split the levels of ordered parameters in halves instead of all at once.")},
    {OG_INTEGER_ROW("models", "", 1, 4096, 10,
                    "Best designs so far that what is below the tree is drawn like.")},
    {OG_REAL_ROW("chance", "", 0.001, 1, 0.3,
                 "Share of the uniform distribution in those draws; 1 for plain chance.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 4,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

#define MCTS_LEAST_WEIGHT 1e-12

enum {
    MCTS_BINS = 1024,   // of a continuum
    MCTS_WINDOW = 256,  // latest designs that a rank is among
    MCTS_TRIES = 8,     // descents for a new design, before one is mutated
};

// Designs whose parameters before `depth` are decided, and whose parameter there is in [low, high].
typedef struct mcts_node {
    int depth;                   // in the order of choice, -1 at the root
    int low, high;               // levels, or bins of a continuum
    struct mcts_node* children;  // list: [child_count], NULL = a leaf of the tree
    int child_count;
    bool closed;     // every design in it was proposed
    double visits;   // designs told
    double reward;   // sum of their ranks
    double pending;  // proposals in it that are not told yet, when `ask` is the current one
    int64_t ask;
} mcts_node;

typedef struct mcts_state {
    og_seen seen;
    og_archive archive;      // the best designs
    og_marginals marginals;  // their distribution
    double* shares;          // of the best designs, list: [models]
    double* weights;         // of levels, list: [most_levels]
    bool stale;              // the distribution does not know what was told last
    mcts_node root;
    bool exact;                   // no continua: a node can be seen to its end
    og_told window[MCTS_WINDOW];  // latest costs; without arrays
    int64_t told;
    int64_t ask;         // asks so far
    bool default_first;  // still to be proposed
} mcts_state;

static og_status mcts_start(og_agent* agent) {
    mcts_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    const int models = (int)agent->options[MCTS_MODELS];
    state->archive = og_archive_make(agent, models);
    state->marginals = og_marginals_make(agent->arena, agent->space);
    state->shares = OG_NEW(agent->arena, double, models);
    state->weights = OG_NEW(agent->arena, double, state->marginals.construction.most_levels);
    state->root = (mcts_node){.depth = -1};
    state->exact = true;
    for (int i = 0; i < agent->space->count; i++) {
        state->exact = state->exact && state->marginals.construction.levels[i] > 0;
    }
    state->default_first = agent->options[MCTS_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int mcts_batch(const og_agent* agent) {
    return (int)agent->options[MCTS_BATCH];
}

// Levels of a parameter, or bins of a continuum.
static int mcts_levels(const mcts_state* state, int index) {
    const int levels = state->marginals.construction.levels[index];
    return levels > 0 ? levels : MCTS_BINS;
}

static int mcts_level(const mcts_state* state, const double* x, int index) {
    const og_parameter* parameter = &state->marginals.construction.space->parameters[index];
    if (state->marginals.construction.levels[index] > 0) {
        return (int)og_parameter_level(parameter, x[index]);
    }
    const int bin = (int)(og_position_of(parameter, x[index]) * MCTS_BINS);
    return bin < MCTS_BINS ? bin : MCTS_BINS - 1;
}

static bool mcts_is_decided(const mcts_node* node) {
    return node->low == node->high;
}

// Give a leaf its children: halves of its levels, or the levels of the next parameter.
static void mcts_expand(og_agent* agent, mcts_node* node) {
    const mcts_state* state = agent->state;
    const og_space* space = agent->space;
    int depth = node->depth;
    int low = node->low;
    int high = node->high;
    if (mcts_is_decided(node)) {
        depth++;
        if (depth == space->count) {
            node->closed = state->exact;
            return;
        }
        low = 0;
        high = mcts_levels(state, state->marginals.construction.order[depth]) - 1;
    }
    const int index = state->marginals.construction.order[depth];
    const bool ordered = space->parameters[index].kind != OG_CHOICE;
    const bool halves = ordered && (agent->options[MCTS_BISECTION] > 0 ||
                                    state->marginals.construction.levels[index] == 0);
    const int levels = high - low + 1;
    node->child_count = halves && levels > 2 ? 2 : levels;
    node->children = OG_NEW(agent->arena, mcts_node, node->child_count);
    for (int i = 0; i < node->child_count; i++) {
        node->children[i] = (mcts_node){
            .depth = depth,
            .low = low + (int)((int64_t)levels * i / node->child_count),
            .high = low + (int)((int64_t)levels * (i + 1) / node->child_count) - 1,
        };
    }
}

// An upper confidence bound of the rank of designs in a child; proposals not yet told count as bad.
static double mcts_bound(const og_agent* agent, const mcts_node* node, const mcts_node* child) {
    const mcts_state* state = agent->state;
    const double pending = child->ask == state->ask ? child->pending : 0;
    const double visits = child->visits + pending;
    if (visits <= 0) {
        return INFINITY;
    }
    const double all = node->visits + (node->ask == state->ask ? node->pending : 0);
    return child->reward / visits +
           agent->options[MCTS_EXPLORATION] * sqrt(log(fmax(all, 1)) / visits);
}

static bool mcts_is_allowed(const mcts_node* node, const bool* allowed) {
    for (int i = node->low; allowed != NULL && i <= node->high; i++) {
        if (allowed[i]) {
            return true;
        }
    }
    return allowed == NULL;
}

// The child to descend to; NULL when all are closed or not allowed.
static mcts_node* mcts_select(og_agent* agent, const mcts_node* node, const bool* allowed) {
    mcts_node* selected = NULL;
    double highest = -INFINITY;
    int equal = 0;
    for (int i = 0; i < node->child_count; i++) {
        mcts_node* child = &node->children[i];
        if (child->closed || !mcts_is_allowed(child, allowed)) {
            continue;
        }
        const double bound = mcts_bound(agent, node, child);
        equal = bound > highest ? 1 : bound < highest ? equal : equal + 1;
        // one of equal children by chance
        if (bound > highest ||
            (!(bound < highest) && og_random_below(&agent->random, (uint64_t)equal) == 0)) {
            selected = child;
            highest = bound;
        }
    }
    return selected;
}

// Draw parameter `index` of x from the part [low, high] of its distribution.
static void mcts_choose(og_agent* agent, int low, int high, double* x, int index) {
    mcts_state* state = agent->state;
    og_marginals* marginals = &state->marginals;
    og_construction* construction = &marginals->construction;
    if (construction->levels[index] == 0) {
        const double begin = (double)low / MCTS_BINS;
        const double length = (double)(high - low + 1) / MCTS_BINS;
        og_construction_place(
            construction, og_marginals_position(marginals, &agent->random, index, begin, length), x,
            index);
        return;
    }
    // levels of the part that the distribution has lost stay possible
    for (int i = 0; i < construction->levels[index]; i++) {
        const bool inside = i >= low && i <= high;
        state->weights[i] = inside ? fmax(marginals->weights[index][i], MCTS_LEAST_WEIGHT) : 0;
    }
    og_construction_draw(construction, &agent->random, state->weights, x, index);
}

// Draw what the tree does not decide: parameters from `leaf` on.
static void mcts_roll_out(og_agent* agent, const mcts_node* leaf, double* x) {
    mcts_state* state = agent->state;
    const int count = agent->space->count;
    for (int i = mcts_is_decided(leaf) ? leaf->depth + 1 : leaf->depth; i < count; i++) {
        const int index = state->marginals.construction.order[i];
        const bool open = i == leaf->depth;
        mcts_choose(agent, open ? leaf->low : 0, open ? leaf->high : mcts_levels(state, index) - 1,
                    x, index);
    }
    og_construction_finish(&state->marginals.construction, &agent->random, x);
}

static void mcts_mark(const mcts_state* state, mcts_node* node) {
    node->pending = (node->ask == state->ask ? node->pending : 0) + 1;
    node->ask = state->ask;
}

// Go down the tree and complete the design in x. False when a node was found to be closed.
static bool mcts_descend(og_agent* agent, double* x) {
    mcts_state* state = agent->state;
    og_construction* construction = &state->marginals.construction;
    mcts_node* node = &state->root;
    const bool* allowed = NULL;
    mcts_mark(state, node);
    while (node->children != NULL) {
        const int index = construction->order[node->children[0].depth];
        if (node->depth != node->children[0].depth) {
            allowed = construction->levels[index] > 0
                          ? og_construction_allowed(construction, x, index)
                          : NULL;
        }
        mcts_node* child = mcts_select(agent, node, allowed);
        if (child == NULL) {
            node->closed = state->exact;
            return false;
        }
        node = child;
        mcts_mark(state, node);
        if (mcts_is_decided(node)) {
            mcts_choose(agent, node->low, node->high, x, index);
        }
    }
    mcts_roll_out(agent, node, x);
    return true;
}

static bool mcts_propose(og_agent* agent, double* x) {
    mcts_state* state = agent->state;
    bool complete = false;
    for (int i = 0; !state->root.closed && (i < MCTS_TRIES || !complete); i++) {
        const bool done = mcts_descend(agent, x);
        complete = complete || done;
        if (done && og_seen_add(&state->seen, x)) {
            return true;
        }
        if (i > MCTS_TRIES * MCTS_BINS) {
            break;
        }
    }
    if (!complete) {
        return og_seen_draw(&state->seen, &agent->random, x);
    }
    // x may be half of a descent that met a closed node
    og_space_repair(agent->space, &agent->random, x);
    return og_seen_claim(&state->seen, &agent->random, x);
}

// Estimate the distribution of the best designs.
static void mcts_fit(og_agent* agent) {
    mcts_state* state = agent->state;
    const int count = state->archive.population.count;
    if (!state->stale) {
        return;
    }
    const og_marginals_rule rule = {.smoothing = agent->options[MCTS_CHANCE]};
    og_archive_shares(count, state->shares);
    og_marginals_fit(&state->marginals, &rule, state->archive.designs, state->shares, count);
    state->stale = false;
}

static int mcts_ask(og_agent* agent, int count, double* x) {
    mcts_state* state = agent->state;
    mcts_fit(agent);
    state->ask++;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else {
            found = mcts_propose(agent, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

// Share of the latest designs that are worse; of two equal ones half a design.
static double mcts_rank(const mcts_state* state, const og_told* told) {
    const int count = (int)(state->told < MCTS_WINDOW ? state->told : MCTS_WINDOW);
    double worse = 0;
    for (int i = 0; i < count; i++) {
        const og_told* other = &state->window[i];
        worse += og_told_better(told, other) ? 1 : og_told_better(other, told) ? 0 : 0.5;
    }
    return count > 0 ? worse / count : 0.5;
}

// The child that design x belongs to.
static mcts_node* mcts_child(const mcts_state* state, const mcts_node* node, const double* x) {
    const int level =
        mcts_level(state, x, state->marginals.construction.order[node->children[0].depth]);
    for (int i = 0; i < node->child_count; i++) {
        if (level <= node->children[i].high) {
            return &node->children[i];
        }
    }
    return &node->children[node->child_count - 1];
}

static void mcts_learn(og_agent* agent, const og_told* told) {
    mcts_state* state = agent->state;
    const double rank = mcts_rank(state, told);
    mcts_node* node = &state->root;
    while (node != NULL) {
        node->visits++;
        node->reward += rank;
        if (node->children == NULL) {
            mcts_expand(agent, node);
            break;
        }
        node = mcts_child(state, node, told->x);
    }
    og_told* latest = &state->window[state->told++ % MCTS_WINDOW];
    *latest = *told;
    latest->x = NULL;
    latest->objectives = NULL;
}

static void mcts_tell(og_agent* agent, int count, const og_told* told) {
    mcts_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        mcts_learn(agent, &told[i]);
        og_archive_add(&state->archive, &told[i]);
    }
    state->stale = count > 0;
}

const og_agent_type og_agent_mcts = {
    .name = "mcts",
    .doc =
        "Grows a tree of choices, one parameter after the other, towards the branches whose "
        "designs rank high. Halves the values of ordered parameters step by step, and meets "
        "constraints and conditions as it goes.",
    .source =
        "Kocsis and Szepesvari, Bandit Based Monte-Carlo Planning, ECML 2006; Negrinho and Gordon, "
        "DeepArchitect, arXiv 1704.08792, 2017 (bisection); Rosin, Nested Rollout Policy "
        "Adaptation, IJCAI 2011 (rollouts that learn)",
    .options = mcts_options,
    .option_count = sizeof mcts_options / sizeof *mcts_options,
    .state_size = sizeof(mcts_state),
    .start = mcts_start,
    .batch = mcts_batch,
    .ask = mcts_ask,
    .tell = mcts_tell,
};
