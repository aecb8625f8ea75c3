#include <math.h>

#include "cli/command.h"
#include "cli/neighbours.h"
#include "cli/study_store.h"
#include "ogive/clock.h"

// loss of the best design, INFINITY where there is none
static double report_best(const og_report_study* study) {
    const int64_t best = study->record.best;
    return best >= 0 && best < study->record.trial_count ? study->trials[best].loss : INFINITY;
}

// what surrounds the best design of a study, evaluated as far as that is wanted and possible
static og_status report_look_around(const og_call* call, og_neighbours* neighbours,
                                    og_report_study* study) {
    const og_analysis* analysis = NULL;
    OG_TRY(og_analysis_create(call->arena, &study->record, study->trials, &analysis));
    og_neighbourhood* around = OG_NEW(call->arena, og_neighbourhood, 1);
    OG_TRY(og_analysis_neighbourhood(analysis, call->arena, study->record.best, around));
    study->neighbourhood_note = "not asked for (--no-evaluate)";
    if (og_call_number(call, "no_evaluate") == 0) {
        og_trial* trials = NULL;
        OG_TRY(og_neighbours_evaluate(neighbours, &study->record, around, &trials));
        study->neighbourhood_note = neighbours->note;
        OG_TRY(og_neighbourhood_fill(around, call->arena, trials));
    }
    study->neighbourhood = around;
    return OG_OK;
}

// all studies, those with the best designs first: people look at them, should the time run out
static void report_look_around_all(const og_call* call, og_report_study* studies, int count) {
    og_neighbours neighbours = {
        .arena = call->arena,
        .deadline = og_clock_seconds() + og_call_number(call, "seconds"),
        .foreign = og_call_number(call, "foreign") != 0,
    };
    int* order = OG_NEW(call->arena, int, count);
    for (int i = 0; i < count; i++) {
        int at = i;
        while (at > 0 && report_best(&studies[order[at - 1]]) > report_best(&studies[i])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (int i = 0; i < count; i++) {
        og_report_study* study = &studies[order[i]];
        // a page without surroundings is better than none
        if (isfinite(report_best(study)) && report_look_around(call, &neighbours, study) != OG_OK) {
            study->neighbourhood_note = og_text_format(call->arena, "%s", og_error_text());
        }
    }
}

static og_status report_write(const og_call* call, og_store* store, const og_study_record* records,
                              int count) {
    og_report_study* studies = OG_NEW(call->arena, og_report_study, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(og_stored_trials(call, store, &records[i], &studies[i]));
        OG_TRY(og_stored_diagnostics(call, store, &records[i], &studies[i]));
    }
    report_look_around_all(call, studies, count);
    og_buffer out = {.arena = call->arena};
    og_report_page(call->arena, studies, count, &out);
    return og_stored_write(call, &out);
}

static og_status report_run(og_call* call) {
    og_store* store = NULL;
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_stored_studies(call, &store, &records, &count));
    const og_status status = report_write(call, store, records, count);
    og_store_close(store);
    return status;
}

static const og_argument report_arguments[] = {{"STORE", "Store of studies.", false}};

static const og_option report_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_TEXT_ROW("output", "-", "Where to write; - is standard output.")},
     .placeholder = "FILE.html",
     .letter = 'o'},
    {.row = {OG_BOOLEAN_ROW("no_evaluate", 0,
                            "Evaluate nothing: what surrounds the best designs is shown as far as "
                            "it is on record, and estimated beyond.")}},
    {.row = {OG_REAL_ROW("seconds", "s", 0, 1e6, 10,
                         "Most time to spend on evaluating what surrounds the best designs.")}},
    {.row = {OG_BOOLEAN_ROW("foreign", 0,
                            "Evaluate also with environments that run programs or libraries "
                            "(command, process, plugin), as the record names them.")}},
};

const og_command og_command_report = {
    .name = "report",
    .summary = "Write studies as one HTML page to look around in.",
    .doc =
        "The page needs no other file and no network: what was searched, which design won and by "
        "how much, the search's progress, the designs tried, why the best design is the best (what "
        "every other value of each parameter would make of it, evaluated), what each parameter's "
        "values are worth, and what failed. Studies of one task (environment, objectives, "
        "constraints) share "
        "their pictures.",
    .example =
        "ogive report demo/demo.ogive -o report.html\n"
        "ogive report demo/demo.ogive --study dram-genetic-1 --study dram-random-1 -o two.html",
    .arguments = report_arguments,
    .argument_count = 1,
    .options = report_options,
    .option_count = sizeof report_options / sizeof *report_options,
    .run = report_run,
};
