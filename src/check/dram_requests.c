// Requests by number and by place. Places are sorted once, so that a trace without request numbers
// (of another simulator) is matched as well.
#include "check/dram_requests.h"

#include <assert.h>
#include <stdlib.h>

typedef struct dram_requests_entry {
    og_dram_check_request request;
    int64_t index;
} dram_requests_entry;

struct og_dram_requests {
    const og_dram_check_request* list;
    int64_t count;
    bool* served;                // by index
    dram_requests_entry* order;  // by place, then index
    int64_t* next;               // of each first entry of a place: where its unserved ones begin
};

static int dram_requests_compare_int(int a, int b) {
    return (a > b) - (a < b);
}

static int dram_requests_compare_place(const og_dram_check_request* a,
                                       const og_dram_check_request* b) {
    const int differences[] = {
        dram_requests_compare_int(a->channel, b->channel),
        dram_requests_compare_int(a->rank, b->rank),
        dram_requests_compare_int(a->bank_group, b->bank_group),
        dram_requests_compare_int(a->bank, b->bank),
        dram_requests_compare_int(a->row, b->row),
        dram_requests_compare_int(a->column, b->column),
        dram_requests_compare_int(a->write, b->write),
    };
    for (size_t i = 0; i < sizeof differences / sizeof differences[0]; ++i) {
        if (differences[i] != 0) {
            return differences[i];
        }
    }
    return 0;
}

static int dram_requests_compare(const void* left, const void* right) {
    const dram_requests_entry* a = left;
    const dram_requests_entry* b = right;
    const int place = dram_requests_compare_place(&a->request, &b->request);
    return place != 0 ? place : (a->index > b->index) - (a->index < b->index);
}

og_dram_requests* og_dram_requests_start(og_arena* arena, const og_dram_check_request* requests,
                                         int64_t count) {
    assert(count >= 0 && (requests || count == 0));
    og_dram_requests* result = OG_NEW(arena, og_dram_requests, 1);
    result->list = requests;
    result->count = count;
    result->served = OG_NEW(arena, bool, count);
    result->order = OG_NEW(arena, dram_requests_entry, count);
    result->next = OG_NEW(arena, int64_t, count);
    for (int64_t i = 0; i < count; ++i) {
        result->order[i] = (dram_requests_entry){requests[i], i};
        result->next[i] = i;
    }
    if (count > 0) {
        qsort(result->order, (size_t)count, sizeof result->order[0], dram_requests_compare);
    }
    return result;
}

static og_dram_check_request dram_requests_place(const og_dram_check_event* event) {
    return (og_dram_check_request){
        .channel = event->channel,
        .rank = event->rank,
        .bank_group = event->bank_group,
        .bank = event->bank,
        .row = event->row,
        .column = event->column,
        .write = event->kind == OG_DRAM_CHECK_WR || event->kind == OG_DRAM_CHECK_WRA,
    };
}

// first entry of the order whose place is not below `place`
static int64_t dram_requests_first(const og_dram_requests* requests,
                                   const og_dram_check_request* place) {
    int64_t low = 0;
    int64_t high = requests->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (dram_requests_compare_place(&requests->order[middle].request, place) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static og_dram_request_fate dram_requests_serve_place(og_dram_requests* requests,
                                                      const og_dram_check_request* place) {
    const int64_t first = dram_requests_first(requests, place);
    if (first == requests->count ||
        dram_requests_compare_place(&requests->order[first].request, place) != 0) {
        return OG_DRAM_REQUEST_UNKNOWN;
    }
    int64_t* next = &requests->next[first];
    while (*next < requests->count && requests->served[requests->order[*next].index]) {
        ++*next;
    }
    if (*next == requests->count ||
        dram_requests_compare_place(&requests->order[*next].request, place) != 0) {
        return OG_DRAM_REQUEST_TWICE;
    }
    requests->served[requests->order[*next].index] = true;
    return OG_DRAM_REQUEST_SERVED;
}

og_dram_request_fate og_dram_requests_serve(og_dram_requests* requests,
                                            const og_dram_check_event* event) {
    const og_dram_check_request place = dram_requests_place(event);
    if (event->request < 0) {
        return dram_requests_serve_place(requests, &place);
    }
    if (event->request >= requests->count) {
        return OG_DRAM_REQUEST_UNKNOWN;
    }
    const bool again = requests->served[event->request];
    requests->served[event->request] = true;
    if (dram_requests_compare_place(&requests->list[event->request], &place) != 0) {
        return OG_DRAM_REQUEST_PLACE;
    }
    return again ? OG_DRAM_REQUEST_TWICE : OG_DRAM_REQUEST_SERVED;
}

const og_dram_check_request* og_dram_requests_missing(const og_dram_requests* requests,
                                                      int64_t* index) {
    while (*index < requests->count && requests->served[*index]) {
        ++*index;
    }
    return *index < requests->count ? &requests->list[*index] : NULL;
}
