// Proximal policy optimisation of the whole design by one learner.

#include "agent/team.h"

static const og_parameter ppo_options[] = {
    OG_TEAM_ROWS(8, 0.1, 0.2),
    OG_TEAM_CLIP_ROWS(4, 1),
};

static void ppo_update(og_agent* agent, og_team* team) {
    og_team_share(team);
    for (int epoch = 0; epoch < (int)agent->options[OG_TEAM_EPOCHS]; epoch++) {
        og_team_climb(agent, team, -1, agent->options[OG_TEAM_CLIP]);
    }
}

static og_status ppo_start(og_agent* agent) {
    og_team_start(agent, true, ppo_update);
    return OG_OK;
}

const og_agent_type og_agent_ppo = {
    .name = "ppo",
    .doc =
        "Teaches one policy over all parameters by proximal policy optimisation: several steps "
        "with each batch, held back where the probability of a whole design has moved too far. "
        "The single-agent reference for teams, and ippo but for the joint ratio.",
    .source =
        "Schulman, Wolski, Dhariwal, Radford and Klimov, Proximal Policy Optimization "
        "Algorithms, 2017",
    .options = ppo_options,
    .option_count = sizeof ppo_options / sizeof *ppo_options,
    .state_size = sizeof(og_team),
    .start = ppo_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
    .diagnose = og_team_diagnose,
};
