/// Studies read from a store, for the commands that show them.
#pragma once

#include "cli/command.h"
#include "ogive/report.h"
#include "ogive/store.h"

/// The studies that option "study" names, or all of the store given as argument 0, in order of
/// creation (list: [*count]). Fails when the store has none. The store stays open; close it.
og_status og_stored_studies(const og_call* call, og_store** store, og_study_record** studies,
                            int* count);

/// All trials of `record`, in the arena of `call`.
og_status og_stored_trials(const og_call* call, og_store* store, const og_study_record* record,
                           og_report_study* study);

/// What the agent of `record` told of its search, in the arena of `call`.
og_status og_stored_diagnostics(const og_call* call, og_store* store, const og_study_record* record,
                                og_report_study* study);

/// Write what was made of the store to where option "output" says, which must not be the store.
og_status og_stored_write(const og_call* call, const og_buffer* text);

/// Trial number `number` of `record`; NULL when there is none.
og_status og_stored_trial(const og_call* call, og_store* store, const og_study_record* record,
                          int64_t number, const og_trial** trial);
