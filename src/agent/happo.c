// Heterogeneous-agent proximal policy optimisation: teammates improve one after the other.

#include "agent/team.h"

static const og_parameter happo_options[] = {
    OG_TEAM_ROWS(8, 0.1, 0.2),
    OG_TEAM_CLIP_ROWS(4, 0.1),
    OG_TEAM_MEMBERS_ROW,
};

typedef struct happo_state {
    og_team team;
    int* turns;  // members in the order of this batch, shape: [members]
} happo_state;

// Members in random order.
static void happo_shuffle(og_agent* agent, happo_state* state) {
    for (int i = 0; i < state->team.members; i++) {
        const int k = (int)og_random_below(&agent->random, (uint64_t)i + 1);
        state->turns[i] = state->turns[k];
        state->turns[k] = i;
    }
}

// The design's advantage is weighted with how much likelier those before have made their part.
static void happo_update(og_agent* agent, og_team* team) {
    happo_state* state = agent->state;
    happo_shuffle(agent, state);
    og_team_share(team);
    for (int turn = 0; turn < team->members; turn++) {
        const int member = state->turns[turn];
        for (int epoch = 0; epoch < (int)agent->options[OG_TEAM_EPOCHS]; epoch++) {
            og_team_climb(agent, team, member, agent->options[OG_TEAM_CLIP]);
        }
        if (turn + 1 == team->members) {
            break;
        }
        og_team_compare(team, member);
        for (int i = 0; i < team->count; i++) {
            const int own = i * team->members + member;
            const int next = i * team->members + state->turns[turn + 1];
            team->advantages[next] = team->advantages[own] * team->ratios[own];
        }
    }
}

static og_status happo_start(og_agent* agent) {
    happo_state* state = agent->state;
    og_team_start(agent, false, happo_update);
    state->turns = OG_NEW(agent->arena, int, state->team.members);
    return OG_OK;
}

const og_agent_type og_agent_happo = {
    .name = "happo",
    .doc =
        "Improves the policies of a team one after the other, in random order: each sees the "
        "advantages weighted with the changes of those before it, so that steps that are good "
        "alone do not undo each other. Differs from ippo in nothing else.",
    .source =
        "Kuba, Chen, Wen, Wen, Sun, Wang and Yang, Trust Region Policy Optimisation in "
        "Multi-Agent Reinforcement Learning, ICLR 2022",
    .options = happo_options,
    .option_count = sizeof happo_options / sizeof *happo_options,
    .state_size = sizeof(happo_state),
    .start = happo_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
    .diagnose = og_team_diagnose,
};
