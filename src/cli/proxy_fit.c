#include <stdio.h>

#include "cli/command.h"
#include "cli/proxy_record.h"
#include "cli/proxy_table.h"
#include "cli/study_store.h"
#include "cli/terminal.h"
#include "ogive/file.h"

static og_status proxy_fit_run(og_call* call) {
    const char* path = og_call_text(call, "output");
    if (path == NULL) {
        return og_fail(OG_ERROR_VALUE, "proxy fit: --output FILE is missing");
    }
    if (og_file_same(path, og_call_argument(call, 0))) {
        return og_fail(OG_ERROR_VALUE, "--output: %s is the store itself, which would be lost",
                       path);
    }
    og_proxy_data data = {0};
    OG_TRY(og_proxy_record_read(call, &data));
    const og_proxy_options options = {
        .designs = (int)og_call_number(call, "designs"),
        .folds = (int)og_call_number(call, "folds"),
        .jobs = (int)og_call_number(call, "jobs"),
        .seed = (uint64_t)og_call_number(call, "seed"),
        .model = og_call_text(call, "model"),
        .absolute = og_call_number(call, "absolute") != 0,
    };
    const og_proxy* proxy = NULL;
    const og_status status = og_proxy_fit(call->arena, &data, &options, &proxy);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", og_call_argument(call, 0));
    }
    OG_TRY(og_proxy_save(proxy, path));
    if (og_call_number(call, "quiet") == 0) {
        og_buffer out = {.arena = call->arena};
        og_proxy_table_show(proxy, og_terminal_columns(stderr), og_terminal_color(stderr), &out);
        // the file may be standard output
        fwrite(out.data, 1, out.length, stderr);
    }
    return OG_OK;
}

static const og_argument proxy_fit_arguments[] = {{"STORE", "Store of studies.", false}};

static const og_option proxy_fit_options[] = {
    {.row = {OG_TEXT_ROW("output", NULL, "Where the proxy goes; - is standard output.")},
     .placeholder = "FILE",
     .letter = 'o'},
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_TEXT_ROW("metric", NULL,
                         "What is learnt; left out: all that objectives and constraints name.")},
     .placeholder = "METRIC",
     .repeated = true},
    {.row = {OG_TEXT_ROW("model", NULL,
                         "The only model to try: ridge, ridge_pairs, forest, boosting, "
                         "gaussian_process or net.")},
     .placeholder = "NAME"},
    {.row = {OG_BOOLEAN_ROW("absolute", 0,
                            "Choose models by RMSE; without it, by the ratio of predicted to true "
                            "value where all values are positive and differ by a factor of 2.")}},
    {.row = {OG_INTEGER_ROW("designs", "", OG_PROXY_LEAST, 20000, 2000,
                            "Most designs that are learnt from; drawn where there are more.")}},
    {.row = {OG_INTEGER_ROW("folds", "", 2, 20, 5, "Parts of the cross-validation.")}},
    {.row = {OG_INTEGER_ROW("seed", "", 1, 1000000, 1, "Number that all chance follows from.")}},
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0, "Threads; 0 = all processors.")},
     .letter = 'j'},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No table.")}, .letter = 'q'},
};

const og_command og_command_proxy_fit = {
    .name = "proxy fit",
    .summary = "Learn cost models from recorded trials.",
    .doc =
        "For every metric the model with the least error on designs that it has not seen is kept; "
        "designs that are equal or equivalent are never parted between learning and testing. The "
        "file is an environment: `ogive run --environment proxy:FILE`. The same record gives the "
        "same bytes.\n\nExit code: 0, 2 wrong input, also fewer than 20 different designs.",
    .example =
        "ogive proxy fit demo/demo.ogive --study dram-random-1 -o memory.proxy\n"
        "ogive proxy fit demo/demo.ogive --metric power_mw --model forest -o power.proxy",
    .arguments = proxy_fit_arguments,
    .argument_count = 1,
    .options = proxy_fit_options,
    .option_count = sizeof proxy_fit_options / sizeof *proxy_fit_options,
    .run = proxy_fit_run,
};
