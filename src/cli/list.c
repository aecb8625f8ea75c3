#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "ogive/agent.h"
#include "ogive/dram_device.h"
#include "ogive/dram_trace.h"
#include "ogive/environment.h"

// name and documentation of entry `index` of a registry; NULL past the end
typedef const char* list_entry(int index, const char** doc);

static const char* list_agent(int index, const char** doc) {
    const og_agent_type* type = og_agent_at(index);
    *doc = type ? type->doc : NULL;
    return type ? type->name : NULL;
}

static const char* list_environment(int index, const char** doc) {
    const og_environment* environment = og_environment_at(index);
    *doc = environment ? environment->doc : NULL;
    return environment ? environment->name : NULL;
}

static const char* list_workload(int index, const char** doc) {
    const og_dram_workload* workload = og_dram_workload_at(index);
    *doc = workload ? workload->doc : NULL;
    return workload ? workload->name : NULL;
}

static const char* list_standard(int index, const char** doc) {
    const og_dram_device* device = og_dram_device_at(index);
    *doc = device ? device->doc : NULL;
    return device ? device->name : NULL;
}

typedef struct list_kind {
    const char* name;
    const char* title;
    list_entry* entry;
} list_kind;

static const list_kind list_kinds[] = {
    {"environments", "Environments: what a design costs", list_environment},
    {"agents", "Agents: search methods", list_agent},
    {"workloads", "Workloads: memory traffic for environment dram", list_workload},
    {"standards", "Standards: DRAM devices for environment dram", list_standard},
};
enum { LIST_KINDS = sizeof list_kinds / sizeof *list_kinds };

// the first sentence
static const char* list_summary(og_arena* arena, const char* doc) {
    const char* end = doc;
    while (*end && !(end[0] == '.' && (end[1] == ' ' || end[1] == '\n' || end[1] == '\0'))) {
        end++;
    }
    return og_text_copy(arena, doc, (size_t)(end - doc) + (*end == '.'));
}

static void list_print(og_arena* arena, const list_kind* kind, bool title) {
    const bool color = og_terminal_color(stdout);
    og_buffer out = {.arena = arena};
    og_table table = og_table_make(arena, 2, (const char*[]){"name", "what it is"});
    const char* doc = NULL;
    const char* name = NULL;
    for (int i = 0; (name = kind->entry(i, &doc)) != NULL; i++) {
        og_table_add(&table, (const char*[]){name, list_summary(arena, doc)});
    }
    if (title) {
        og_buffer_print(&out, "%s%s%s\n", color ? "\033[1m" : "", kind->title,
                        color ? "\033[0m" : "");
    }
    og_table_print(&table, title ? 2 : 0, og_terminal_columns(stdout), false, &out);
    fwrite(out.data, 1, out.length, stdout);
}

static og_status list_run(og_call* call) {
    const char* what = og_call_argument(call, 0);
    const char* names[LIST_KINDS];
    for (int i = 0; i < LIST_KINDS; i++) {
        names[i] = list_kinds[i].name;
        if (what && strcmp(what, names[i]) == 0) {
            list_print(call->arena, &list_kinds[i], false);
            return OG_OK;
        }
    }
    if (what) {
        const char* nearest = og_text_nearest(what, names, LIST_KINDS);
        return og_fail(OG_ERROR_NAME,
                       "nothing called '%s' to list%s%s%s (environments, agents, workloads, "
                       "standards)",
                       what, nearest ? ", did you mean " : "", nearest ? nearest : "",
                       nearest ? "?" : "");
    }
    for (int i = 0; i < LIST_KINDS; i++) {
        printf("%s", i > 0 ? "\n" : "");
        list_print(call->arena, &list_kinds[i], true);
    }
    printf("\n`ogive describe NAME` tells all about one of them.\n");
    return OG_OK;
}

static const og_argument list_arguments[] = {
    {"WHAT", "environments, agents, workloads or standards; all of them when left out.", true},
};

const og_command og_command_list = {
    .name = "list",
    .summary = "List environments, agents, workloads and memory standards.",
    .example = "ogive list\nogive list agents",
    .arguments = list_arguments,
    .argument_count = 1,
    .run = list_run,
};
