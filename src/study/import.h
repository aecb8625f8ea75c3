/// Trials of other tools, as the beginning of a study.
#pragma once

#include "study/run.h"

/// What is imported, and how its columns are understood.
typedef struct og_import {
    const char* path;              ///< an Optuna SQLite file, a CSV table or an ArchGym trajectory
    const char* study;             ///< of an Optuna file; NULL = the only one
    const og_assignment* renames;  ///< column: parameter or metric; list: [rename_count]
    int rename_count;
    const og_assignment* scales;  ///< metric: factor that its column is multiplied by; list:
    int scale_count;              ///< [scale_count]
    const char* const* values;    ///< names for values that have none (objectives of Optuna,
    int value_count;              ///< observations of ArchGym), list: [value_count]; 0 = the
                                  ///< objectives of the plan that are plain metrics
    bool designs_only;  ///< metrics are not looked at, and no study is made: the trials of the
                        ///< result have designs alone
    bool skip;          ///< leave out rows that do not fit, instead of failing
} og_import;

/// One trial as another tool recorded it.
typedef struct og_import_row {
    const char* place;   ///< "file:line" or "file: trial 3"
    const char** cells;  ///< list: [column_count]; NULL = no value
    og_outcome outcome;
    const char* reason;
} og_import_row;

/// Trials as texts under names of columns.
typedef struct og_import_table {
    const char** columns;  ///< list: [column_count]
    int column_count;
    int column_room;
    og_import_row* rows;  ///< list: [row_count]
    int64_t row_count;
    int64_t row_room;
    int64_t unfinished;  ///< trials that were left out because they have no end
} og_import_table;

/// The column `name`, which is added when there is none yet.
int og_import_column(og_arena* arena, og_import_table* table, const char* name);

/// The column `name`, -1 when there is none.
int og_import_find_column(const og_import_table* table, const char* name);

/// Add a row without values.
og_import_row* og_import_add(og_arena* arena, og_import_table* table, const char* place);

/// Read a CSV table or an ArchGym trajectory from text; `name` stands for the file in messages.
/// `values` (list: [value_count]) are names for observations.
og_status og_import_read_text(og_arena* arena, const char* text, size_t size, const char* name,
                              const char* const* values, int value_count, og_import_table* table);

/// Read the study of an Optuna SQLite file (Optuna 3 and 4); `values` (list: [value_count]) are
/// names for its objectives.
og_status og_import_read_optuna(og_arena* arena, const char* path, const char* study,
                                const char* const* values, int value_count, og_import_table* table);

enum { OG_IMPORT_PROBLEMS = 20 };

/// What came of an import.
typedef struct og_import_result {
    og_study_record record;
    og_trial* trials;       ///< list: [record.trial_count]
    int64_t bad;            ///< rows that do not fit; nothing was imported unless they are skipped
    int64_t unfinished;     ///< trials without an end, left out
    const char** problems;  ///< list: [min(bad, OG_IMPORT_PROBLEMS)], "place: what"
    const char** unused;    ///< columns that nothing was made of, list: [unused_count]
    int unused_count;
} og_import_result;

/// Make the rows of `table` trials of `run`, which is started. Rows that do not fit are described
/// in `result`.
og_status og_import_rows(og_run* run, const og_import* import, const og_import_table* table,
                         og_import_result* result);

/// Import into the store of `plan` as a new study of its name, which any agent may go on with. Its
/// agent and budget are not looked at. Succeeds without a study when rows are bad and are not
/// skipped.
og_status og_study_import(og_arena* arena, const og_plan* plan, const og_import* import,
                          og_import_result* result);

/// The same into a given environment.
og_status og_study_import_with(og_arena* arena, const og_plan* plan,
                               const og_environment* environment, const og_import* import,
                               og_import_result* result);
