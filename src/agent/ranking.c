#include "agent/ranking.h"

#include <string.h>

// Designs that are better than `told`, or not worse.
static int ranking_count(const og_ranking* ranking, const og_told* told, bool equal_too) {
    int low = 0;
    int high = ranking->count;
    while (low < high) {
        const int middle = (low + high) / 2;
        const og_told* kept = &ranking->kept[middle];
        const bool before = equal_too ? !og_told_better(told, kept) : og_told_better(kept, told);
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

void og_ranking_add(og_ranking* ranking, og_random* random, const og_told* told) {
    ranking->told++;
    if (ranking->count == OG_RANKING_SIZE) {
        const uint64_t place = og_random_below(random, ranking->told);
        if (place >= OG_RANKING_SIZE) {
            return;
        }
        ranking->count--;
        memmove(&ranking->kept[place], &ranking->kept[place + 1],
                sizeof(og_told) * ((size_t)ranking->count - place));
    }
    const int place = ranking_count(ranking, told, true);
    memmove(&ranking->kept[place + 1], &ranking->kept[place],
            sizeof(og_told) * (size_t)(ranking->count - place));
    ranking->kept[place] =
        (og_told){.loss = told->loss, .violation = told->violation, .failed = told->failed};
    ranking->count++;
}

double og_ranking_reward(const og_ranking* ranking, const og_told* told) {
    const int better = ranking_count(ranking, told, false);
    const int reached = ranking_count(ranking, told, true);
    return ranking->count > 0 ? 1 - (double)(better + reached) / ranking->count : 0;
}
