/// Kinds of pictures, one file each, and what they share.
#pragma once

#include "ogive/report.h"
#include "report/svg_sheet.h"

extern const og_picture_kind og_picture_progress, og_picture_front, og_picture_hypervolume,
    og_picture_parallel, og_picture_importance, og_picture_effect, og_picture_interaction,
    og_picture_neighbourhood, og_picture_timeline, og_picture_outcomes;

/// Study number `index` opened for analysis, with the quantity that the picture explains.
og_status og_picture_open(const og_picture* picture, int index, const og_analysis** analysis,
                          og_quantity* quantity);

/// Index of parameter `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_picture_parameter(const og_study_record* record, const char* name, int* index);

/// Label of an axis that shows `quantity`.
const char* og_picture_quantity_label(og_arena* arena, const og_quantity* quantity);

/// Label of an axis that shows `parameter`.
const char* og_picture_parameter_label(og_arena* arena, const og_parameter* parameter);

/// A value of a parameter as text.
const char* og_picture_value(og_arena* arena, const og_parameter* parameter, double value);

/// Add a value of a parameter as a cell of CSV that reads back as the same value.
void og_picture_cell(const og_parameter* parameter, double value, og_buffer* out);

/// A level of a parameter: one value, or "1 .. 8".
const char* og_picture_level(og_arena* arena, const og_parameter* parameter, const og_level* level);

/// True when all finite values (list: [count]) are positive and far apart: such an axis is
/// logarithmic.
bool og_picture_is_wide(const double* values, int64_t count);

/// The same for one coordinate of several series.
bool og_picture_series_wide(const og_series* series, int count, bool of_x);

/// Who searched each study of the picture, list: [count]; see og_study_labels().
const char** og_picture_labels(const og_picture* picture);
