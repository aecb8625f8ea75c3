#include "agent/team.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/diagnosis.h"

const char* const og_team_advantage_names[2] = {"rank", "standard"};
const char* const og_team_member_names[2] = {"parameter", "group"};

static bool team_draw(og_agent* agent, og_action* chosen, double* x) {
    og_team* team = agent->state;
    return og_actions_draw(&team->proposer.actions, &agent->random, og_policy_pick, &team->policy,
                           chosen, x);
}

static void team_likelihood(og_agent* agent, const og_action* actions, double* probabilities) {
    const og_team* team = agent->state;
    for (int p = 0; p < agent->space->count; p++) {
        probabilities[p] = og_policy_probability(&team->policy, p, &actions[p]);
    }
}

// The learner of each parameter.
static void team_assign(og_agent* agent, og_team* team, bool single) {
    const int count = agent->space->count;
    int* member_of = OG_NEW(agent->arena, int, count);
    const bool groups = !single && (int)agent->options[OG_TEAM_MEMBERS] == OG_TEAM_GROUP;
    for (int i = 0; i < count; i++) {
        member_of[i] = single ? 0 : groups ? agent->space->group_of[i] : i;
    }
    team->member_of = member_of;
    team->members = single ? 1 : groups ? agent->space->group_count : count;
}

void og_team_start(og_agent* agent, bool single, og_team_update* update) {
    og_team* team = agent->state;
    team->proposer = og_proposer_make(agent, team_draw);
    team->policy =
        og_policy_make(agent->arena, &team->proposer.actions, agent->options[OG_TEAM_FLOOR]);
    team->policy.smoothing = (int)agent->options[OG_TEAM_SMOOTHING];
    team_assign(agent, team, single);
    team->update = update;
    team->likelihood = team_likelihood;
    team->batch = (int)agent->options[OG_PROPOSER_BATCH];
    const int imitation = (int)agent->options[OG_TEAM_IMITATION];
    team->best = OG_NEW(agent->arena, og_action, imitation * agent->space->count);
    team->best_told = OG_NEW(agent->arena, og_told, imitation);
    team->capacity = team->batch + imitation;
    const size_t cells = (size_t)team->capacity * (size_t)agent->space->count;
    team->actions = OG_NEW(agent->arena, og_action, cells);
    team->odds = OG_NEW(agent->arena, double, cells);
    team->told = OG_NEW(agent->arena, og_told, team->capacity);
    team->shared = OG_NEW(agent->arena, double, team->capacity);
    team->advantages = OG_NEW(agent->arena, double, team->capacity * team->members);
    team->ratios = OG_NEW(agent->arena, double, team->capacity * team->members);
    team->scales = OG_NEW(agent->arena, double, cells);
    team->order = OG_NEW(agent->arena, int, team->capacity);
}

// Batches learnt from when `batches` are complete.
static double team_lessons(const og_team* team, int64_t batches) {
    const double patience = (double)team->patience / team->batch;
    const double all = (double)batches;
    return team->patience == 0 || all <= patience ? all : 2 * sqrt(patience * all) - patience;
}

// True when batch number `batch` is learnt from.
static bool team_is_lesson(const og_team* team, int64_t batch) {
    return floor(team_lessons(team, batch + 1)) > floor(team_lessons(team, batch));
}

int og_team_ask(og_agent* agent, int count, double* x) {
    og_team* team = agent->state;
    const int width = agent->space->count;
    const int made = og_proposer_ask(agent, &team->proposer, count, x);
    if (team->room < team->proposer.room) {
        team->room = team->proposer.room;
        team->asked = OG_NEW(agent->arena, double, team->room* width);
    }
    for (int i = 0; i < made; i++) {
        const int64_t batch = team->batches + (team->count + i) / team->batch;
        if (team_is_lesson(team, batch)) {
            team->likelihood(agent, team->proposer.proposed + i * width, team->asked + i * width);
        }
    }
    return made;
}

