#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/run_plan.h"
#include "ogive/file.h"
#include "ogive/proxy.h"
#include "ogive/study.h"
#include "report/csv.h"

// A search on a proxy, whose best designs are wanted.
typedef struct proxy_screen {
    og_call* call;
    const char* path;
    const og_proxy* proxy;
    og_plan plan;
    og_study_result result;
    int64_t* chosen;  // trials, list: [count]
    int64_t count;
} proxy_screen;

// Metrics that the proxy has are not derived again.
static void proxy_screen_derive(proxy_screen* screen) {
    og_plan* plan = &screen->plan;
    og_derived* kept = OG_NEW(screen->call->arena, og_derived, plan->metric_count);
    int count = 0;
    for (int i = 0; i < plan->metric_count; i++) {
        bool known = false;
        for (int m = 0; m < screen->proxy->metric_count; m++) {
            known =
                known || strcmp(plan->metrics[i].name, screen->proxy->metrics[m].metric.name) == 0;
        }
        if (!known) {
            kept[count++] = plan->metrics[i];
        }
    }
    plan->metrics = kept;
    plan->metric_count = count;
}

// The task of the study file, on the proxy; small spaces are tried exhaustively.
static og_status proxy_screen_plan(proxy_screen* screen) {
    const og_call* call = screen->call;
    og_plan* plan = &screen->plan;
    OG_TRY(og_run_plan_goals(call, plan));
    proxy_screen_derive(screen);
    char optimism[32];
    og_assignment* options = OG_NEW(call->arena, og_assignment, 3);
    options[0] = (og_assignment){"file", screen->path, NULL};
    options[1] = (og_assignment){"uncertainty", "true", NULL};
    options[2] = (og_assignment){
        "optimism",
        og_text_format(call->arena, "%s", og_text_real(og_call_number(call, "optimism"), optimism)),
        "--optimism"};
    const double evaluations = og_call_number(call, "evaluations");
    const double size = screen->proxy->space->size;
    const bool all = size > 0 && size <= evaluations;
    const char* agent = og_call_text(call, "agent");
    plan->environment = "proxy";
    plan->environment_options = options;
    plan->environment_option_count = 3;
    plan->agent = agent ? agent : all ? "exhaustive" : "genetic";
    plan->agent_option_count = 0;
    plan->proposer_word_count = 0;
    plan->enqueue = NULL;
    plan->evaluations = (int64_t)evaluations;
    plan->seconds = 0;
    plan->batch = 0;
    plan->seed = (uint64_t)og_call_number(call, "seed");
    plan->name = NULL;
    plan->store = NULL;
    return OG_OK;
}

// The best first.
static int proxy_screen_order(const void* a, const void* b) {
    const og_trial* x = *(const og_trial* const*)a;
    const og_trial* y = *(const og_trial* const*)b;
    if (x->violation != y->violation) {
        return x->violation < y->violation ? -1 : 1;
    }
    if (x->loss != y->loss) {
        return x->loss < y->loss ? -1 : 1;
    }
    return (x->number > y->number) - (x->number < y->number);
}

// True when no metric is predicted further from that of `other` than a part of its uncertainty:
// the two are likely to be the same to the simulator.
static bool proxy_screen_same(const proxy_screen* screen, const og_trial* trial,
                              const og_trial* other, double part) {
    const int count = screen->proxy->metric_count;
    for (int m = 0; m < count; m++) {
        const double uncertainty = fmax(trial->y[count + m], other->y[count + m]);
        if (fabs(trial->y[m] - other->y[m]) > part * uncertainty) {
            return false;
        }
    }
    return true;
}

static bool proxy_screen_alike(const proxy_screen* screen, const og_trial* trial) {
    const double part = og_call_number(screen->call, "apart");
    for (int64_t i = screen->count - 1; i >= 0; i--) {
        if (proxy_screen_same(screen, trial, &screen->result.trials[screen->chosen[i]], part)) {
            return true;
        }
    }
    return false;
}

static void proxy_screen_choose(proxy_screen* screen) {
    const og_call* call = screen->call;
    const int64_t trials = screen->result.record.trial_count;
    const int64_t wanted = (int64_t)og_call_number(call, "designs");
    const og_trial** ranks = OG_NEW(call->arena, const og_trial*, trials);
    int64_t feasible = 0;
    for (int64_t i = 0; i < trials; i++) {
        const og_trial* trial = &screen->result.trials[i];
        if (trial->outcome == OG_FEASIBLE && isfinite(trial->loss) && trial->repeat_of < 0) {
            ranks[feasible++] = trial;
        }
    }
    qsort(ranks, (size_t)feasible, sizeof *ranks, proxy_screen_order);
    screen->chosen = OG_NEW(call->arena, int64_t, wanted);
    const bool known = og_call_number(call, "known") != 0;
    for (int64_t i = 0; i < feasible && screen->count < wanted; i++) {
        const og_trial* trial = ranks[i];
        if ((known || !og_proxy_has(screen->proxy, trial->x)) &&
            !proxy_screen_alike(screen, trial)) {
            screen->chosen[screen->count++] = trial->number;
        }
    }
}

