#include <stdio.h>

#include "cli/command.h"

static og_status version_run(og_call* call) {
    (void)call;
    printf("ogive %s\n", OGIVE_VERSION);
    return OG_OK;
}

const og_command og_command_version = {
    .name = "version",
    .summary = "Print the version of the program.",
    .run = version_run,
};
