// A table of designs that were evaluated before, as an environment: evaluation is a lookup.

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "env/table/columns.h"
#include "env/table/levels.h"
#include "env/table/sheet.h"
#include "env/table/table.h"
#include "ogive/environment.h"
#include "ogive/file.h"
#include "ogive/text.h"

enum {
    TABLE_FILE,
    TABLE_PARAMETERS,
    TABLE_METRICS,
    TABLE_MISSING,
    TABLE_DUPLICATES,
};

#define TABLE_LIMIT ((size_t)1 << 31)  // bytes of a file, unpacked

typedef enum table_missing { TABLE_MISSING_INFEASIBLE, TABLE_MISSING_FAILED } table_missing;
static const char* const table_missing_names[] = {"infeasible", "failed"};

typedef enum table_duplicates { TABLE_FIRST, TABLE_MEAN } table_duplicates;
static const char* const table_duplicates_names[] = {"first", "mean"};

static const og_parameter table_options[] = {
    {OG_TEXT_ROW("file", NULL, "CSV file whose first line names its columns; may be gzip data.")},
    {OG_TEXT_ROW("parameters", "",
                 "Columns that are parameters, NAME, NAME:choice or NAME:ordinal, separated by "
                 "commas; empty for all that are no metric.")},
    {OG_TEXT_ROW("metrics", "",
                 "Columns that are metrics, NAME, NAME+ (larger is better) or NAME- (smaller is "
                 "better); empty for all whose header ends in + or -.")},
    {OG_CHOICE_ROW(
        "missing", table_missing_names, TABLE_MISSING_INFEASIBLE,
        "Outcome of designs that the table has no metrics for: no row, or empty cells.")},
    {OG_CHOICE_ROW("duplicates", table_duplicates_names, TABLE_FIRST,
                   "Metrics of a design with several rows: the first one's, or the mean.")},
};

enum { TABLE_OPTION_COUNT = sizeof table_options / sizeof *table_options };

typedef struct table_data {
    int width;         // parameters
    int metric_count;  // metrics
    double* x;         // distinct designs, shape: [count][width]
    double* y;         // their metrics, shape: [count][metric_count]
    int count;
    int* slots;     // open addressing: design + 1, 0 = empty, shape: [mask + 1]
    uint64_t mask;  // slots - 1, a power of two less one
    og_outcome missing;
} table_data;

