/// Child processes that cannot outlive, flood or stop whoever starts them.
///
/// A program runs below a guard, a process of its own that does nothing but wait. The guard kills
/// the program and all that the program started when the starter says so, ends or crashes, and when
/// the program ends and leaves processes behind. The program has a process group of its own, which
/// signals of the terminal do not reach, the default signal handling, and no open files but the
/// three standard ones.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// What to start.
typedef struct og_child_plan {
    const char* program;       ///< path
    char* const* arguments;    ///< NULL at the end; the first is the program's name for itself
    char* const* environment;  ///< "NAME=value", NULL at the end
    const char* directory;     ///< to work in; NULL = the starter's
    size_t memory;             ///< bytes of address space of each process, 0 = no limit
    size_t file;               ///< bytes of each file it writes, 0 = no limit
    bool speaks;               ///< its input is a pipe; otherwise it is empty
    int patience;              ///< milliseconds for ending by itself when its starter is gone, or
                               ///< stops it without haste
} og_child_plan;

/// A running program. Descriptors are the starter's ends of pipes, -1 when closed.
typedef struct og_child {
    pid_t guard;  ///< 0 = none
    int input;    ///< -1 when it does not speak
    int output;   ///< does not block
    int errors;   ///< does not block
    int report;   ///< readable when the program has ended
    int life;     ///< closing it kills everything
} og_child;

typedef enum og_child_ending {
    OG_CHILD_EXITED,     ///< number: its status
    OG_CHILD_SIGNALLED,  ///< number: the signal
    OG_CHILD_REFUSED,    ///< it could not be started; number: errno
    OG_CHILD_LATE,       ///< killed at its time limit
    OG_CHILD_FLOODING,   ///< killed because of more output than allowed
    OG_CHILD_LOST,       ///< it or its guard vanished without a word
} og_child_ending;

typedef struct og_child_end {
    og_child_ending ending;
    int number;
} og_child_end;

/// Start a program. A program that the system refuses to execute shows only in its end.
og_status og_child_start(const og_child_plan* plan, og_child* child);

/// Begin to kill it, from any thread; og_child_stop() has to follow.
void og_child_kill(const og_child* child);

/// Kill what is left of it (when `hasty`, or else after its patience), wait until it is gone, say
/// how the program ended (`end` may be NULL; OG_CHILD_LOST when it had to be killed), and close
/// everything but `output` and `errors`, which hold what was not read yet.
void og_child_stop(og_child* child, bool hasty, og_child_end* end);

/// Close what og_child_stop() left open.
void og_child_close(og_child* child);

/// Write all of `text` to the input before the monotonic time `deadline` (seconds, see
/// og_clock_seconds()); false when it ended, or does not read. No signal is raised.
bool og_child_write(og_child* child, const char* text, size_t size, double deadline);

/// The last bytes of a stream.
typedef struct og_child_tail {
    char text[4096];
    size_t length;
} og_child_tail;

/// Read what is there of `errors`, without waiting, and keep the end of it. False at its end.
bool og_child_listen(og_child* child, og_child_tail* tail);

/// The last line that is not blank, fit for messages, in `arena`; "" when there is none.
const char* og_child_last_line(og_arena* arena, const og_child_tail* tail);

/// A program that ran to its end.
typedef struct og_child_result {
    og_child_end end;
    char* output;  ///< terminated
    size_t output_length;
    og_child_tail errors;
} og_child_result;

/// Run a program to its end, at most `seconds` long, with at most `output` bytes of standard
/// output, which are kept in `arena`.
og_status og_child_run(og_arena* arena, const og_child_plan* plan, double seconds, size_t output,
                       og_child_result* result);

/// What an end means, in words, with the last line of `errors` (may be NULL), in `arena`: "exit
/// status 3: no such file". `seconds` and `output` are the limits for messages.
const char* og_child_describe(og_arena* arena, og_child_end end, const og_child_tail* errors,
                              double seconds, size_t output);
