// The guard runs after fork() in what may have been a process of many threads, so it calls
// async-signal-safe functions alone.
#include "base/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ogive/clock.h"
#include "ogive/file.h"
#include "ogive/text.h"

// descriptors of the guard; the program has the first three
enum { CHILD_INPUT, CHILD_OUTPUT, CHILD_ERRORS, CHILD_LIFE, CHILD_REPORT, CHILD_DESCRIPTORS };

enum {
    CHILD_ROUNDS = 2000,  // of a millisecond, to kill all that a program left behind
    CHILD_FILES = 4096,   // descriptors that may be open
    CHILD_GLANCE = 10,    // milliseconds between two looks whether the guard was stopped
};

#define CHILD_JOIN 10.0  // seconds for the guard to do its work

// What the guard writes, at most twice, and the first one counts: the program wrote that it cannot
// be executed, or the guard how it ended.
typedef struct child_report {
    int refused;  // errno, or 0
    int status;   // of waitpid()
} child_report;

static void child_woken(int signal_number) {
    (void)signal_number;
}

static void child_default_signals(void) {
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int i = 1; i < NSIG; i++) {
        sigaction(i, &plain, NULL);
    }
}

static void child_limit(int resource, size_t bytes) {
    if (bytes > 0) {
        const struct rlimit limit = {bytes, bytes};
        setrlimit((__rlimit_resource_t)resource, &limit);
    }
}

// The program: what is left to do before it takes over.
static _Noreturn void child_become(const og_child_plan* plan, const sigset_t* none) {
    close(CHILD_LIFE);
    fcntl(CHILD_REPORT, F_SETFD, FD_CLOEXEC);
    setpgid(0, 0);
    child_default_signals();
    sigprocmask(SIG_SETMASK, none, NULL);
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    child_limit(RLIMIT_FSIZE, plan->file);
    if (!plan->directory || chdir(plan->directory) == 0) {
        child_limit(RLIMIT_AS, plan->memory);
        execve(plan->program, plan->arguments, plan->environment);
    }
    const child_report report = {.refused = errno};
    if (write(CHILD_REPORT, &report, sizeof report) < 0) {
        _exit(126);
    }
    _exit(127);
}

// Kill the processes that the kernel lists as children of this one: orphans come to the guard.
static void child_kill_listed(const char* list) {
    static char text[1 << 16];
    const int file = open(list, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text);
    if (file >= 0) {
        close(file);
    }
    pid_t number = 0;
    for (ssize_t i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            number = number * 10 + (text[i] - '0');
        } else {
            if (number > 1) {
                kill(number, SIGKILL);
            }
            number = 0;
        }
    }
}

// "/proc/self/task/PID/children" without printf.
static void child_list_path(char* path) {
    static const char head[] = "/proc/self/task/";
    static const char tail[] = "/children";
    char digits[24];
    size_t count = 0;
    for (pid_t rest = getpid(); rest > 0; rest /= 10) {
        digits[count++] = (char)('0' + rest % 10);
    }
    memcpy(path, head, sizeof head - 1);
    path += sizeof head - 1;
    while (count > 0) {
        *path++ = digits[--count];
    }
    memcpy(path, tail, sizeof tail);
}

// Kill the group of the program and every process that it left, until none is there.
static void child_kill_all(pid_t program) {
    char list[64];
    child_list_path(list);
    const struct timespec pause = {.tv_nsec = 1000000};
    for (int round = 0; round < CHILD_ROUNDS; round++) {
        kill(-program, SIGKILL);
        child_kill_listed(list);
        pid_t gone;
        while ((gone = waitpid(-1, NULL, WNOHANG)) > 0) {
        }
        if (gone < 0 && errno == ECHILD) {
            return;
        }
        nanosleep(&pause, NULL);
    }
}

// Reap what ended; true when the program is among it.
static bool child_reap(pid_t program, int* status) {
    for (;;) {
        siginfo_t ended = {0};
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) {
            return false;
        }
        if (waitpid(ended.si_pid, status, 0) == program) {
            return true;
        }
    }
}

