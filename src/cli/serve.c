#include "serve/serve.h"

#include <signal.h>
#include <stdio.h>

#include "base/interrupt.h"
#include "cli/command.h"
#include "ogive/store.h"

static volatile int serve_interrupted;

static void serve_handle(int signal_number) {
    (void)signal_number;
    og_interrupt(&serve_interrupted);
}

static void serve_catch(void) {
    struct sigaction action = {.sa_handler = serve_handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    // a browser that goes away is no reason to end
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static void serve_ready(void* context, const char* address) {
    const og_call* call = context;
    printf("%s shows %s; Ctrl-C ends\n", address,
           og_store_name(call->arena, og_call_argument(call, 0)));
    fflush(stdout);
}

static og_status serve_run(og_call* call) {
    serve_catch();
    const og_serve_options options = {
        .store = og_call_argument(call, 0),
        .port = (int)og_call_number(call, "port"),
        .allow_control = og_call_number(call, "allow_control") != 0,
        .interrupt = &serve_interrupted,
        .ready = serve_ready,
        .context = call,
    };
    return og_serve(&options);
}

static const og_argument serve_arguments[] = {{"STORE", "Store of studies.", false}};

static const og_option serve_options[] = {
    {.row = {OG_INTEGER_ROW("port", "", 0, 65535, 0, "Port of 127.0.0.1; 0 = any free one.")},
     .placeholder = "N",
     .letter = 'p'},
    {.row = {OG_BOOLEAN_ROW("allow_control", 0,
                            "Let those who have the token in the address stop and extend studies "
                            "that run, and give them designs.")}},
};

const og_command og_command_serve = {
    .name = "serve",
    .summary = "Show studies in a browser while they run.",
    .doc =
        "The page of `ogive report`, live: it lists the studies of a store and follows those that "
        "run, whichever process runs them. Only this machine can reach it: it listens on "
        "127.0.0.1. The address is printed; Ctrl-C ends. Nothing can be changed unless "
        "--allow-control is given.",
    .example = "ogive serve demo/demo.ogive\nogive serve demo/demo.ogive --port 8080",
    .arguments = serve_arguments,
    .argument_count = 1,
    .options = serve_options,
    .option_count = sizeof serve_options / sizeof *serve_options,
    .run = serve_run,
};
