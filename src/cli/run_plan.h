/// A plan from a study file and the options of `ogive run`.
#pragma once

#include "cli/command.h"
#include "ogive/study.h"

/// Rows of options that say what is searched, and for what: of every command that reads a plan.
#define OG_RUN_PLAN_OPTIONS                                                                 \
    OG_TEXT_OPTION("environment", "NAME", "What is searched (`ogive list environments`)."), \
        OG_TEXTS_OPTION("option", "KEY=VALUE", "An option of the environment."),            \
        OG_TEXTS_OPTION("minimize", "METRIC",                                               \
                        "Objective: a metric or an expression over metrics."),              \
        OG_TEXTS_OPTION("maximize", "METRIC", "Objective, the larger the better."),         \
        OG_TEXTS_OPTION("target", "METRIC=NUMBER", "Objective: come near to a number."),    \
        OG_TEXTS_OPTION("constraint", "EXPRESSION",                                         \
                        "What must hold, such as \"power_mw <= 1500\"."),                   \
        OG_TEXTS_OPTION("metric", "NAME=EXPRESSION",                                        \
                        "A derived metric, such as edp=energy_pj*time_ns."),                \
        OG_TEXTS_OPTION("space", "PARAMETER=VALUES",                                        \
                        "Hold the search to one value, or to several separated by commas.")

/// And the row of the option that may say everything else of it.
#define OG_RUN_PLAN_SET_OPTION          \
    OG_TEXTS_OPTION("set", "KEY=VALUE", \
                    "Any key of the study file, such as agent.options.population=64.")

/// Read the plan of `call`: its file, if it has an argument, then its options. What an option says
/// replaces what the file says; options of environment and agent, and restrictions of the space,
/// are replaced one by one.
og_status og_run_plan(const og_call* call, og_plan* plan);

/// The same for `ogive import`, whose second argument is the study file, and which has no options
/// of a search.
og_status og_run_plan_import(const og_call* call, og_plan* plan);

/// Likewise without environment, name and store, for commands that bring their own: a study file as
/// argument 1, and options space, minimize, maximize, target, metric, constraint and set.
og_status og_run_plan_goals(const og_call* call, og_plan* plan);

/// The KEY=VALUE texts of a repeated option, one of each key.
og_status og_run_plan_pairs(const og_call* call, const char* option, const og_assignment** list,
                            int* count);