// Wait until the program ends, or until its starter says so or is gone. True when it ended.
static bool child_watch(pid_t program, int patience, const sigset_t* none, int* status) {
    struct timespec rest = {.tv_sec = patience / 1000, .tv_nsec = patience % 1000 * 1000000L};
    bool alone = false;
    while (!child_reap(program, status)) {
        struct pollfd life = {.fd = alone ? -1 : CHILD_LIFE, .events = POLLIN};
        const int ready = ppoll(&life, 1, alone ? &rest : NULL, none);
        char haste;
        if (alone && ready == 0) {
            return false;
        }
        if (ready > 0) {
            if (read(CHILD_LIFE, &haste, 1) > 0) {
                return false;
            }
            alone = true;
        }
    }
    return true;
}

static _Noreturn void child_guard(const og_child_plan* plan, const int* ends) {
    int high[CHILD_DESCRIPTORS];
    for (int i = 0; i < CHILD_DESCRIPTORS; i++) {
        high[i] = fcntl(ends[i], F_DUPFD, CHILD_DESCRIPTORS);
    }
    for (int i = 0; i < CHILD_DESCRIPTORS; i++) {
        dup2(high[i], i);
    }
    if (close_range(CHILD_DESCRIPTORS, ~0u, 0) != 0) {
        // a kernel before 5.9
        for (int i = CHILD_DESCRIPTORS; i < CHILD_FILES; i++) {
            close(i);
        }
    }
    // a session of its own would be a scheduling group of its own, without the starter's niceness
    setpgid(0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    child_default_signals();
    const struct sigaction woken = {.sa_handler = child_woken};
    sigaction(SIGCHLD, &woken, NULL);
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignored, NULL);
    sigset_t none;
    sigset_t children;
    sigemptyset(&none);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, NULL);
    const pid_t program = fork();
    if (program == 0) {
        child_become(plan, &none);
    }
    if (program < 0) {
        const child_report report = {.refused = errno};
        _exit(write(CHILD_REPORT, &report, sizeof report) < 0);
    }
    setpgid(program, program);
    close(CHILD_INPUT);
    close(CHILD_OUTPUT);
    close(CHILD_ERRORS);
    child_report report = {0};
    const bool ended = child_watch(program, plan->patience, &none, &report.status);
    child_kill_all(program);
    _exit(ended && write(CHILD_REPORT, &report, sizeof report) < 0);
}

