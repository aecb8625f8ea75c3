#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/result.h"
#include "cli/study_store.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "report/label.h"
#include "report/objective.h"

// a study and what comparisons need of it
typedef struct best_entry {
    const og_study_record* record;
    const og_trial* best;  // NULL = none accepted
    double seconds;        // from its beginning to the end of its last trial
    int group;             // studies that can be compared share a group
    const char* label;     // studies of a group that differ in their seed alone share a label
} best_entry;

static void best_label(og_arena* arena, best_entry* entries, int count, int group) {
    const og_study_record** records = OG_NEW(arena, const og_study_record*, count);
    int members = 0;
    for (int i = 0; i < count; i++) {
        if (entries[i].group == group) {
            records[members++] = entries[i].record;
        }
    }
    const char** labels = og_study_labels(arena, records, members);
    members = 0;
    for (int i = 0; i < count; i++) {
        if (entries[i].group == group) {
            entries[i].label = labels[members++];
        }
    }
}

static og_status best_read(const og_call* call, og_store* store, const og_study_record* records,
                           int count, best_entry* entries) {
    for (int i = 0; i < count; i++) {
        best_entry* entry = &entries[i];
        entry->record = &records[i];
        OG_TRY(og_stored_trial(call, store, &records[i], records[i].best, &entry->best));
        entry->best = entry->best && og_trial_accepted(entry->best) ? entry->best : NULL;
        const og_trial* last = NULL;
        OG_TRY(og_stored_trial(call, store, &records[i], records[i].trial_count - 1, &last));
        entry->seconds = last ? last->started + last->seconds : 0;
        entry->group = i;
        for (int j = 0; j < i; j++) {
            if (og_study_same_task(&records[i], &records[j])) {
                entry->group = entries[j].group;
                break;
            }
        }
    }
    for (int i = 0; i < count; i++) {
        if (entries[i].group == i) {
            best_label(call->arena, entries, count, i);
        }
    }
    return OG_OK;
}

// the least loss of a group; *exact when a study of it has seen all designs
static double best_of_group(const best_entry* entries, int count, int group, bool* exact) {
    double least = INFINITY;
    *exact = false;
    for (int i = 0; i < count; i++) {
        if (entries[i].group != group) {
            continue;
        }
        *exact = *exact || entries[i].record->stop == OG_STOP_EXHAUSTED;
        least = entries[i].best && entries[i].best->loss < least ? entries[i].best->loss : least;
    }
    return least;
}

static const char* best_value(og_arena* arena, const og_objective_view* view, double loss) {
    return isfinite(loss) ? og_number_text(arena, og_objective_value(view, loss), "") : "-";
}

static const char* best_gap(og_arena* arena, double least, double loss) {
    if (!isfinite(loss) || !isfinite(least)) {
        return "-";
    }
    if (least == 0 && loss != 0) {
        return og_text_format(arena, "+%s", og_number_text(arena, loss, ""));
    }
    return og_change_text(arena, least, loss);
}

static void best_add_default(og_table* table, const og_objective_view* view, double least) {
    const double loss = view->maximize ? -view->reference : view->reference;
    og_table_add(table,
                 (const char*[]){"default design", "", "1", best_value(table->arena, view, loss),
                                 best_gap(table->arena, least, loss), "", ""});
}

// one row a study
static void best_table_studies(const best_entry* entries, int count, int group, double least,
                               const og_objective_view* view, og_table* table) {
    og_arena* arena = table->arena;
    for (int i = 0; i < count; i++) {
        const best_entry* entry = &entries[i];
        if (entry->group != group) {
            continue;
        }
        const double loss = entry->best ? entry->best->loss : INFINITY;
        const char* found =
            entry->best ? og_number_text(arena, (double)(entry->best->number + 1), "") : "-";
        og_table_add(table,
                     (const char*[]){entry->record->name, entry->label,
                                     og_number_text(arena, (double)entry->record->trial_count, ""),
                                     best_value(arena, view, loss), best_gap(arena, least, loss),
                                     found, og_duration_text(arena, entry->seconds)});
    }
}

static int best_compare(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return x < y ? -1 : x > y;
}

