#include "report/picture.h"

#include <math.h>
#include <string.h>

#include "report/csv.h"
#include "report/label.h"

// in the order of help
static const og_picture_kind* const picture_kinds[] = {
    &og_picture_progress,    &og_picture_front,         &og_picture_hypervolume,
    &og_picture_parallel,    &og_picture_importance,    &og_picture_effect,
    &og_picture_interaction, &og_picture_neighbourhood, &og_picture_timeline,
    &og_picture_outcomes,
};
enum { PICTURE_KINDS = sizeof picture_kinds / sizeof *picture_kinds };

static const double picture_wide = 30;  // ratio of values from which an axis is logarithmic

const og_picture_kind* og_picture_kind_at(int index) {
    return index >= 0 && index < PICTURE_KINDS ? picture_kinds[index] : NULL;
}

og_status og_picture_kind_find(const char* name, const og_picture_kind** kind) {
    const char* names[PICTURE_KINDS];
    char all[256] = "";
    for (int i = 0; i < PICTURE_KINDS; i++) {
        names[i] = picture_kinds[i]->name;
        if (strcmp(names[i], name) == 0) {
            *kind = picture_kinds[i];
            return OG_OK;
        }
        strcat(strcat(all, i ? ", " : ""), names[i]);
    }
    const char* nearest = og_text_nearest(name, names, PICTURE_KINDS);
    return og_fail(OG_ERROR_NAME, "no picture '%s'%s%s%s (%s)", name,
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "",
                   all);
}

static og_status picture_check(const og_picture_kind* kind, const og_picture* picture) {
    if (picture->count < 1) {
        return og_fail(OG_ERROR_VALUE, "no study to show");
    }
    if (kind->single && picture->count > 1) {
        return og_fail(OG_ERROR_VALUE,
                       "it shows one study, and there are %d (%s, %s%s): choose with --study",
                       picture->count, picture->studies[0].record.name,
                       picture->studies[1].record.name, picture->count > 2 ? ", ..." : "");
    }
    const struct {
        int field;
        bool given;
        const char* name;
    } fields[] = {
        {OG_PICTURE_AXES, picture->x || picture->y, "axes"},
        {OG_PICTURE_COLOR, picture->color, "a colour"},
        {OG_PICTURE_METRIC, picture->metric, "a metric"},
        {OG_PICTURE_PARAMETER | OG_PICTURE_PARAMETERS, picture->parameters[0], "a parameter"},
        {OG_PICTURE_PARAMETERS, picture->parameters[1], "a second parameter"}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (fields[i].given && !(kind->fields & fields[i].field)) {
            return og_fail(OG_ERROR_VALUE, "it has no choice of %s", fields[i].name);
        }
    }
    return OG_OK;
}

og_status og_picture_svg(const og_picture_kind* kind, const og_picture* picture, og_buffer* out) {
    OG_TRY(picture_check(kind, picture));
    return kind->svg(picture, out);
}

og_status og_picture_csv(const og_picture_kind* kind, const og_picture* picture, og_buffer* out) {
    OG_TRY(picture_check(kind, picture));
    return kind->csv(picture, out);
}

og_status og_picture_open(const og_picture* picture, int index, const og_analysis** analysis,
                          og_quantity* quantity) {
    const og_report_study* study = &picture->studies[index];
    OG_TRY(og_analysis_create(picture->arena, &study->record, study->trials, analysis));
    if (picture->metric) {
        return og_analysis_quantity(*analysis, picture->arena, picture->metric, quantity);
    }
    *quantity = og_analysis_loss(*analysis, picture->arena);
    return OG_OK;
}

og_status og_picture_parameter(const og_study_record* record, const char* name, int* index) {
    enum { MOST = 1024 };
    const char* names[MOST];
    int count = 0;
    for (int i = 0; i < record->space.count && count < MOST; i++) {
        names[count++] = record->space.parameters[i].name;
        if (strcmp(record->space.parameters[i].name, name) == 0) {
            *index = i;
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, count);
    return og_fail(OG_ERROR_NAME, "study %s has no parameter '%s'%s%s%s", record->name, name,
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

const char* og_picture_quantity_label(og_arena* arena, const og_quantity* quantity) {
    return og_svg_label(arena, quantity->name, quantity->unit);
}

const char* og_picture_parameter_label(og_arena* arena, const og_parameter* parameter) {
    return og_svg_label(arena, parameter->name, parameter->unit);
}

const char* og_picture_value(og_arena* arena, const og_parameter* parameter, double value) {
    if (parameter->kind == OG_REAL) {
        return og_svg_number(arena, value);
    }
    og_buffer text = {.arena = arena};
    og_parameter_print(parameter, value, &text);
    return og_text_printable(arena, text.data);
}

void og_picture_cell(const og_parameter* parameter, double value, og_buffer* out) {
    og_buffer text = {.arena = out->arena};
    og_parameter_print(parameter, value, &text);
    og_csv_cell(text.data, out);
}

const char* og_picture_level(og_arena* arena, const og_parameter* parameter,
                             const og_level* level) {
    const char* low = og_picture_value(arena, parameter, level->low);
    return level->low == level->high
               ? low
               : og_text_format(arena, "%s .. %s", low,
                                og_picture_value(arena, parameter, level->high));
}

bool og_picture_is_wide(const double* values, int64_t count) {
    double low = INFINITY;
    double high = 0;
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
        }
    }
    return low > 0 && high > picture_wide * low;
}

bool og_picture_series_wide(const og_series* series, int count, bool of_x) {
    double low = INFINITY;
    double high = 0;
    for (int s = 0; s < count; s++) {
        const double* values = of_x ? series[s].x : series[s].y;
        for (int64_t i = 0; i < series[s].count; i++) {
            if (isfinite(values[i])) {
                low = fmin(low, values[i]);
                high = fmax(high, values[i]);
            }
        }
    }
    return low > 0 && high > picture_wide * low;
}

const char** og_picture_labels(const og_picture* picture) {
    const og_study_record** records =
        OG_NEW(picture->arena, const og_study_record*, picture->count);
    for (int i = 0; i < picture->count; i++) {
        records[i] = &picture->studies[i].record;
    }
    return og_study_labels(picture->arena, records, picture->count);
}
