#include "proxy/rows.h"

enum { ROWS_CHOICES = 256 };  // most levels of a choice that every learner takes
#define ROWS_LEVELS 0x1p20    // ordinals beyond are as good as reals

static og_column rows_column(const og_parameter* parameter) {
    const double levels = (double)og_parameter_levels(parameter);
    const bool choice = parameter->kind == OG_CHOICE || parameter->kind == OG_BOOLEAN;
    const bool ratio = parameter->kind == OG_INTEGER && parameter->scale == OG_LOGARITHMIC;
    if (parameter->kind == OG_REAL || ratio || (levels > ROWS_LEVELS && !choice)) {
        return (og_column){.kind = OG_COLUMN_REAL};
    }
    return (og_column){
        .kind = choice && levels <= ROWS_CHOICES ? OG_COLUMN_CHOICE : OG_COLUMN_ORDINAL,
        .levels = (int)levels};
}

og_rows og_rows_make(og_arena* arena, const og_space* space) {
    og_column* columns = OG_NEW(arena, og_column, space->count);
    int* places = OG_NEW(arena, int, space->count);
    int place = 0;
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        columns[i] = rows_column(parameter);
        places[i] = place;
        place += parameter->kind == OG_CHOICE ? parameter->level_count : 1;
    }
    return (og_rows){space, columns, places};
}

void og_rows_read(const og_rows* rows, const double* x, double* encoding, double* row) {
    const og_space* space = rows->space;
    og_space_encode(space, x, encoding);
    for (int i = 0; i < space->count; i++) {
        row[i] = rows->columns[i].kind == OG_COLUMN_REAL
                     ? encoding[rows->places[i]]
                     : (double)og_parameter_level(&space->parameters[i], x[i]);
    }
}
