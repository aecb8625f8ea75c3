#include <stdio.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/result.h"
#include "cli/study_store.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "report/objective.h"

static og_status studies_add(const og_call* call, og_store* store, const og_study_record* record,
                             og_table* table) {
    og_arena* arena = call->arena;
    const og_trial* best = NULL;
    OG_TRY(og_stored_trial(call, store, record, record->best, &best));
    const og_objective_view view = og_objective_view_make(arena, record);
    const bool accepted = best && og_trial_accepted(best);
    const char* value =
        accepted ? og_number_text(arena, og_objective_value(&view, best->loss), view.unit) : "-";
    og_table_add(table,
                 (const char*[]){record->name, record->environment, record->agent,
                                 og_text_format(arena, "%llu", (unsigned long long)record->seed),
                                 og_number_text(arena, (double)record->trial_count, ""), value,
                                 view.name, og_stop_text(record->stop), record->created});
    return OG_OK;
}

static og_status studies_run(og_call* call) {
    og_store* store = NULL;
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_store_open(og_call_argument(call, 0), OG_STORE_READ, &store));
    og_status status = og_store_studies(store, call->arena, &records, &count);
    og_table table = og_table_make(call->arena, 9,
                                   (const char*[]){"study", "environment", "agent", "seed",
                                                   "trials", "best", "of", "stopped", "created"});
    for (int i = 0; i < count && status == OG_OK; i++) {
        status = studies_add(call, store, &records[i], &table);
    }
    og_store_close(store);
    OG_TRY(status);
    og_buffer out = {.arena = call->arena};
    og_table_print(&table, 0, 1000, og_terminal_color(stdout), &out);
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static const og_argument studies_arguments[] = {{"STORE", "Store of studies.", false}};

const og_command og_command_studies = {
    .name = "studies",
    .summary = "List the studies of a store.",
    .example = "ogive studies demo/demo.ogive",
    .arguments = studies_arguments,
    .argument_count = 1,
    .run = studies_run,
};
