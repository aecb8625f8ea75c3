/// Results of studies for people.
#pragma once

#include "ogive/store.h"
#include "ogive/text.h"

/// What a study found: its best design against the default one, metrics and parameters.
/// `best` is trial number record->best, or NULL.
void og_result_print(const og_study_record* record, const og_trial* best, int columns, bool color,
                     og_buffer* out);

/// Why a study stopped, in words.
const char* og_stop_text(og_stop stop);

/// "-12.3 %" or "+4.5 %", "0 %", "-" when there is no base.
const char* og_change_text(og_arena* arena, double from, double to);

/// Say why no trial (list: [record->trial_count]) counts as a result: the commonest reason of those
/// that have no metrics, and the constraint most often broken with the value that came nearest.
void og_result_print_failure(const og_study_record* record, const og_trial* trials, og_buffer* out);
