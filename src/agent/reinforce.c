// The policy gradient with a baseline.

#include <math.h>

#include "agent/team.h"

static const og_parameter reinforce_options[] = {
    OG_TEAM_ROWS(8, 0.3, 0.1),
};

static void reinforce_update(og_agent* agent, og_team* team) {
    og_team_share(team);
    og_team_climb(agent, team, -1, INFINITY);
}

static og_status reinforce_start(og_agent* agent) {
    og_team_start(agent, true, reinforce_update);
    return OG_OK;
}

const og_agent_type og_agent_reinforce = {
    .name = "reinforce",
    .doc =
        "Makes choices of better designs likelier, one step of the policy gradient for each "
        "batch, with the batch's mean as baseline. The simplest learner of policies: no clip, "
        "no second look at a batch, no critic.",
    .source =
        "Williams, Simple Statistical Gradient-Following Algorithms for Connectionist "
        "Reinforcement Learning, Machine Learning 8, 1992",
    .options = reinforce_options,
    .option_count = sizeof reinforce_options / sizeof *reinforce_options,
    .state_size = sizeof(og_team),
    .start = reinforce_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
    .diagnose = og_team_diagnose,
};