static double best_median(double* values, int count) {
    qsort(values, (size_t)count, sizeof *values, best_compare);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

// true for runs that differ in their seed alone
static bool best_same_search(const best_entry* a, const best_entry* b) {
    return a->group == b->group && strcmp(a->label, b->label) == 0;
}

// one row an agent: its runs with different seeds together
static void best_add_search(const best_entry* entries, int count, int first, double least,
                            const og_objective_view* view, og_table* table) {
    og_arena* arena = table->arena;
    double* losses = OG_NEW(arena, double, count);
    double* seconds = OG_NEW(arena, double, count);
    double* trials = OG_NEW(arena, double, count);
    int runs = 0;
    int hits = 0;
    for (int i = first; i < count; i++) {
        const best_entry* entry = &entries[i];
        if (!best_same_search(entry, &entries[first])) {
            continue;
        }
        losses[runs] = entry->best ? entry->best->loss : INFINITY;
        seconds[runs] = entry->seconds;
        trials[runs] = (double)entry->record->trial_count;
        hits += entry->best && entry->best->loss <= least;
        runs++;
    }
    const double median = best_median(losses, runs);
    og_table_add(
        table, (const char*[]){entries[first].label, og_text_format(arena, "%d", runs),
                               og_number_text(arena, best_median(trials, runs), ""),
                               best_value(arena, view, losses[0]), best_value(arena, view, median),
                               best_gap(arena, least, median),
                               og_text_format(arena, "%d of %d", hits, runs),
                               og_duration_text(arena, best_median(seconds, runs))});
}

static bool best_first_of_search(const best_entry* entries, int index) {
    for (int i = 0; i < index; i++) {
        if (best_same_search(&entries[i], &entries[index])) {
            return false;
        }
    }
    return true;
}

static bool best_has_repeats(const best_entry* entries, int count, int group) {
    for (int i = 0; i < count; i++) {
        if (entries[i].group == group && !best_first_of_search(entries, i)) {
            return true;
        }
    }
    return false;
}

static og_table best_table(const best_entry* entries, int count, int group, double least,
                           bool exact, const og_objective_view* view, og_arena* arena) {
    const char* value = view->unit[0] ? og_text_format(arena, "best, %s", view->unit) : "best";
    if (!best_has_repeats(entries, count, group)) {
        og_table table = og_table_make(
            arena, 7,
            (const char*[]){"study", "agent", "evaluations", value, "gap", "found at", "time"});
        best_add_default(&table, view, least);
        best_table_studies(entries, count, group, least, view, &table);
        return table;
    }
    og_table table =
        og_table_make(arena, 8,
                      (const char*[]){"agent", "runs", "evaluations", value, "median", "median gap",
                                      exact ? "optimum found" : "best known found", "time"});
    const double loss = view->maximize ? -view->reference : view->reference;
    og_table_add(&table, (const char*[]){"(default design)", "", "1", best_value(arena, view, loss),
                                         "", best_gap(arena, least, loss), "", ""});
    for (int i = 0; i < count; i++) {
        if (entries[i].group == group && best_first_of_search(entries, i)) {
            best_add_search(entries, count, i, least, view, &table);
        }
    }
    return table;
}

static void best_print_task(const og_study_record* record, og_buffer* out) {
    og_buffer_print(out, "%s: ", og_text_printable(out->arena, record->environment));
    for (int i = 0; i < record->objective_count; i++) {
        og_buffer_print(out, "%s%s", i ? ", " : "",
                        og_text_printable(out->arena, record->objectives[i]));
    }
    for (int i = 0; i < record->constraint_count; i++) {
        og_buffer_print(out, "%s%s", i ? " and " : ", subject to ",
                        og_text_printable(out->arena, record->constraints[i]));
    }
    og_buffer_print(out, "\n\n");
}

// the comparison of a group of several studies
static void best_print_comparison(const best_entry* entries, int count, int group, og_buffer* out) {
    bool exact = false;
    const double least = best_of_group(entries, count, group, &exact);
    const og_objective_view view = og_objective_view_make(out->arena, entries[group].record);
    const og_table table = best_table(entries, count, group, least, exact, &view, out->arena);
    og_table_print(&table, 2, 1000, og_terminal_color(stdout), out);
    og_buffer_print(out, exact ? "\n  Gap: to the exact optimum, found by trying all designs.\n\n"
                               : "\n  Gap: to the best design known; no study tried all.\n\n");
}

// trials in order of quality, for --top
static int best_compare_trials(const void* a, const void* b) {
    const og_trial* x = *(const og_trial* const*)a;
    const og_trial* y = *(const og_trial* const*)b;
    if (x->violation != y->violation) {
        return x->violation < y->violation ? -1 : 1;
    }
    if (x->loss != y->loss) {
        return x->loss < y->loss ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number;
}

static og_status best_print_top(const og_call* call, og_store* store, const og_study_record* record,
                                int wanted, og_buffer* out) {
    og_arena* arena = call->arena;
    og_report_study study = {0};
    OG_TRY(og_stored_trials(call, store, record, &study));
    const og_trial** order = OG_NEW(arena, const og_trial*, study.record.trial_count);
    int64_t count = 0;
    for (int64_t i = 0; i < study.record.trial_count; i++) {
        const og_trial* trial = &study.trials[i];
        if (trial->outcome == OG_FEASIBLE && trial->repeat_of < 0) {
            order[count++] = trial;
        }
    }
    qsort(order, (size_t)count, sizeof *order, best_compare_trials);
    const og_objective_view view = og_objective_view_make(arena, record);
    const int columns = 2 + record->space.count;
    const char** cells = OG_NEW(arena, const char*, columns);
    cells[0] = "trial";
    cells[1] = view.unit[0] ? og_text_format(arena, "%s, %s", view.name, view.unit) : view.name;
    for (int i = 0; i < record->space.count; i++) {
        cells[2 + i] = record->space.parameters[i].name;
    }
    og_table table = og_table_make(arena, columns, cells);
    for (int64_t t = 0; t < count && t < wanted; t++) {
        cells[0] = og_number_text(arena, (double)order[t]->number, "");
        cells[1] = best_value(arena, &view, order[t]->loss);
        for (int i = 0; i < record->space.count; i++) {
            og_buffer text = {.arena = arena};
            og_parameter_print(&record->space.parameters[i], order[t]->x[i], &text);
            cells[2 + i] = text.data;
        }
        og_table_add(&table, cells);
    }
    og_buffer_print(out, "\nThe best %s:\n",
                    og_count_text(arena, count < wanted ? count : wanted, "design"));
    og_table_print(&table, 2, 1000, og_terminal_color(stdout), out);
    return OG_OK;
}

// the best study of a group
static const best_entry* best_winner(const best_entry* entries, int count, int group) {
    const best_entry* winner = &entries[group];
    for (int i = group; i < count; i++) {
        const bool better = entries[i].group == group && entries[i].best &&
                            (!winner->best || entries[i].best->loss < winner->best->loss);
        winner = better ? &entries[i] : winner;
    }
    return winner;
}

// runs of the agent of entry `first` that reached the least loss, and the fewest evaluations needed
static int best_hits(const best_entry* entries, int count, int first, double least, int* runs,
                     int64_t* fewest) {
    int hits = 0;
    *runs = 0;
    *fewest = INT64_MAX;
    for (int i = first; i < count; i++) {
        const best_entry* entry = &entries[i];
        if (!best_same_search(entry, &entries[first])) {
            continue;
        }
        ++*runs;
        if (entry->best && entry->best->loss <= least) {
            hits++;
            *fewest = entry->best->number + 1 < *fewest ? entry->best->number + 1 : *fewest;
        }
    }
    return hits;
}

// the agent that reached the exact optimum most often without trying all designs
static void best_print_searcher(const best_entry* entries, int count, int group, double least,
                                int64_t all, og_buffer* out) {
    int winner = -1;
    int winner_hits = 0;
    int winner_runs = 0;
    int64_t winner_fewest = 0;
    for (int i = 0; i < count; i++) {
        int runs = 0;
        int64_t fewest = 0;
        if (entries[i].group != group || !best_first_of_search(entries, i) ||
            entries[i].record->stop == OG_STOP_EXHAUSTED) {
            continue;
        }
        const int hits = best_hits(entries, count, i, least, &runs, &fewest);
        if (hits > winner_hits || (hits == winner_hits && hits > 0 && fewest < winner_fewest)) {
            winner = i;
            winner_hits = hits;
            winner_runs = runs;
            winner_fewest = fewest;
        }
    }
    if (winner < 0) {
        og_buffer_print(out, "No search reached the exact optimum; trying all %s designs did.\n",
                        og_number_text(out->arena, (double)all, ""));
        return;
    }
    const og_study_record* record = entries[winner].record;
    og_buffer_print(
        out,
        "%s reached the exact optimum in %d of %d runs of %s evaluations, once with %s; "
        "trying all designs takes %s.\n",
        entries[winner].label, winner_hits, winner_runs,
        og_number_text(out->arena, (double)record->trial_count, ""),
        og_number_text(out->arena, (double)winner_fewest, ""),
        og_number_text(out->arena, (double)all, ""));
}

// what was found, in plain sentences
static void best_print_summary(const best_entry* entries, int count, const best_entry* winner,
                               og_buffer* out) {
    const og_study_record* record = winner->record;
    const og_objective_view view = og_objective_view_make(out->arena, record);
    if (!winner->best || !isfinite(view.reference)) {
        return;
    }
    const double value = og_objective_value(&view, winner->best->loss);
    og_buffer_print(out, "\nThe best design changes %s from %s to %s (%s)", view.name,
                    og_number_text(out->arena, view.reference, view.unit),
                    og_number_text(out->arena, value, view.unit),
                    og_change_text(out->arena, view.reference, value));
    for (int i = 0; i < record->constraint_count; i++) {
        og_buffer_print(out, "%s%s", i ? " and " : " and keeps ",
                        og_text_printable(out->arena, record->constraints[i]));
    }
    og_buffer_print(out, ".\n");
    bool exact = false;
    const double least = best_of_group(entries, count, winner->group, &exact);
    int64_t all = 0;
    int members = 0;
    for (int i = 0; i < count; i++) {
        const bool member = entries[i].group == winner->group;
        const bool exhausted = member && entries[i].record->stop == OG_STOP_EXHAUSTED;
        all = exhausted ? entries[i].record->trial_count : all;
        members += member;
    }
    if (members > 1 && exact) {
        best_print_searcher(entries, count, winner->group, least, all, out);
    }
}

// everything about one group of studies
static og_status best_show_group(const og_call* call, og_store* store, const best_entry* entries,
                                 int count, int group, og_buffer* out) {
    const best_entry* winner = best_winner(entries, count, group);
    best_print_task(winner->record, out);
    bool several = false;
    for (int i = group + 1; i < count; i++) {
        several = several || entries[i].group == group;
    }
    if (several) {
        best_print_comparison(entries, count, group, out);
    }
    og_buffer_print(out, "%s: ", og_text_printable(out->arena, winner->record->name));
    const og_trial* shown = winner->best;
    if (!shown) {
        OG_TRY(og_stored_trial(call, store, winner->record, winner->record->best, &shown));
    }
    og_result_print(winner->record, shown, og_terminal_columns(stdout), og_terminal_color(stdout),
                    out);
    if (!shown) {
        og_report_study study = {0};
        OG_TRY(og_stored_trials(call, store, winner->record, &study));
        og_result_print_failure(&study.record, study.trials, out);
    }
    const int top = (int)og_call_number(call, "top");
    if (top > 0) {
        OG_TRY(best_print_top(call, store, winner->record, top, out));
    }
    best_print_summary(entries, count, winner, out);
    return OG_OK;
}

static og_status best_show(og_call* call, og_store* store, const og_study_record* records,
                           int count) {
    best_entry* entries = OG_NEW(call->arena, best_entry, count);
    OG_TRY(best_read(call, store, records, count, entries));
    og_buffer out = {.arena = call->arena};
    call->code = OG_EXIT_DONE;
    for (int i = 0; i < count; i++) {
        if (entries[i].group == i) {
            og_buffer_print(&out, "%s", i > 0 ? "\n" : "");
            OG_TRY(best_show_group(call, store, entries, count, i, &out));
            call->code = best_winner(entries, count, i)->best ? call->code : OG_EXIT_NOTHING;
        }
    }
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static og_status best_run(og_call* call) {
    og_store* store = NULL;
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_stored_studies(call, &store, &records, &count));
    const og_status status = best_show(call, store, records, count);
    og_store_close(store);
    return status;
}

static const og_argument best_arguments[] = {{"STORE", "Store of studies.", false}};

static const og_option best_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_INTEGER_ROW("top", "designs", 0, 1000, 0,
                            "Also list so many of the best designs.")},
     .letter = 'n'},
};

const og_command og_command_best = {
    .name = "best",
    .summary = "Show the best design of each study against the default, and compare studies.",
    .doc =
        "Studies of one task (environment, objectives, constraints) are compared: evaluations, "
        "best value, gap to the best known design or, when a study tried all designs, to the "
        "exact optimum. Several runs of one agent share a row.",
    .example =
        "ogive best demo/demo.ogive\nogive best demo/demo.ogive --study dram-genetic-1 --top 5",
    .arguments = best_arguments,
    .argument_count = 1,
    .options = best_options,
    .option_count = sizeof best_options / sizeof *best_options,
    .run = best_run,
};