// write() that reports a closed pipe by errno alone.
static ssize_t child_write_quietly(int descriptor, const char* text, size_t size) {
    sigset_t quiet;
    sigset_t before;
    sigset_t waiting;
    sigemptyset(&quiet);
    sigaddset(&quiet, SIGPIPE);
    sigpending(&waiting);
    pthread_sigmask(SIG_BLOCK, &quiet, &before);
    const ssize_t wrote = write(descriptor, text, size);
    const int problem = errno;
    if (wrote < 0 && problem == EPIPE && !sigismember(&waiting, SIGPIPE)) {
        const struct timespec now = {0};
        sigtimedwait(&quiet, NULL, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = problem;
    return wrote;
}

static void child_close(int* descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
    }
    *descriptor = -1;
}

// Pipes for all five: [i][0] is read, [i][1] written.
static bool child_open(const og_child_plan* plan, int (*pipes)[2]) {
    bool good = true;
    for (int i = 0; i < CHILD_DESCRIPTORS; i++) {
        pipes[i][0] = pipes[i][1] = -1;
        if (i == CHILD_INPUT && !plan->speaks) {
            pipes[i][0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
            good = good && pipes[i][0] >= 0;
        } else {
            good = good && pipe2(pipes[i], O_CLOEXEC) == 0;
        }
    }
    return good;
}

og_status og_child_start(const og_child_plan* plan, og_child* child) {
    int pipes[CHILD_DESCRIPTORS][2];
    *child = (og_child){0, -1, -1, -1, -1, -1};
    bool good = child_open(plan, pipes);
    // the program's ends: it reads input and life, and writes the others
    int ends[CHILD_DESCRIPTORS];
    int* own[CHILD_DESCRIPTORS] = {&child->input, &child->output, &child->errors, &child->life,
                                   &child->report};
    for (int i = 0; i < CHILD_DESCRIPTORS; i++) {
        const int side = i == CHILD_INPUT || i == CHILD_LIFE ? 0 : 1;
        ends[i] = pipes[i][side];
        *own[i] = pipes[i][1 - side];
    }
    int problem = good ? 0 : errno;
    if (good) {
        // no handler of the starter may run in the guard before it has its own
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        child->guard = fork();
        problem = errno;
        if (child->guard == 0) {
            child_guard(plan, ends);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        good = child->guard > 0;
    }
    for (int i = 0; i < CHILD_DESCRIPTORS; i++) {
        child_close(&ends[i]);
    }
    if (!good) {
        child->guard = 0;
        og_child_stop(child, true, NULL);
        og_child_close(child);
        return og_fail(OG_ERROR_SYSTEM, "cannot start a process: %s", strerror(problem));
    }
    fcntl(child->output, F_SETFL, O_NONBLOCK);
    fcntl(child->errors, F_SETFL, O_NONBLOCK);
    fcntl(child->report, F_SETFL, O_NONBLOCK);
    if (child->input >= 0) {
        fcntl(child->input, F_SETFL, O_NONBLOCK);
    }
    return OG_OK;
}

// Wait until the guard is gone. A program may have stopped it, or stop it again.
static void child_join(og_child* child) {
    const double deadline = og_clock_seconds() + CHILD_JOIN;
    while (child->guard > 0) {
        const pid_t gone = waitpid(child->guard, NULL, WNOHANG);
        if (gone == child->guard || (gone < 0 && errno != EINTR)) {
            child->guard = 0;
            return;
        }
        kill(child->guard, og_clock_seconds() < deadline ? SIGCONT : SIGKILL);
        // its end of the pipe closes shortly before it is gone
        struct pollfd closed = {.fd = child->report};
        if (poll(&closed, 1, CHILD_GLANCE) != 0) {
            const struct timespec pause = {.tv_nsec = 20000};
            nanosleep(&pause, NULL);
        }
    }
}

void og_child_kill(const og_child* child) {
    if (child->life >= 0) {
        child_write_quietly(child->life, "!", 1);
    }
}

void og_child_stop(og_child* child, bool hasty, og_child_end* end) {
    if (hasty) {
        og_child_kill(child);
    }
    child_close(&child->life);
    child_close(&child->input);
    child_join(child);
    og_child_end how = {.ending = OG_CHILD_LOST};
    child_report report;
    if (child->report >= 0 && read(child->report, &report, sizeof report) == sizeof report) {
        if (report.refused != 0) {
            how = (og_child_end){OG_CHILD_REFUSED, report.refused};
        } else if (WIFEXITED(report.status)) {
            how = (og_child_end){OG_CHILD_EXITED, WEXITSTATUS(report.status)};
        } else {
            how = (og_child_end){OG_CHILD_SIGNALLED, WTERMSIG(report.status)};
        }
    }
    child_close(&child->report);
    if (end) {
        *end = how;
    }
}

void og_child_close(og_child* child) {
    assert(child->guard == 0);
    child_close(&child->output);
    child_close(&child->errors);
}

// Milliseconds until `deadline` for poll(), rounded up.
static int child_wait(double deadline) {
    const double rest = ceil((deadline - og_clock_seconds()) * 1e3);
    return rest <= 0 ? 0 : rest > 1e9 ? 1000000000 : (int)rest;
}

bool og_child_write(og_child* child, const char* text, size_t size, double deadline) {
    while (size > 0) {
        const ssize_t wrote = child_write_quietly(child->input, text, size);
        if (wrote > 0) {
            text += wrote;
            size -= (size_t)wrote;
            continue;
        }
        if (errno == EINTR) {
            continue;
        }
        struct pollfd ready = {.fd = child->input, .events = POLLOUT};
        if (errno != EAGAIN || poll(&ready, 1, child_wait(deadline)) == 0) {
            return false;
        }
    }
    return true;
}

bool og_child_listen(og_child* child, og_child_tail* tail) {
    char step[4096];
    for (;;) {
        const ssize_t got = read(child->errors, step, sizeof step);
        if (got <= 0) {
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        }
        const size_t room = sizeof tail->text - 1;
        const size_t take = (size_t)got < room ? (size_t)got : room;
        const size_t keep = tail->length + take > room ? room - take : tail->length;
        memmove(tail->text, tail->text + tail->length - keep, keep);
        memcpy(tail->text + keep, step + (size_t)got - take, take);
        tail->length = keep + take;
        if ((size_t)got < sizeof step) {
            return true;
        }
    }
}

const char* og_child_last_line(og_arena* arena, const og_child_tail* tail) {
    const char* cursor = tail->text;
    const char* end = tail->text + tail->length;
    const char* last = "";
    size_t length = 0;
    const char* line;
    while ((line = og_file_line(&cursor, end, &length)) != NULL) {
        char* text = og_text_copy(arena, line, length);
        for (size_t i = 0; i < length; i++) {
            text[i] = text[i] == '\0' ? '?' : text[i];
        }
        text = og_text_trim(arena, text);
        last = text[0] != '\0' ? text : last;
    }
    return og_text_printable(arena, last);
}

// What is there of the output, without waiting. False when there is too much of it.
static bool child_read(og_child* child, size_t limit, og_buffer* output, bool* open) {
    char step[1 << 14];
    for (;;) {
        const ssize_t got = read(child->output, step, sizeof step);
        if (got <= 0) {
            *open = got < 0 && (errno == EAGAIN || errno == EINTR);
            return true;
        }
        if (output->length + (size_t)got > limit) {
            return false;
        }
        og_buffer_add(output, step, (size_t)got);
        if ((size_t)got < sizeof step) {
            return true;
        }
    }
}

og_status og_child_run(og_arena* arena, const og_child_plan* plan, double seconds, size_t limit,
                       og_child_result* result) {
    *result = (og_child_result){0};
    og_child child;
    const double deadline = og_clock_seconds() + seconds;
    OG_TRY(og_child_start(plan, &child));
    og_buffer output = {.arena = arena};
    og_buffer_add(&output, "", 0);
    bool speaking = true;
    bool complaining = true;
    bool fits = true;
    bool late = false;
    for (bool ended = false; fits && !late && !ended;) {
        struct pollfd ready[] = {
            {.fd = child.report, .events = POLLIN},
            {.fd = speaking ? child.output : -1, .events = POLLIN},
            {.fd = complaining ? child.errors : -1, .events = POLLIN},
        };
        poll(ready, 3, child_wait(deadline));
        fits = child_read(&child, limit, &output, &speaking);
        complaining = og_child_listen(&child, &result->errors);
        ended = ready[0].revents != 0;
        late = !ended && og_clock_seconds() >= deadline;
    }
    og_child_stop(&child, true, &result->end);
    fits = fits && child_read(&child, limit, &output, &speaking);
    og_child_listen(&child, &result->errors);
    og_child_close(&child);
    if (!fits || late) {
        result->end.ending = fits ? OG_CHILD_LATE : OG_CHILD_FLOODING;
    }
    result->output = output.data;
    result->output_length = output.length;
    return OG_OK;
}

const char* og_child_describe(og_arena* arena, og_child_end end, const og_child_tail* errors,
                              double seconds, size_t output) {
    og_buffer text = {.arena = arena};
    char number[32];
    const char* name;
    switch (end.ending) {
    case OG_CHILD_EXITED: og_buffer_print(&text, "exit status %d", end.number); break;
    case OG_CHILD_SIGNALLED:
        name = sigabbrev_np(end.number);
        og_buffer_print(&text, "ended by signal %d%s%s", end.number, name ? " SIG" : "",
                        name ? name : "");
        break;
    case OG_CHILD_REFUSED:
        og_buffer_print(&text, "cannot be executed: %s", strerror(end.number));
        break;
    case OG_CHILD_LATE:
        og_buffer_print(&text, "killed after %s s", og_text_real(seconds, number));
        break;
    case OG_CHILD_FLOODING:
        og_buffer_print(&text, "killed because it wrote more than %zu KiB", output / 1024);
        break;
    case OG_CHILD_LOST: og_buffer_print(&text, "ended without a status"); break;
    }
    const char* line = errors ? og_child_last_line(arena, errors) : "";
    if (line[0] != '\0') {
        og_buffer_print(&text, ": %s", line);
    }
    return text.data;
}
