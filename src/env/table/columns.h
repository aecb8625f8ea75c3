/// The columns of a sheet that are parameters and those that are metrics.
#pragma once

#include "env/table/sheet.h"

/// What a column of parameters is.
typedef enum og_table_kind {
    OG_TABLE_INFERRED,  ///< ordinal when all its cells are numbers, else a choice
    OG_TABLE_ORDINAL,
    OG_TABLE_CHOICE,
} og_table_kind;

typedef struct og_table_column {
    int index;           ///< in the sheet
    const char* header;  ///< as in the sheet
    const char* name;    ///< as a parameter's name; lives in the arena
    og_table_kind kind;  ///< parameters
    int better;          ///< metrics: -1 smaller, +1 larger
} og_table_column;

typedef struct og_table_columns {
    og_table_column* parameters;  ///< list: [parameter_count], >= 1
    int parameter_count;
    og_table_column* metrics;  ///< list: [metric_count], >= 1
    int metric_count;
} og_table_columns;

/// Choose the columns that the texts of the options `parameters` ("" = all that are no metric) and
/// `metrics` ("" = all whose header ends in + or -) ask for, by header or by name. Everything lives
/// in `arena`. Fails, naming the nearest column, when one is unknown, stated twice, or when two get
/// the same name.
og_status og_table_columns_choose(og_arena* arena, const og_sheet* sheet, const char* parameters,
                                  const char* metrics, og_table_columns* columns);
