// Child processes: they end with whoever started them, and when they are told to.

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "ogive/clock.h"

static og_child_plan child_shell(const char** words, const char* text, bool speaks) {
    static char path[] = "PATH=/usr/bin:/bin";
    static char* variables[] = {path, NULL};
    words[0] = "sh";
    words[1] = "-c";
    words[2] = text;
    words[3] = NULL;
    union {
        const char** in;
        char** out;
    } arguments = {.in = words};
    return (og_child_plan){.program = "/bin/sh",
                           .arguments = arguments.out,
                           .environment = variables,
                           .speaks = speaks};
}

static bool child_gone(pid_t process) {
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; i < 300; i++) {
        if (kill(process, 0) != 0 && errno == ESRCH) {
            return true;
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static void test_output_and_end(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* words[4];
    const og_child_plan plan = child_shell(words, "echo a; echo b; echo c >&2; exit 7", false);
    og_child_result result;
    assert_int_equal(og_child_run(arena, &plan, 10, 100, &result), OG_OK);
    assert_string_equal(result.output, "a\nb\n");
    assert_int_equal(result.end.ending, OG_CHILD_EXITED);
    assert_int_equal(result.end.number, 7);
    assert_string_equal(og_child_describe(arena, result.end, &result.errors, 10, 100),
                        "exit status 7: c");
    og_arena_destroy(arena);
}

static void test_no_such_program(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* words[4];
    og_child_plan plan = child_shell(words, "", false);
    plan.program = "/no/such/program";
    og_child_result result;
    assert_int_equal(og_child_run(arena, &plan, 10, 100, &result), OG_OK);
    assert_int_equal(result.end.ending, OG_CHILD_REFUSED);
    assert_int_equal(result.end.number, ENOENT);
    plan.program = "/bin/sh";
    plan.directory = "/no/such/folder";
    assert_int_equal(og_child_run(arena, &plan, 10, 100, &result), OG_OK);
    assert_int_equal(result.end.ending, OG_CHILD_REFUSED);
    og_arena_destroy(arena);
}

static void test_writing_to_the_dead_raises_no_signal(void** state) {
    (void)state;
    const char* words[4];
    const og_child_plan plan = child_shell(words, "exit 0", true);
    og_child child;
    assert_int_equal(og_child_start(&plan, &child), OG_OK);
    struct pollfd ended = {.fd = child.report, .events = POLLIN};
    assert_int_equal(poll(&ended, 1, 10000), 1);
    assert_false(og_child_write(&child, "x\n", 2, og_clock_seconds() + 1));
    og_child_stop(&child, false, NULL);
    og_child_close(&child);
}

static void test_writing_to_the_deaf_ends(void** state) {
    (void)state;
    static char large[1 << 20];
    const char* words[4];
    const og_child_plan plan = child_shell(words, "sleep 100", true);
    og_child child;
    assert_int_equal(og_child_start(&plan, &child), OG_OK);
    const double start = og_clock_seconds();
    assert_false(og_child_write(&child, large, sizeof large, start + 0.1));
    og_child_end end;
    og_child_stop(&child, true, &end);
    assert_int_equal(end.ending, OG_CHILD_LOST);
    og_child_close(&child);
    assert_true(og_clock_seconds() - start < 5);
}

// A starter that is killed without warning takes what it started with it.
static void test_it_dies_with_its_starter(void** state) {
    (void)state;
    int line[2];
    assert_int_equal(pipe(line), 0);
    const pid_t starter = fork();
    if (starter == 0) {
        const char* words[4];
        const og_child_plan plan =
            child_shell(words, "setsid sleep 1000 & echo $$ $!; exec >&-; sleep 1000", false);
        og_child child;
        if (og_child_start(&plan, &child) != OG_OK) {
            _exit(1);
        }
        char text[64];
        struct pollfd said = {.fd = child.output, .events = POLLIN};
        poll(&said, 1, 10000);
        const ssize_t got = read(child.output, text, sizeof text);
        if (got <= 0 || write(line[1], text, (size_t)got) != got) {
            _exit(1);
        }
        kill(getpid(), SIGKILL);
    }
    close(line[1]);
    char text[64] = {0};
    assert_true(read(line[0], text, sizeof text - 1) > 0);
    close(line[0]);
    int pids[2];
    assert_int_equal(sscanf(text, "%d %d", &pids[0], &pids[1]), 2);
    waitpid(starter, NULL, 0);
    assert_true(child_gone(pids[0]));
    assert_true(child_gone(pids[1]));
}

static void test_descriptors_come_back(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const int before = dup(0);
    close(before);
    for (int i = 0; i < 50; i++) {
        const char* words[4];
        const og_child_plan plan = child_shell(words, "yes", false);
        og_child_result result;
        assert_int_equal(og_child_run(arena, &plan, 5, 1000, &result), OG_OK);
        assert_int_equal(result.end.ending, OG_CHILD_FLOODING);
    }
    const int after = dup(0);
    close(after);
    assert_int_equal(before, after);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_and_end),
        cmocka_unit_test(test_no_such_program),
        cmocka_unit_test(test_writing_to_the_dead_raises_no_signal),
        cmocka_unit_test(test_writing_to_the_deaf_ends),
        cmocka_unit_test(test_it_dies_with_its_starter),
        cmocka_unit_test(test_descriptors_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
