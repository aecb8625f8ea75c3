// Staggered power-down: a rank without requests enters power-down; a refresh that finds it still
// without requests sends it on to self-refresh; a request wakes it.
#include "sim/dram/channel.h"

void og_dram_power_down_enter(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    r->idle = true;
    if (r->state == DRAM_DOWN_AWAKE) {
        r->entry = true;
    }
}

void og_dram_power_down_exit(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    r->idle = false;
    r->self_asked = false;
    og_dram_power_down_interrupt(c, rank);
}

void og_dram_power_down_interrupt(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    r->entry = false;
    if (r->state != DRAM_DOWN_AWAKE) {
        r->exit_asked = true;
    }
}

void og_dram_power_down_start(dram_channel* c, int rank) {
    dram_rank* r = &c->ranks[rank];
    r->down_command = OG_DRAM_COMMANDS;
    if (c->controller->power_down == OG_DRAM_POWER_DOWN_NONE) {
        return;
    }
    if (r->exit_asked) {
        static const og_dram_command exits[] = {
            [DRAM_DOWN_AWAKE] = OG_DRAM_COMMANDS,     [DRAM_DOWN_ACTIVE] = OG_DRAM_PDXA,
            [DRAM_DOWN_PRECHARGED] = OG_DRAM_PDXP,    [DRAM_DOWN_SELF_REFRESH] = OG_DRAM_SREX,
            [DRAM_DOWN_EXTRA_REFRESH] = OG_DRAM_REFA,
        };
        r->down_command = exits[r->state];
    } else if (r->entry) {
        r->down_command = r->open_rows > 0 ? OG_DRAM_PDEA : OG_DRAM_PDEP;
    } else if (r->self_asked) {
        r->down_command = OG_DRAM_SREF;
    }
}

void og_dram_power_down_update(dram_channel* c, int rank, og_dram_command command) {
    dram_rank* r = &c->ranks[rank];
    switch (command) {
    case OG_DRAM_PDEA:
    case OG_DRAM_PDEP:
        r->state = command == OG_DRAM_PDEA ? DRAM_DOWN_ACTIVE : DRAM_DOWN_PRECHARGED;
        r->entry = false;
        break;
    case OG_DRAM_SREF:
        r->state = DRAM_DOWN_SELF_REFRESH;
        r->entry = false;
        r->self_asked = false;
        break;
    case OG_DRAM_PDXA:
    case OG_DRAM_PDXP:
        r->state = DRAM_DOWN_AWAKE;
        r->exit_asked = false;
        r->self_asked = command == OG_DRAM_PDXP && r->idle;
        break;
    case OG_DRAM_SREX: r->state = DRAM_DOWN_EXTRA_REFRESH; break;
    case OG_DRAM_REFA:
        if (r->state == DRAM_DOWN_EXTRA_REFRESH) {
            r->state = DRAM_DOWN_AWAKE;
            r->exit_asked = false;
        } else if (r->idle) {
            r->entry = true;
        }
        break;
    case OG_DRAM_REFB:
    case OG_DRAM_REFS: r->entry = r->entry || r->idle; break;
    default: break;
    }
}