// Bring the designs of the batch into order, the best first.
static void team_sort(og_team* team) {
    for (int i = 0; i < team->count; i++) {
        int low = 0;
        int high = i;
        while (low < high) {
            const int middle = (low + high) / 2;
            const bool before = og_told_better(&team->told[i], &team->told[team->order[middle]]);
            high = before ? middle : high;
            low = before ? low : middle + 1;
        }
        memmove(&team->order[low + 1], &team->order[low], sizeof(int) * (size_t)(i - low));
        team->order[low] = i;
    }
}

// From 1 for the best to -1 for the worst, equals sharing their mean, times sqrt(3): variance 1.
static void team_rank(og_team* team) {
    team_sort(team);
    const int last = team->count - 1;
    for (int i = 0; i <= last;) {
        int end = i + 1;
        while (end <= last &&
               !og_told_better(&team->told[team->order[i]], &team->told[team->order[end]])) {
            end++;
        }
        const double mean = 0.5 * (i + end - 1);
        for (; i < end; i++) {
            team->shared[team->order[i]] = last > 0 ? sqrt(3) * (1 - 2 * mean / last) : 0;
        }
    }
}

// How many deviations a loss is below the mean. Failed designs count as the worst that did not
// fail, and those that violate constraints by their order behind them.
static void team_standardize(og_team* team) {
    double worst = -INFINITY;
    for (int i = 0; i < team->count; i++) {
        const bool counts = !team->told[i].failed && team->told[i].violation <= 0;
        worst = counts ? fmax(worst, team->told[i].loss) : worst;
    }
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < team->count; i++) {
        const bool counts = !team->told[i].failed && team->told[i].violation <= 0;
        const double loss = counts ? team->told[i].loss : isfinite(worst) ? worst : 0;
        team->shared[i] = -loss;
        sum += -loss / team->count;
    }
    for (int i = 0; i < team->count; i++) {
        team->shared[i] -= sum;
        squares += team->shared[i] * team->shared[i] / team->count;
    }
    for (int i = 0; i < team->count; i++) {
        const double unit = sqrt(squares);
        team->shared[i] = unit > 0 && isfinite(unit) ? team->shared[i] / unit : 0;
    }
}

// Put a design with its actions behind those to learn from. Its probabilities are those of the
// present policy unless given.
static void team_add(og_agent* agent, const og_action* actions, const double* probabilities,
                     const og_told* told) {
    og_team* team = agent->state;
    const size_t width = (size_t)agent->space->count;
    const size_t row = (size_t)team->count * width;
    memcpy(team->actions + row, actions, sizeof *actions * width);
    if (probabilities != NULL) {
        memcpy(team->odds + row, probabilities, sizeof *probabilities * width);
    } else {
        team->likelihood(agent, actions, team->odds + row);
    }
    team->told[team->count] =
        (og_told){.loss = told->loss, .violation = told->violation, .failed = told->failed};
    team->count++;
}

// Keep the best of the designs of the batch and of those kept.
static void team_remember(og_agent* agent, og_team* team) {
    const int width = agent->space->count;
    const int most = (int)agent->options[OG_TEAM_IMITATION];
    for (int i = 0; i < team->batch; i++) {
        int place = team->best_count;
        while (place > 0 && og_told_better(&team->told[i], &team->best_told[place - 1])) {
            place--;
        }
        if (place == most) {
            continue;
        }
        team->best_count += team->best_count < most;
        const size_t moved = (size_t)(team->best_count - 1 - place);
        og_action* actions = team->best + place * width;
        memmove(actions + width, actions, sizeof *actions * moved * (size_t)width);
        memmove(&team->best_told[place + 1], &team->best_told[place], sizeof(og_told) * moved);
        memcpy(actions, team->actions + i * width, sizeof *actions * (size_t)width);
        team->best_told[place] = team->told[i];
    }
}

// Learn from a full batch.
static void team_learn(og_agent* agent, og_team* team) {
    if (!team_is_lesson(team, team->batches++)) {
        team_remember(agent, team);
        team->count = 0;
        return;
    }
    for (int i = 0; i < team->best_count; i++) {
        team_add(agent, team->best + i * agent->space->count, NULL, &team->best_told[i]);
    }
    // these were probabilities until now
    for (int i = 0; i < team->count * agent->space->count; i++) {
        team->odds[i] = 1 / team->odds[i];
    }
    if ((int)agent->options[OG_TEAM_ADVANTAGE] == OG_TEAM_RANK) {
        team_rank(team);
    } else {
        team_standardize(team);
    }
    team->update(agent, team);
    team_remember(agent, team);
    team->count = 0;
}

