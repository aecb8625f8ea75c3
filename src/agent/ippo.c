// Independent proximal policy optimisation.

#include "agent/team.h"

static const og_parameter ippo_options[] = {
    OG_TEAM_ROWS(8, 0.1, 0.2),
    OG_TEAM_CLIP_ROWS(4, 0.2),
    OG_TEAM_MEMBERS_ROW,
};

static void ippo_update(og_agent* agent, og_team* team) {
    og_team_share(team);
    for (int epoch = 0; epoch < (int)agent->options[OG_TEAM_EPOCHS]; epoch++) {
        og_team_climb(agent, team, -1, agent->options[OG_TEAM_CLIP]);
    }
}

static og_status ippo_start(og_agent* agent) {
    og_team_start(agent, false, ippo_update);
    return OG_OK;
}

const og_agent_type og_agent_ippo = {
    .name = "ippo",
    .doc =
        "Teaches one policy for each parameter, or group of parameters, by proximal policy "
        "optimisation, as if the teammates were part of the world: the probability ratio is "
        "clipped for each learner alone, where ppo clips that of the whole design.",
    .source =
        "de Witt, Gupta, Makoviichuk, Makoviychuk, Torr, Sun and Whiteson, Is Independent Learning "
        "All You Need in the StarCraft Multi-Agent Challenge?, 2020; Schulman et al. 2017",
    .options = ippo_options,
    .option_count = sizeof ippo_options / sizeof *ippo_options,
    .state_size = sizeof(og_team),
    .start = ippo_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
    .diagnose = og_team_diagnose,
};
