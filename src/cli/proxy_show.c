#include <stdio.h>

#include "cli/command.h"
#include "cli/proxy_table.h"
#include "cli/terminal.h"

static og_status proxy_show_run(og_call* call) {
    const og_proxy* proxy = NULL;
    OG_TRY(og_proxy_load(call->arena, og_call_argument(call, 0), &proxy, NULL));
    og_buffer out = {.arena = call->arena};
    og_proxy_table_show(proxy, og_terminal_columns(stdout), og_terminal_color(stdout), &out);
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static const og_argument proxy_show_arguments[] = {
    {"FILE", "What `ogive proxy fit` wrote.", false}};

const og_command og_command_proxy_show = {
    .name = "proxy show",
    .summary = "Show how good a proxy is.",
    .doc =
        "The table that `ogive proxy fit` printed: every model's error on held-out designs, and "
        "how many of them its intervals held, as stated by the model and as calibrated.",
    .example = "ogive proxy show memory.proxy",
    .arguments = proxy_show_arguments,
    .argument_count = 1,
    .run = proxy_show_run,
};