static uint64_t table_hash(const double* x, int width) {
    uint64_t hash = 0;
    for (int i = 0; i < width; i++) {
        uint64_t bits;
        const double value = x[i] + 0.0;
        memcpy(&bits, &value, sizeof bits);
        // levels differ in the high bits of their doubles: fold them down before multiplying
        hash = (hash ^ bits ^ (bits >> 32)) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static bool table_same(const double* a, const double* b, int width) {
    for (int i = 0; i < width; i++) {
        if (a[i] < b[i] || a[i] > b[i]) {
            return false;
        }
    }
    return true;
}

// Slot where design x is, or where it belongs.
static uint64_t table_slot(const table_data* table, const double* x) {
    uint64_t slot = table_hash(x, table->width) & table->mask;
    while (table->slots[slot] != 0 &&
           !table_same(table->x + (size_t)(table->slots[slot] - 1) * (size_t)table->width, x,
                       table->width)) {
        slot = (slot + 1) & table->mask;
    }
    return slot;
}

static bool table_empty(const char* cell) {
    return cell[0] == '\0' || strcmp(cell, "?") == 0 || strcmp(cell, "nan") == 0 ||
           strcmp(cell, "NaN") == 0;
}

// The metrics of a row; `*whole` is false when one is missing.
static og_status table_metrics(const og_sheet* sheet, const og_table_columns* columns, int row,
                               double* y, bool* whole) {
    *whole = true;
    for (int i = 0; i < columns->metric_count; i++) {
        const char* cell = og_sheet_cell(sheet, row, columns->metrics[i].index);
        if (table_empty(cell)) {
            *whole = false;
        } else if (!og_text_number(cell, &y[i])) {
            return og_fail(OG_ERROR_FILE,
                           "%s:%d: '%s' in metric '%s' is not a finite number, and not empty",
                           sheet->path, sheet->lines[row], cell, columns->metrics[i].header);
        }
    }
    return OG_OK;
}

// Put a row's design and metrics into the table, `counts` how many rows each design has.
static void table_put(table_data* table, const double* x, const double* y, bool mean,
                      double* counts) {
    int* slot = &table->slots[table_slot(table, x)];
    const size_t metrics = (size_t)table->metric_count;
    if (*slot == 0) {
        memcpy(table->x + (size_t)table->count * (size_t)table->width, x,
               sizeof *x * (size_t)table->width);
        memcpy(table->y + (size_t)table->count * metrics, y, sizeof *y * metrics);
        counts[table->count] = 1;
        *slot = ++table->count;
    } else if (mean) {
        double* sums = table->y + (size_t)(*slot - 1) * metrics;
        const double count = ++counts[*slot - 1];
        for (size_t i = 0; i < metrics; i++) {
            sums[i] += (y[i] - sums[i]) / count;
        }
    }
}

// Index all rows that have their metrics; x (shape: [row_count][width]) holds their designs.
static og_status table_index(og_arena* arena, og_arena* scratch, const og_sheet* sheet,
                             const og_table_columns* columns, const double* x, bool mean,
                             table_data* table) {
    const size_t rows = (size_t)sheet->row_count;
    table->mask = 1;
    while (table->mask < 2 * rows) {
        table->mask = 2 * table->mask + 1;
    }
    table->slots = OG_NEW(arena, int, table->mask + 1);
    table->x = OG_NEW(arena, double, rows*(size_t)table->width);
    table->y = OG_NEW(arena, double, rows*(size_t)table->metric_count);
    double* counts = OG_NEW(scratch, double, rows);
    double* y = OG_NEW(scratch, double, table->metric_count);
    for (int i = 0; i < sheet->row_count; i++) {
        bool whole = false;
        OG_TRY(table_metrics(sheet, columns, i, y, &whole));
        if (whole) {
            table_put(table, x + (size_t)i * (size_t)table->width, y, mean, counts);
        }
    }
    if (table->count == 0) {
        return og_fail(OG_ERROR_FILE, "%s: no row has all metrics", sheet->path);
    }
    return OG_OK;
}

// Distance of a design from the middle of every ordered parameter.
static double table_eccentricity(const og_parameter* parameters, const double* x, int width) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
        if (parameters[i].kind == OG_ORDINAL) {
            const double middle = (parameters[i].level_count - 1) / 2.0;
            const double z = (double)og_parameter_level(&parameters[i], x[i]) - middle;
            sum += middle > 0 ? z * z / (middle * middle) : 0;
        }
    }
    return sum;
}

// The default design is the measured one that is nearest to the middle.
static void table_center(const table_data* table, og_parameter* parameters) {
    const double* nearest = NULL;
    double least = INFINITY;
    for (int i = 0; i < table->count; i++) {
        const double* x = table->x + (size_t)i * (size_t)table->width;
        const double distance = table_eccentricity(parameters, x, table->width);
        if (distance < least) {
            least = distance;
            nearest = x;
        }
    }
    for (int i = 0; i < table->width; i++) {
        parameters[i].initial = nearest[i];
    }
}

static void table_describe_metrics(og_arena* arena, const og_table_columns* columns,
                                   og_model* model) {
    og_metric* metrics = OG_NEW(arena, og_metric, columns->metric_count);
    for (int i = 0; i < columns->metric_count; i++) {
        const og_table_column* column = &columns->metrics[i];
        metrics[i] = (og_metric){
            .name = og_text_format(arena, "%s", column->name),
            .unit = "",
            .doc = og_text_format(arena, "Column '%s' of the table.", column->header),
            .better = column->better,
        };
    }
    model->metrics = metrics;
    model->metric_count = columns->metric_count;
}

