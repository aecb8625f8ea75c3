// Order of designs: feasibility first (Deb, Computer Methods in Applied Mechanics and Engineering
// 2000).

#include <math.h>

#include "ogive/agent.h"

#define TOLD_PENALTY 1e20  // above every plausible loss
#define TOLD_FAILED 1e30

bool og_told_better(const og_told* a, const og_told* b) {
    if (a->failed != b->failed) {
        return b->failed;
    }
    if (a->violation < b->violation || a->violation > b->violation) {
        return a->violation < b->violation;
    }
    return a->loss < b->loss;
}

double og_told_score(const og_told* told) {
    if (told->failed) {
        return TOLD_FAILED;
    }
    if (told->violation > 0) {
        return fmin(TOLD_PENALTY * (1 + told->violation), 0.9 * TOLD_FAILED);
    }
    return fmin(told->loss, 0.99 * TOLD_PENALTY);
}
