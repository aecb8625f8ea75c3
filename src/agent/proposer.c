#include "agent/proposer.h"

og_proposer og_proposer_make(og_agent* agent, og_proposer_draw* draw) {
    const int ranges = (int)agent->options[OG_PROPOSER_RANGES];
    return (og_proposer){
        .actions = og_actions_make(agent->arena, agent->space, ranges),
        .seen = og_seen_make(agent->arena, agent->space, &agent->random),
        .draw = draw,
        .repeat = agent->options[OG_PROPOSER_REPEAT] > 0,
        .default_first = agent->options[OG_PROPOSER_DEFAULT_FIRST] > 0,
    };
}

int og_proposer_batch(const og_agent* agent) {
    return (int)agent->options[OG_PROPOSER_BATCH];
}

// One design and its choices; false when all are seen.
static bool proposer_propose(og_agent* agent, og_proposer* proposer, og_action* chosen, double* x) {
    if (proposer->default_first) {
        proposer->default_first = false;
        og_space_initial(agent->space, x);
        og_actions_read(&proposer->actions, x, chosen);
        return og_seen_add(&proposer->seen, x);
    }
    const bool known = proposer->draw(agent, chosen, x);
    if (known && (proposer->repeat || og_seen_add(&proposer->seen, x))) {
        return true;
    }
    const bool found = proposer->repeat || og_seen_claim(&proposer->seen, &agent->random, x);
    og_actions_read(&proposer->actions, x, chosen);
    return found;
}

int og_proposer_ask(og_agent* agent, og_proposer* proposer, int count, double* x) {
    const int width = agent->space->count;
    if (count > proposer->room) {
        proposer->room = count > 2 * proposer->room ? count : 2 * proposer->room;
        proposer->proposed = OG_NEW(agent->arena, og_action, proposer->room * width);
    }
    int made = 0;
    while (made < count &&
           proposer_propose(agent, proposer, proposer->proposed + made * width, x + made * width)) {
        made++;
    }
    return made;
}
