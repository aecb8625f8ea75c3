/// Cells and rows of CSV, shared by the reports and the program's bulk evaluation.
#pragma once

#include "ogive/store.h"
#include "ogive/text.h"

/// Add one cell, quoted when it has to be (RFC 4180).
void og_csv_cell(const char* text, og_buffer* out);

/// Add a number that reads back as the same double; nothing when it is not finite.
void og_csv_number(double value, og_buffer* out);

/// Add the values of x (shape: [count]) as cells, each followed by a comma.
void og_csv_design(const og_parameter* parameters, int count, const double* x, og_buffer* out);

/// Add the metrics y (shape: [count]) as cells, each followed by a comma; empty unless `feasible`.
void og_csv_metrics(const double* y, int count, bool feasible, og_buffer* out);

/// "feasible", "infeasible" or "failed".
const char* og_outcome_name(og_outcome outcome);

/// "proposed", "enqueued", "imported".
const char* og_source_name(og_source source);
