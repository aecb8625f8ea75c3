#include "agent/history.h"

#include <string.h>

enum { HISTORY_FIRST_ROOM = 256 };

og_history og_history_make(og_arena* arena, const og_space* space, const og_column* columns) {
    return (og_history){.arena = arena, .space = space, .columns = columns};
}

static void history_grow(og_history* history) {
    const size_t width = (size_t)history->space->count;
    const size_t count = (size_t)history->count;
    history->room = history->room > 0 ? 2 * history->room : HISTORY_FIRST_ROOM;
    double* rows = OG_NEW(history->arena, double, (size_t)history->room* width);
    double* scores = OG_NEW(history->arena, double, history->room);
    if (count > 0) {
        memcpy(rows, history->rows, sizeof *rows * count * width);
        memcpy(scores, history->scores, sizeof *scores * count);
    }
    history->rows = rows;
    history->scores = scores;
}

void og_history_add(og_history* history, const og_told* told) {
    if (history->count == history->room) {
        history_grow(history);
    }
    og_row_read(history->space, history->columns, told->x,
                history->rows + (size_t)history->count * (size_t)history->space->count);
    history->scores[history->count++] = og_told_score(told);
}
