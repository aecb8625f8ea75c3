#include "ogive/worker.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "cli/command.h"
#include "cli/number.h"
#include "cli/terminal.h"
#include "ogive/text.h"

static void worker_say(void* context, const char* line) {
    (void)context;
    fprintf(stderr, "ogive worker: %s\n", line);
}

// An address on the command line can be read by all users of the host, so a variable may hold it.
static og_status worker_store(const og_call* call, const char** address) {
    *address = og_call_given(call, "store") ? og_call_text(call, "store") : getenv("OGIVE_STORE");
    return *address && **address
               ? OG_OK
               : og_fail(OG_ERROR_VALUE,
                         "--store: the store of the studies is needed, such as --store "
                         "postgresql://HOST/DATABASE, or the variable OGIVE_STORE");
}

static og_status worker_run(og_call* call) {
    const char* address;
    OG_TRY(worker_store(call, &address));
    const bool once = og_call_number(call, "once") != 0;
    const double idle = og_call_number(call, "idle");
    og_worker_options options = {
        .jobs = (int)og_call_number(call, "jobs"),
        .idle = once       ? 0
                : idle > 0 ? idle
                           : -1,
        .lost_after = og_call_number(call, "lost_after"),
        .patience = og_call_number(call, "patience"),
        .trust = og_call_number(call, "trust") != 0,
        .interrupt = og_terminal_interrupt(),
        .say = worker_say,
    };
    options.studies = og_call_texts(call, "study", &options.study_count);
    og_worker_result result;
    OG_TRY(og_worker_serve(address, &options, &result));
    if (og_call_number(call, "quiet") == 0) {
        printf("%s evaluated for %s in %s.\n",
               og_count_text(call->arena, result.evaluated, "design"),
               result.studies == 1 ? "1 study"
                                   : og_text_format(call->arena, "%d studies", result.studies),
               og_duration_text(call->arena, result.seconds));
    }
    if (og_interrupted(options.interrupt)) {
        call->code = OG_EXIT_INTERRUPT;
    } else if (result.evaluated == 0 && result.refused > 0) {
        call->code = OG_EXIT_NOTHING;
    }
    return OG_OK;
}

static const og_option worker_options[] = {
    {.row = {OG_TEXT_ROW("store", NULL,
                         "Store of the studies: a URL, postgresql://USER@HOST/DATABASE, or a file "
                         "of this host. Without it, the variable OGIVE_STORE says so.")},
     .placeholder = "URL"},
    {.row = {OG_TEXT_ROW("study", NULL, "Work for this study alone; may be given several times.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0, "Threads that evaluate; 0 = all processors.")},
     .letter = 'j'},
    {.row = {OG_REAL_ROW("idle", "s", 0, 1e9, 0,
                         "End after so long without a task; 0 = wait for more until stopped.")}},
    {.row = {OG_BOOLEAN_ROW("once", 0, "End as soon as no task is left.")}},
    {.row = {OG_REAL_ROW("lost_after", "s", 0.1, 86400, 30,
                         "Time without a sign of life after which others get what this worker "
                         "holds.")}},
    {.row = {OG_REAL_ROW("patience", "s", 0.1, 1e9, 300,
                         "How long to try to reach a server that was lost.")}},
    {.row = {OG_BOOLEAN_ROW(
         "trust", 0,
         "Do not evaluate the default design of each study first, to see whether "
         "this host finds what was recorded.")}},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No line of result.")}, .letter = 'q'},
};

const og_command og_command_worker = {
    .name = "worker",
    .summary = "Evaluate designs of studies that run elsewhere.",
    .doc =
        "Any number of workers, on any hosts that reach the store, take designs of the studies "
        "that run on it, evaluate them and answer. The record is the same as without them. Ctrl-C "
        "gives back what the worker holds; so does its death, after a while.\n\nExit code: 0 done, "
        "1 all studies with work were refused, 2 wrong input or a server that stays away, 130 "
        "interrupted.",
    .example =
        "ogive worker --store postgresql://ogive@db.example.org/searches --jobs 16\n"
        "ogive worker --store results.ogive --once",
    .options = worker_options,
    .option_count = sizeof worker_options / sizeof *worker_options,
    .run = worker_run,
};