void og_team_tell(og_agent* agent, int count, const og_told* told) {
    og_team* team = agent->state;
    const int width = agent->space->count;
    for (int i = 0; i < count; i++) {
        team_add(agent, team->proposer.proposed + i * width, team->asked + i * width, &told[i]);
        if (team->count == team->batch) {
            team_learn(agent, team);
        }
    }
}

void og_team_share(og_team* team) {
    for (int i = 0; i < team->count; i++) {
        for (int m = 0; m < team->members; m++) {
            team->advantages[i * team->members + m] = team->shared[i];
        }
    }
}

void og_team_compare(og_team* team, int member) {
    const og_policy* policy = &team->policy;
    const int width = policy->actions->space->count;
    for (int i = 0; i < team->count * team->members; i++) {
        team->ratios[i] = 1;
    }
    for (int p = 0; p < width; p++) {
        const int owner = team->member_of[p];
        if (member >= 0 && member != owner) {
            continue;
        }
        const double* weights = policy->weights + policy->actions->first[p];
        for (int i = 0; i < team->count; i++) {
            const int cell = i * width + p;
            const og_action* action = &team->actions[cell];
            team->scales[cell] = og_policy_scale(policy, p, action->allowed);
            team->ratios[i * team->members + owner] *=
                weights[action->choice] * team->scales[cell] * team->odds[cell];
        }
    }
}

double og_team_pull(double advantage, double ratio, double clip) {
    const bool held = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
    return held ? 0 : advantage * ratio;
}

// Add what the designs say about one parameter.
static void team_push(og_team* team, int parameter, double clip) {
    const int width = team->proposer.actions.space->count;
    const int owner = team->member_of[parameter];
    const double share = -1.0 / team->count;
    for (int i = 0; i < team->count; i++) {
        const int learner = i * team->members + owner;
        const int cell = i * width + parameter;
        const double pull = og_team_pull(team->advantages[learner], team->ratios[learner], clip);
        if (pull != 0) {
            og_policy_push(&team->policy, parameter, &team->actions[cell], team->scales[cell],
                           share * pull);
        }
    }
}

void og_team_climb(og_agent* agent, og_team* team, int member, double clip) {
    const double rate = agent->options[OG_TEAM_RATE];
    og_team_compare(team, member);
    for (int p = 0; p < agent->space->count; p++) {
        if (member >= 0 && member != team->member_of[p]) {
            continue;
        }
        team_push(team, p, clip);
        og_policy_push_entropy(&team->policy, p, -agent->options[OG_TEAM_ENTROPY]);
        if (member >= 0) {
            og_policy_step(&team->policy, p, rate);
        }
    }
    if (member < 0) {
        og_policy_step(&team->policy, -1, rate);
    }
}

// What a learner is called: by its parameter or its group; nobody else is there beside a single
// one.
static const char* team_name(const og_agent* agent, const og_team* team, int parameter) {
    if (team->members == 1) {
        return "";
    }
    return team->members == agent->space->count
               ? agent->space->parameters[parameter].name
               : agent->space->groups[agent->space->group_of[parameter]];
}

int og_team_diagnose(og_agent* agent, og_diagnostic* list) {
    const og_team* team = agent->state;
    const og_actions* actions = &team->proposer.actions;
    int count = 0;
    for (int m = 0; m < team->members && count < OG_DIAGNOSTICS; m++) {
        og_indecision indecision = {0};
        for (int p = 0; p < agent->space->count; p++) {
            if (team->member_of[p] == m) {
                og_indecision_add(&indecision, team->policy.weights + actions->first[p],
                                  actions->choices[p]);
                list[count].part = team_name(agent, team, p);
            }
        }
        list[count].name = OG_DIAGNOSTIC_ENTROPY;
        list[count++].value = og_indecision_share(&indecision);
    }
    return count;
}