static og_status proxy_screen_write(const proxy_screen* screen) {
    const og_space_table* space = &screen->result.record.space;
    og_buffer out = {.arena = screen->call->arena};
    for (int i = 0; i < space->count; i++) {
        og_buffer_print(&out, "%s%s", i > 0 ? "," : "", space->parameters[i].name);
    }
    og_buffer_print(&out, "\n");
    for (int64_t i = 0; i < screen->count; i++) {
        og_csv_design(space->parameters, space->count, screen->result.trials[screen->chosen[i]].x,
                      &out);
        // without the comma behind the last
        out.data[out.length - 1] = '\n';
    }
    return og_file_write(og_call_text(screen->call, "output"), out.data, out.length);
}

static og_status proxy_screen_run(og_call* call) {
    proxy_screen screen = {.call = call, .path = og_call_argument(call, 0)};
    OG_TRY(og_proxy_load(call->arena, screen.path, &screen.proxy, NULL));
    OG_TRY(proxy_screen_plan(&screen));
    const og_study_options options = {.jobs = (int)og_call_number(call, "jobs")};
    OG_TRY(og_study_run(call->arena, &screen.plan, &options, &screen.result));
    proxy_screen_choose(&screen);
    if (screen.count == 0) {
        call->code = OG_EXIT_NOTHING;
        fprintf(stderr, "no design that is not known already\n");
        return OG_OK;
    }
    OG_TRY(proxy_screen_write(&screen));
    if (og_call_number(call, "quiet") == 0) {
        fprintf(stderr, "%s of %s searched by %s in %s\n",
                og_count_text(call->arena, screen.count, "design"),
                og_number_text(call->arena, (double)screen.result.record.trial_count, ""),
                screen.plan.agent, og_duration_text(call->arena, screen.result.seconds));
    }
    return OG_OK;
}

static const og_argument proxy_screen_arguments[] = {
    {"FILE", "What `ogive proxy fit` wrote.", false},
    {"STUDY.yaml", "Study file whose objectives, constraints and restrictions are meant.", true},
};

#define PROXY_SCREEN_TEXT(name, placeholder_, doc) \
    { .row = {OG_TEXT_ROW(name, NULL, doc)}, .placeholder = placeholder_ }
#define PROXY_SCREEN_TEXTS(name, placeholder_, doc) \
    { .row = {OG_TEXT_ROW(name, NULL, doc)}, .placeholder = placeholder_, .repeated = true }

static const og_option proxy_screen_options[] = {
    {.row = {OG_TEXT_ROW("output", "-", "Where to write the designs; - is standard output.")},
     .placeholder = "FILE.csv",
     .letter = 'o'},
    {.row = {OG_INTEGER_ROW("designs", "", 1, 1000000, 20, "Designs to write, the best first.")},
     .letter = 'n'},
    {.row = {OG_INTEGER_ROW("evaluations", "", 1, 100000000, 20000,
                            "Of the proxy. A space that has no more designs is tried whole.")}},
    {.row = {OG_REAL_ROW("optimism", "", 0, 10, 0,
                         "Uncertainties by which designs count as better than predicted.")}},
    {.row = {OG_REAL_ROW("apart", "", 0, 10, 0.3,
                         "A design whose metrics are all predicted within so many uncertainties of "
                         "those of a better one is left out.")}},
    {.row = {OG_BOOLEAN_ROW("known", 0, "Also designs that the proxy was learnt from.")}},
    PROXY_SCREEN_TEXT("agent", "NAME", "Search method; left out: genetic."),
    {.row = {OG_INTEGER_ROW("seed", "", 1, 1000000, 1, "Number that all chance follows from.")}},
    PROXY_SCREEN_TEXTS("minimize", "METRIC", "Objective: a metric or an expression over metrics."),
    PROXY_SCREEN_TEXTS("maximize", "METRIC", "Objective, the larger the better."),
    PROXY_SCREEN_TEXTS("target", "METRIC=NUMBER", "Objective: come near to a number."),
    PROXY_SCREEN_TEXTS("constraint", "EXPRESSION", "What must hold."),
    PROXY_SCREEN_TEXTS("metric", "NAME=EXPRESSION", "A derived metric."),
    PROXY_SCREEN_TEXTS("space", "PARAMETER=VALUES", "Hold the search to these values."),
    PROXY_SCREEN_TEXTS("set", "KEY=VALUE", "Any key of the study file that says what is sought."),
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0, "Threads; 0 = all processors.")},
     .letter = 'j'},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No summary.")}, .letter = 'q'},
};

const og_command og_command_proxy_screen = {
    .name = "proxy screen",
    .summary = "Search on a proxy, and write the designs worth simulating.",
    .doc =
        "The study's objectives and constraints, with the proxy in place of the environment. "
        "Of designs that are predicted alike one is written (--apart), and none that the proxy was "
        "learnt from. With --optimism, designs count as better than predicted where little is "
        "known of them. `ogive run --enqueue` simulates them.\n\nExit code: 0, 1 when there is no "
        "such "
        "design, 2 wrong input.",
    .example = "ogive proxy screen memory.proxy examples/demo.yaml -n 30 -o designs.csv",
    .arguments = proxy_screen_arguments,
    .argument_count = 2,
    .options = proxy_screen_options,
    .option_count = sizeof proxy_screen_options / sizeof *proxy_screen_options,
    .run = proxy_screen_run,
};
