// The process of a proposer. It is written to only as far as it reads, so that one that writes much
// to its standard error cannot hold up both sides.

#include "study/outsider.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/interrupt.h"
#include "ogive/clock.h"
#include "ogive/text.h"
#include "study/outsider_message.h"

enum {
    OUTSIDER_TRIES = 10,       // wrong answers to one question
    OUTSIDER_LINE = 1 << 24,   // bytes of a line
    OUTSIDER_PATIENCE = 2000,  // milliseconds for ending by itself
    OUTSIDER_GLANCE = 50,      // milliseconds between two looks at the interrupt
    OUTSIDER_PIECE = 4096,     // bytes that a pipe takes at once (PIPE_BUF)
    OUTSIDER_TRIALS = 4096,    // in one line
};

struct og_outsider {
    og_outsider_setup setup;
    og_arena* scratch;  // of one question, and what was read beyond its answer
    og_child child;
    bool running;
    og_buffer input;  // what was read and is no whole line yet
    og_child_tail errors;
    bool errors_open;
};

static bool outsider_is_program(const char* path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

static og_status outsider_find(og_arena* arena, const char* name, const char** program) {
    *program = name;
    if (strchr(name, '/')) {
        return outsider_is_program(name) ? OG_OK : og_fail(OG_ERROR_FILE, "no program '%s'", name);
    }
    const char* path = getenv("PATH");
    char** folders;
    const int count = og_text_split(arena, path ? path : "/usr/bin:/bin", ':', &folders);
    for (int i = 0; i < count; i++) {
        *program = og_text_format(arena, "%s/%s", folders[i], name);
        if (outsider_is_program(*program)) {
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_FILE, "no program '%s' in the folders of PATH", name);
}

// End it because it went wrong; the message says how, and that nothing is lost.
static og_status outsider_break(og_outsider* outsider, og_child_ending how, const char* what) {
    og_child_end end;
    og_child_stop(&outsider->child, how != OG_CHILD_LOST, &end);
    og_child_listen(&outsider->child, &outsider->errors);
    og_child_close(&outsider->child);
    outsider->running = false;
    end.ending = how == OG_CHILD_LOST ? end.ending : how;
    if (!what) {
        what = og_child_describe(outsider->scratch, end, &outsider->errors, outsider->setup.seconds,
                                 OUTSIDER_LINE);
    }
    return og_fail(OG_ERROR_SYSTEM,
                   "proposer %s: %s (where a study has a store, the same command goes on with what "
                   "was evaluated)",
                   outsider->setup.command[0], what);
}

// Write all of a line, and read its standard error meanwhile.
static og_status outsider_write(og_outsider* outsider, const char* text, size_t size) {
    const double deadline = og_clock_seconds() + outsider->setup.seconds;
    while (size > 0) {
        struct pollfd ends[2] = {
            {.fd = outsider->child.input, .events = POLLOUT},
            {.fd = outsider->errors_open ? outsider->child.errors : -1, .events = POLLIN}};
        poll(ends, 2, OUTSIDER_GLANCE);
        if (ends[1].revents != 0) {
            outsider->errors_open = og_child_listen(&outsider->child, &outsider->errors);
        }
        if (ends[0].revents != 0) {
            const size_t piece = size < OUTSIDER_PIECE ? size : OUTSIDER_PIECE;
            if (!og_child_write(&outsider->child, text, piece, deadline)) {
                return outsider_break(outsider, OG_CHILD_LOST, NULL);
            }
            text += piece;
            size -= piece;
        } else if (og_clock_seconds() > deadline) {
            return outsider_break(outsider, OG_CHILD_LATE, NULL);
        }
    }
    return OG_OK;
}

// Take a whole line out of what was read, NULL = there is none yet.
static const char* outsider_take(og_outsider* outsider, size_t* length) {
    og_buffer* input = &outsider->input;
    const char* end = input->length > 0 ? memchr(input->data, '\n', input->length) : NULL;
    if (!end) {
        return NULL;
    }
    *length = (size_t)(end - input->data);
    const char* line = og_text_copy(outsider->scratch, input->data, *length);
    const size_t rest = input->length - *length - 1;
    memmove(input->data, end + 1, rest);
    input->length = rest;
    return line;
}

// The next line of its output; NULL when it was interrupted or the clock is past `until`.
static og_status outsider_read(og_outsider* outsider, double until, const char** line,
                               size_t* length) {
    const volatile int* interrupt = outsider->setup.interrupt;
    const double deadline = og_clock_seconds() + outsider->setup.seconds;
    while ((*line = outsider_take(outsider, length)) == NULL) {
        struct pollfd ends[2] = {
            {.fd = outsider->child.output, .events = POLLIN},
            {.fd = outsider->errors_open ? outsider->child.errors : -1, .events = POLLIN}};
        poll(ends, 2, OUTSIDER_GLANCE);
        if (ends[1].revents != 0) {
            outsider->errors_open = og_child_listen(&outsider->child, &outsider->errors);
        }
        if (og_interrupted(interrupt) || og_clock_seconds() > until) {
            return OG_OK;
        }
        if (og_clock_seconds() > deadline) {
            return outsider_break(outsider, OG_CHILD_LATE, NULL);
        }
        char step[1 << 14];
        const ssize_t got = read(outsider->child.output, step, sizeof step);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            return outsider_break(outsider, OG_CHILD_LOST, NULL);
        }
        og_buffer_add(&outsider->input, step, got > 0 ? (size_t)got : 0);
        if (outsider->input.length > OUTSIDER_LINE) {
            return outsider_break(outsider, OG_CHILD_FLOODING, NULL);
        }
    }
    return OG_OK;
}

static og_status outsider_greet(og_outsider* outsider) {
    const og_outsider_setup* setup = &outsider->setup;
    const char* hello = og_outsider_hello(outsider->scratch, setup->problem, setup->study,
                                          setup->seed, setup->batch);
    OG_TRY(outsider_write(outsider, hello, strlen(hello)));
    const char* line;
    size_t length = 0;
    OG_TRY(outsider_read(outsider, INFINITY, &line, &length));
    if (!line) {
        return outsider_break(outsider, OG_CHILD_LATE, "it was interrupted before its hello");
    }
    if (og_outsider_read_hello(line, length) != OG_OK) {
        return outsider_break(outsider, OG_CHILD_LATE,
                              og_text_format(outsider->scratch, "its hello: %s", og_error_text()));
    }
    return OG_OK;
}

// Designs of functions are checked as those of programs are.
static og_status outsider_call_ask(const og_outsider* outsider, int count, double* x, int* found) {
    const og_outsider_setup* setup = &outsider->setup;
    *found = setup->proposer.ask(setup->proposer.context, count, x);
    if (*found < 0) {
        return OG_ERROR_SYSTEM;
    }
    const char* name = setup->command[0];
    if (*found > count) {
        return og_fail(OG_ERROR_VALUE, "proposer %s: %d designs, asked for: at most %d", name,
                       *found, count);
    }
    for (int i = 0; i < *found; i++) {
        const double* design = x + (size_t)i * (size_t)setup->problem->table.count;
        const og_status status = og_space_check(setup->problem->space, design);
        if (status != OG_OK) {
            return og_fail_context(status, "proposer %s: design %d", name, i);
        }
    }
    return OG_OK;
}

static og_status outsider_call_tell(const og_outsider* outsider, const og_record* record,
                                    int64_t first, int64_t count) {
    const og_proposer* proposer = &outsider->setup.proposer;
    og_trial* trials = OG_NEW(outsider->scratch, og_trial, OUTSIDER_TRIALS);
    for (int64_t at = first; proposer->tell && at < first + count; at += OUTSIDER_TRIALS) {
        const int64_t left = first + count - at;
        const int part = left < OUTSIDER_TRIALS ? (int)left : OUTSIDER_TRIALS;
        for (int i = 0; i < part; i++) {
            trials[i] = *og_record_at(record, at + i);
        }
        OG_TRY(proposer->tell(proposer->context, at, part, trials));
    }
    return OG_OK;
}

static og_status outsider_call_start(const og_outsider* outsider) {
    const og_proposer* proposer = &outsider->setup.proposer;
    return proposer->start ? proposer->start(proposer->context, outsider->setup.searched) : OG_OK;
}

og_status og_outsider_start(og_arena* arena, const og_outsider_setup* setup,
                            og_outsider** started) {
    og_outsider* outsider = OG_NEW(arena, og_outsider, 1);
    *outsider = (og_outsider){.setup = *setup,
                              .scratch = og_arena_create_within(arena),
                              .input = {.arena = arena},
                              .errors_open = true};
    *started = outsider;
    if (setup->proposer.ask) {
        return outsider_call_start(outsider);
    }
    const char* program;
    OG_TRY(outsider_find(arena, setup->command[0], &program));
    char** words = OG_NEW(arena, char*, setup->word_count + 1);
    for (int i = 0; i < setup->word_count; i++) {
        words[i] = og_text_copy(arena, setup->command[i], strlen(setup->command[i]));
    }
    const og_child_plan plan = {.program = program,
                                .arguments = words,
                                .environment = environ,
                                .speaks = true,
                                .patience = OUTSIDER_PATIENCE};
    OG_TRY(og_child_start(&plan, &outsider->child));
    outsider->running = true;
    return outsider_greet(outsider);
}

og_status og_outsider_tell(og_outsider* outsider, const og_record* record, int64_t first,
                           int64_t count) {
    if (outsider->setup.proposer.ask) {
        const og_arena_mark mark = og_arena_here(outsider->scratch);
        const og_status status = outsider_call_tell(outsider, record, first, count);
        og_arena_rewind(outsider->scratch, mark);
        return status;
    }
    for (int64_t at = first; at < first + count; at += OUTSIDER_TRIALS) {
        const og_arena_mark mark = og_arena_here(outsider->scratch);
        og_buffer line = {.arena = outsider->scratch};
        og_outsider_tell_begin(&line);
        for (int64_t i = at; i < first + count && i < at + OUTSIDER_TRIALS; i++) {
            og_outsider_tell_trial(&line, outsider->setup.problem, og_record_at(record, i),
                                   i == at);
        }
        og_outsider_tell_end(&line);
        OG_TRY(outsider_write(outsider, line.data, line.length));
        og_arena_rewind(outsider->scratch, mark);
    }
    return OG_OK;
}

// One question and its answer; `*good` is false when the answer was refused.
static og_status outsider_try(og_outsider* outsider, int count, double deadline, double* x,
                              int* found, bool* good) {
    const char* question = og_outsider_question(outsider->scratch, count);
    OG_TRY(outsider_write(outsider, question, strlen(question)));
    const char* line;
    size_t length = 0;
    *found = -1;
    *good = true;
    OG_TRY(outsider_read(outsider, deadline, &line, &length));
    int index;
    if (!line || og_outsider_read_designs(outsider->scratch, outsider->setup.problem, line, length,
                                          count, x, found, &index) == OG_OK) {
        return OG_OK;
    }
    *good = false;
    const char* refusal = og_outsider_refusal(outsider->scratch, index, og_error_text());
    return outsider_write(outsider, refusal, strlen(refusal));
}

og_status og_outsider_ask(og_outsider* outsider, int count, double deadline, double* x,
                          int* found) {
    if (outsider->setup.proposer.ask) {
        return outsider_call_ask(outsider, count, x, found);
    }
    const og_arena_mark mark = og_arena_here(outsider->scratch);
    bool good = false;
    for (int i = 0; i < OUTSIDER_TRIES && !good; i++) {
        OG_TRY(outsider_try(outsider, count, deadline, x, found, &good));
    }
    if (!good) {
        // the reason is the message of the last refusal
        const char* what =
            og_text_format(outsider->scratch, "%d wrong answers in a row, the last: %s",
                           (int)OUTSIDER_TRIES, og_error_text());
        return outsider_break(outsider, OG_CHILD_LATE, what);
    }
    og_arena_rewind(outsider->scratch, mark);
    return OG_OK;
}

void og_outsider_stop(og_outsider* outsider) {
    static const char bye[] = "{\"type\":\"bye\"}\n";
    if (!outsider || !outsider->running) {
        return;
    }
    og_child_write(&outsider->child, bye, sizeof bye - 1, og_clock_seconds());
    og_child_stop(&outsider->child, false, NULL);
    og_child_close(&outsider->child);
    outsider->running = false;
}
