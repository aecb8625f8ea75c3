/// From finished jobs to tables.
#pragma once

#include "compare/jobs.h"

/// Fill `table` for environment `environment`; all jobs are done.
void og_table_of_jobs(og_arena* arena, const og_jobs* jobs, int environment,
                      og_compare_table* table);

/// Mean ranks over all tables, with their test.
void og_table_ranks(og_arena* arena, og_compare_result* result);

/// Regret of a curve within the first `evaluations`, by the optimum and the scale of `table`.
double og_table_regret(og_arena* scratch, const og_task* task, const og_compare_table* table,
                       const og_compare_curve* curve, int64_t evaluations);