static const char* table_identity(og_arena* arena, const og_settings* options, uint64_t content) {
    return og_text_format(arena,
                          "table 1: content=%016llx parameters=%s metrics=%s missing=%s "
                          "duplicates=%s",
                          (unsigned long long)content, options->texts[TABLE_PARAMETERS],
                          options->texts[TABLE_METRICS],
                          table_missing_names[(int)options->values[TABLE_MISSING]],
                          table_duplicates_names[(int)options->values[TABLE_DUPLICATES]]);
}

static og_status table_build(og_arena* arena, og_arena* scratch, const og_settings* options,
                             const og_sheet* sheet, og_model* model) {
    og_table_columns columns;
    OG_TRY(og_table_columns_choose(scratch, sheet, options->texts[TABLE_PARAMETERS],
                                   options->texts[TABLE_METRICS], &columns));
    const int width = columns.parameter_count;
    table_data* table = OG_NEW(arena, table_data, 1);
    *table = (table_data){
        .width = width,
        .metric_count = columns.metric_count,
        .missing = options->values[TABLE_MISSING] > 0 ? OG_FAILED : OG_INFEASIBLE,
    };
    og_parameter* parameters = OG_NEW(arena, og_parameter, width);
    double* x = OG_NEW(scratch, double, (size_t)sheet->row_count*(size_t)width);
    for (int i = 0; i < width; i++) {
        const og_arena_mark mark = og_arena_here(scratch);
        OG_TRY(og_table_levels_make(arena, scratch, sheet, &columns.parameters[i], &parameters[i],
                                    x + i, width));
        og_arena_rewind(scratch, mark);
    }
    const bool mean = options->values[TABLE_DUPLICATES] > 0;
    OG_TRY(table_index(arena, scratch, sheet, &columns, x, mean, table));
    table_center(table, parameters);
    table_describe_metrics(arena, &columns, model);
    model->space = (og_space_table){.parameters = parameters, .count = width};
    model->data = table;
    return OG_OK;
}

og_status og_table_open_text(og_arena* arena, const og_settings* options, const char* path,
                             char* data, size_t size, og_model* model) {
    model->identity = table_identity(arena, options, og_hash(OG_HASH_START, data, size));
    og_arena* scratch = og_arena_create();
    og_sheet sheet;
    og_status status = og_sheet_parse(scratch, path, data, size, &sheet);
    if (status == OG_OK) {
        status = table_build(arena, scratch, options, &sheet, model);
    }
    og_arena_destroy(scratch);
    return status;
}

static og_status table_open(og_arena* arena, const og_settings* options, og_model* model) {
    const char* path = options->texts[TABLE_FILE];
    og_arena* content = og_arena_create();
    char* data = NULL;
    size_t size = 0;
    og_status status = og_file_read(content, path, TABLE_LIMIT, &data, &size);
    if (status == OG_OK) {
        status = og_table_open_text(arena, options, path, data, size, model);
    }
    og_arena_destroy(content);
    return status;
}

static og_outcome table_evaluate(const void* data, const double* x, double* y, og_arena* scratch,
                                 const char** reason) {
    (void)scratch;
    const table_data* table = data;
    const int design = table->slots[table_slot(table, x)] - 1;
    if (design < 0) {
        *reason = "the table has no metrics for this design";
        return table->missing;
    }
    memcpy(y, table->y + (size_t)design * (size_t)table->metric_count,
           sizeof *y * (size_t)table->metric_count);
    return OG_FEASIBLE;
}

const og_environment og_environment_table = {
    .name = "table",
    .doc =
        "Any CSV file of evaluated designs, searched as if it were the system that it was measured "
        "on. For public tables of architectures and tuning spaces, for one's own logs, and for "
        "comparing agents where the true optimum is known: an evaluation is a lookup.",
    .source =
        "the table's own; headers that end in + or - as in the MOOT collection (Menzies and "
        "others, https://github.com/timm/moot)",
    .options = table_options,
    .option_count = TABLE_OPTION_COUNT,
    .open = table_open,
    .evaluate = table_evaluate,
};
