/// A program, or functions of the caller, that propose designs in place of an agent.
#pragma once

#include "ogive/session.h"
#include "study/problem.h"
#include "study/record.h"

typedef struct og_outsider og_outsider;

/// What it is started with.
typedef struct og_outsider_setup {
    const og_problem* problem;
    const char* const* command;  ///< program and arguments, list: [word_count]
    int word_count;
    double seconds;     ///< time limit of one answer
    const char* study;  ///< name
    uint64_t seed;
    int batch;
    const volatile int* interrupt;    ///< may be NULL
    og_proposer proposer;             ///< `ask` NULL = the program
    const og_study_record* searched;  ///< for the proposer
} og_outsider_setup;

/// Start the program and exchange hellos, or start the functions. `arena` keeps the proposer.
og_status og_outsider_start(og_arena* arena, const og_outsider_setup* setup,
                            og_outsider** outsider);

/// Tell of trials first <= number < first + count.
og_status og_outsider_tell(og_outsider* outsider, const og_record* record, int64_t first,
                           int64_t count);

/// Ask for up to `count` designs into x (shape: [count][table.count]); wrong ones are refused and
/// asked for again a few times. `*found` receives how many, 0 when it has nothing left to propose,
/// -1 when it was interrupted or the clock is past `deadline`.
og_status og_outsider_ask(og_outsider* outsider, int count, double deadline, double* x, int* found);

/// Say goodbye and end it; NULL does nothing.
void og_outsider_stop(og_outsider* outsider);
