#include "cli/command.h"
#include "cli/study_store.h"

static og_status report_write(const og_call* call, og_store* store, const og_study_record* records,
                              int count) {
    og_report_study* studies = OG_NEW(call->arena, og_report_study, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(og_stored_trials(call, store, &records[i], &studies[i]));
    }
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
};

const og_command og_command_report = {
    .name = "report",
    .summary = "Write studies as one HTML page to look around in.",
    .doc =
        "The page needs no other file and no network: what was searched, which design won and by "
        "how much, the search's progress, the designs tried, what each parameter's values are "
        "worth, and what failed. Studies of one task (environment, objectives, constraints) share "
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
