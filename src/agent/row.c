#include "agent/row.h"

#include <math.h>

#include "agent/position.h"

enum { ROW_CHOICES = 256 };  // most levels of a choice that every learner takes
#define ROW_LEVELS 0x1p20    // ordinals beyond are as good as reals

static og_column row_column(const og_parameter* parameter) {
    const double levels = (double)og_parameter_levels(parameter);
    const bool choice = parameter->kind == OG_CHOICE || parameter->kind == OG_BOOLEAN;
    const bool ratio = parameter->kind == OG_INTEGER && parameter->scale == OG_LOGARITHMIC;
    if (parameter->kind == OG_REAL || ratio || levels > ROW_LEVELS) {
        return (og_column){.kind = OG_COLUMN_REAL};
    }
    // too many levels to learn each alone: their order is all there is to go by
    const bool many = levels > ROW_CHOICES;
    return (og_column){.kind = choice && !many ? OG_COLUMN_CHOICE : OG_COLUMN_ORDINAL,
                       .levels = (int)levels};
}

og_column* og_row_columns(og_arena* arena, const og_space* space) {
    og_column* columns = OG_NEW(arena, og_column, space->count);
    for (int i = 0; i < space->count; i++) {
        columns[i] = row_column(&space->parameters[i]);
    }
    return columns;
}

void og_row_read(const og_space* space, const og_column* columns, const double* x, double* row) {
    for (int i = 0; i < space->count; i++) {
        row[i] = columns[i].kind == OG_COLUMN_REAL
                     ? og_position_of(&space->parameters[i], x[i])
                     : (double)og_parameter_level(&space->parameters[i], x[i]);
    }
}

double og_row_distance(const og_column* columns, int count, const double* a, const double* b) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        const double difference = fabs(a[i] - b[i]);
        if (columns[i].kind == OG_COLUMN_CHOICE) {
            sum += difference > 0;
        } else if (columns[i].kind == OG_COLUMN_REAL) {
            sum += difference;
        } else {
            sum += columns[i].levels > 1 ? difference / (columns[i].levels - 1) : 0;
        }
    }
    return sum / count;
}
