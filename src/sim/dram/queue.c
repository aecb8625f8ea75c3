// The scheduler's queues: which request a bank serves next, and whether another one fits.
#include <assert.h>

#include "sim/dram/channel.h"

static int queue_list(const dram_channel* c, int32_t request) {
    return c->split_lists ? c->entries[request].write : 0;
}

bool og_dram_queue_space(const dram_channel* c) {
    const int size = c->controller->request_buffer_size;
    switch (c->controller->scheduler_buffer) {
    case OG_DRAM_BUFFER_BANKWISE: {
        // the bank of the last request decides for all
        const dram_lane* l = &c->lanes[c->last_lane];
        return l->count[0] + l->count[1] < size;
    }
    case OG_DRAM_BUFFER_READ_WRITE: return c->reads < size && c->writes < size;
    default: return c->reads + c->writes < size;
    }
}

// every bank chooses anew
static void queue_touch_all(dram_channel* c) {
    c->touched[0] = c->touched[1] = UINT64_MAX;
}

// enter or leave write drain
static void queue_write_mode(dram_channel* c) {
    const bool before = c->write_mode;
    if (c->write_mode) {
        c->write_mode = !(c->writes <= c->controller->write_low_watermark && c->reads != 0);
    } else {
        c->write_mode = c->writes > c->controller->write_high_watermark || c->reads == 0;
    }
    if (before != c->write_mode && c->controller->scheduler == OG_DRAM_SCHEDULER_GRP_FRFCFS_WM) {
        queue_touch_all(c);
    }
}

void og_dram_queue_add(dram_channel* c, int32_t request) {
    const dram_entry* entry = &c->entries[request];
    dram_lane* l = &c->lanes[entry->lane];
    const int list = queue_list(c, request);
    c->next[request] = DRAM_NO_REQUEST;
    c->previous[request] = l->tail[list];
    if (l->tail[list] == DRAM_NO_REQUEST) {
        l->head[list] = request;
    } else {
        c->next[l->tail[list]] = request;
    }
    l->tail[list] = request;
    l->count[list]++;
    c->last_lane = entry->lane;
    *(entry->write ? &c->writes : &c->reads) += 1;
    queue_write_mode(c);
}

void og_dram_queue_remove(dram_channel* c, int32_t request) {
    const dram_entry* entry = &c->entries[request];
    dram_lane* l = &c->lanes[entry->lane];
    const int list = queue_list(c, request);
    const int32_t before = c->previous[request];
    const int32_t after = c->next[request];
    *(before == DRAM_NO_REQUEST ? &l->head[list] : &c->next[before]) = after;
    *(after == DRAM_NO_REQUEST ? &l->tail[list] : &c->previous[after]) = before;
    l->count[list]--;
    if (c->last_direction != entry->write && c->controller->scheduler != OG_DRAM_SCHEDULER_FIFO &&
        c->controller->scheduler != OG_DRAM_SCHEDULER_FRFCFS) {
        queue_touch_all(c);
    }
    c->last_direction = entry->write;
    *(entry->write ? &c->writes : &c->reads) -= 1;
    queue_write_mode(c);
}

// first request for the open row in `list`, else its head
static int32_t queue_first_hit(const dram_channel* c, const dram_lane* l, int list) {
    if (l->open_row >= 0) {
        for (int32_t i = l->head[list]; i != DRAM_NO_REQUEST; i = c->next[i]) {
            if (c->entries[i].row == l->open_row) {
                return i;
            }
        }
    }
    return l->head[list];
}

// an older request waits for the same column of the open row
static bool queue_hazard(const dram_channel* c, const dram_lane* l, int32_t request) {
    for (int32_t i = l->head[0]; i != request; i = c->next[i]) {
        if (c->entries[i].row == l->open_row &&
            c->entries[i].column == c->entries[request].column) {
            return true;
        }
    }
    return false;
}

// among the row hits, the first in the direction of the last column command
static int32_t queue_grouped_hit(const dram_channel* c, const dram_lane* l) {
    if (l->open_row >= 0) {
        for (int32_t i = l->head[0]; i != DRAM_NO_REQUEST; i = c->next[i]) {
            if (c->entries[i].row == l->open_row && c->entries[i].write == c->last_direction &&
                !queue_hazard(c, l, i)) {
                return i;
            }
        }
    }
    return queue_first_hit(c, l, 0);
}

int32_t og_dram_queue_next(const dram_channel* c, int lane) {
    const dram_lane* l = &c->lanes[lane];
    switch (c->controller->scheduler) {
    case OG_DRAM_SCHEDULER_FIFO: return l->head[0];
    case OG_DRAM_SCHEDULER_FRFCFS: return queue_first_hit(c, l, 0);
    case OG_DRAM_SCHEDULER_FRFCFS_GRP: return queue_grouped_hit(c, l);
    case OG_DRAM_SCHEDULER_GRP_FRFCFS: {
        const int first = c->last_direction;
        return queue_first_hit(c, l, l->count[first] ? first : !first);
    }
    default: return queue_first_hit(c, l, c->write_mode);
    }
}

// the list that the adaptive page policies look at for a bank that serves `request`
static int queue_policy_list(const dram_channel* c, int32_t request) {
    if (c->controller->scheduler == OG_DRAM_SCHEDULER_GRP_FRFCFS_WM) {
        return c->write_mode;
    }
    return queue_list(c, request);
}

bool og_dram_queue_further(const dram_channel* c, int lane, int32_t request) {
    return c->lanes[lane].count[queue_policy_list(c, request)] >= 2;
}

bool og_dram_queue_further_hit(const dram_channel* c, int lane, int32_t request) {
    const dram_lane* l = &c->lanes[lane];
    const int32_t head = l->head[queue_policy_list(c, request)];
    if (c->controller->scheduler == OG_DRAM_SCHEDULER_FIFO) {
        const int32_t second = head == DRAM_NO_REQUEST ? head : c->next[head];
        return second != DRAM_NO_REQUEST && c->entries[second].row == l->open_row;
    }
    int hits = 0;
    for (int32_t i = head; i != DRAM_NO_REQUEST && hits < 2; i = c->next[i]) {
        hits += c->entries[i].row == l->open_row;
    }
    return hits == 2;
}
