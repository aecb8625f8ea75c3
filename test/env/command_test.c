// Programs as environments: what is read from them, what they are refused for, and what they try.

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "env/command/command.h"
#include "env/command/folder.h"
#include "env/command/quantity.h"
#include "ogive/clock.h"
#include "ogive/file.h"
#include "ogive/text.h"
#include "ogive/workers.h"

static char command_here[64];  // a folder for what a test leaves

static og_status command_open(og_arena* arena, const char* text, og_model* model) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("command", &type), OG_OK);
    *model = (og_model){.type = type};
    return og_command_open_text(arena, text, strlen(text), "d.yaml", command_here, model);
}

static og_outcome command_cost(og_arena* arena, const og_model* model, const double* x, double* y,
                               const char** reason) {
    *reason = "";
    const og_outcome outcome = model->type->evaluate(model->data, x, y, arena, reason);
    assert_true(outcome == OG_FEASIBLE || (*reason)[0] != '\0');
    return outcome;
}

// The description of a shell's command with one boolean parameter and the metrics of `metrics`.
static const char* command_text(og_arena* arena, const char* shell, const char* metrics,
                                const char* more) {
    return og_text_format(arena,
                          "parameters: {flag: {boolean: false}}\nshell: true\ncommand: |\n"
                          "  %s\nmetrics: {%s}\n%s\n",
                          shell, metrics, more);
}

// Run a shell's command once.
static og_outcome command_shell(og_arena* arena, const char* shell, const char* metrics,
                                const char* more, double* y, const char** reason) {
    og_model model;
    const char* text = command_text(arena, shell, metrics, more);
    if (command_open(arena, text, &model) != OG_OK) {
        fail_msg("%s\n%s", og_error_text(), text);
    }
    const double x[1] = {0};
    return command_cost(arena, &model, x, y, reason);
}

typedef struct command_reading {
    const char* shell;
    const char* metric;  // of the map of metrics
    double value;        // NAN = failed
    const char* reason;
} command_reading;

static void test_metrics_are_read(void** state) {
    (void)state;
    static const command_reading cases[] = {
        {"echo '{\"t\": 2.5}'", "t: {json: t}", 2.5, NULL},
        {"echo starting; echo '{\"t\": 2}'", "t: {json: t}", 2, NULL},
        {"echo '{\"a\": {\"b\": [1, {\"c\": 7}]}}'", "t: {json: a.b.1.c}", 7, NULL},
        {"echo '{\"a.b\": 3}'", "t: {json: a.b}", 3, NULL},
        {"echo '[4]'", "t: {json: 0}", 4, NULL},
        {"echo '{\"t\": \"2.5 us\"}'", "t: {json: t, unit: ns}", 2500, NULL},
        {"echo '{\"t\": \"2.5\"}'", "t: {json: t, unit: ns}", NAN, "has no unit"},
        {"echo '{\"t\": \"2.5 W\"}'", "t: {json: t, unit: ns}", NAN, "cannot be converted to ns"},
        {"echo '{\"t\": 2.5}'", "t: {json: t, unit: ns, in: ms}", 2.5e6, NULL},
        {"echo '{\"t\": 123456789012345678901234567890}'", "t: {json: t}",
         123456789012345678901234567890.0, NULL},
        {"echo '{\"t\": null}'", "t: {json: t}", NAN, "'t' is no number"},
        {"echo '{\"t\": NaN}'", "t: {json: t}", NAN, "no JSON"},
        {"echo '{\"t\": \"nan\"}'", "t: {json: t}", NAN, "is not a finite number"},
        {"echo '{\"t\": \"inf\"}'", "t: {json: t}", NAN, "is not a finite number"},
        {"echo '{\"u\": 1}'", "t: {json: t}", NAN, "no 't' in the JSON"},
        {"echo '{\"t\": 1'", "t: {json: t}", NAN, "no JSON"},
        {"true", "t: {json: t}", NAN, "no JSON"},
        {"printf 'a,t\\n1,2\\n3,4\\n'", "t: {csv: t}", 4, NULL},
        {"printf 'a,t\\n1,2\\n3,4\\n'", "t: {csv: t, take: first}", 2, NULL},
        {"printf 'a,t\\n1,2 ms\\n'", "t: {csv: t, unit: us}", 2000, NULL},
        {"printf 'a,t\\n1,2 mm\\n'", "t: {csv: t, unit: us}", NAN, "cannot be converted to us"},
        {"printf 'a,t\\n1\\n'", "t: {csv: t}", NAN, "output:2"},
        {"printf 'a\\n1\\n'", "t: {csv: t}", NAN, "no column 't'"},
        {"mkdir out; echo t=9 >out/stats.txt", "t: {regex: \"t=([0-9]+)\", file: out/stats.txt}", 9,
         NULL},
        {"true", "t: {regex: \"t=([0-9]+)\", file: stats.txt}", NAN, "stats.txt: No such file"},
        {"mkfifo stats.txt", "t: {json: t, file: stats.txt}", NAN, "is no plain file"},
        {"ln -s /etc/passwd stats.txt", "t: {json: t, file: stats.txt}", NAN, "stats.txt"},
        {"echo t=1; echo t=2", "t: {regex: \"t=([0-9]+)\"}", 2, NULL},
        {"echo t=1 t=2; echo", "t: {regex: \"t=([0-9]+)\"}", 2, NULL},
        {"echo t=1 t=2", "t: {regex: \"t=([0-9]+)\", take: first}", 1, NULL},
        {"printf 't=3\\r\\n'", "t: {regex: \"^t=([0-9]+)$\"}", 3, NULL},
        {"seq 130000", "t: {regex: \"([0-9]+)\"}", 130000, NULL},
        {"seq 130000 | tr '\\n' ' '", "t: {regex: \"([0-9]+)\"}", 130000, NULL},
        {"echo t=1; echo t=2", "t: {regex: \"t=([0-9]+)\", take: first}", 1, NULL},
        {"echo t=1; echo t=2", "t: {regex: \"^t=([0-9]+)$\"}", 2, NULL},
        {"echo 12.5 us", "t: {regex: \"([0-9.]+) (ns|us)\", unit: ns}", 12500, NULL},
        {"echo 12.5", "t: {regex: \"([0-9.]+) *(ns|us)?\", unit: ns}", NAN, "has no unit"},
        {"echo 12.5 lightyears", "t: {regex: \"([0-9.]+) ([a-z]+)\", unit: ns}", NAN,
         "cannot be converted to ns"},
        {"echo 1,250", "t: {regex: \"([0-9.,]+)\", unit: ns}", NAN, "cannot be converted"},
        {"echo 1e999", "t: {regex: \"([0-9e]+)\"}", NAN, "not"},
        {"echo nothing", "t: {regex: \"t=([0-9]+)\"}", NAN, "nothing matches"},
        {"printf 't=1\\0t=2'", "t: {regex: \"t=([0-9]+)\"}", 2, NULL},
        {"head -c 300000 /dev/zero | tr '\\0' x; echo t=5", "t: {regex: \"t=([0-9]+)\"}", 5, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        double y[1] = {NAN};
        const char* reason = NULL;
        const og_outcome outcome =
            command_shell(arena, cases[i].shell, cases[i].metric, "", y, &reason);
        if (isnan(cases[i].value) ? outcome != OG_FAILED || !strstr(reason, cases[i].reason)
                                  : outcome != OG_FEASIBLE || y[0] != cases[i].value) {
            fail_msg("%s with %s: %.17g, %s", cases[i].shell, cases[i].metric, y[0], reason);
        }
        og_arena_destroy(arena);
    }
}

static void test_units_are_converted(void** state) {
    (void)state;
    static const struct {
        const char *text, *to;
        double value;
    } cases[] = {
        {"1 s", "ps", 1e12},         {"3 ps", "ns", 0.003},  {"7ms", "s", 0.007},
        {"1 GiB", "KiB", 1 << 20},   {"1 KiB", "kB", 1.024}, {"2 GHz", "MHz", 2000},
        {"5 W", "mW", 5000},         {"1 uW", "mW", 0.001},  {"1 pJ", "J", 1e-12},
        {"2 \xc2\xb5s", "ns", 2000}, {"-1e3 ns", "us", -1},  {"6 cycles", "cycles", 6},
    };
    og_arena* arena = og_arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = NAN;
        const char* reason = "";
        if (!og_quantity_read(arena, cases[i].text, NULL, cases[i].to, &value, &reason) ||
            fabs(value - cases[i].value) > 1e-15 * fabs(cases[i].value)) {
            fail_msg("%s in %s: %.17g %s", cases[i].text, cases[i].to, value, reason);
        }
    }
    og_arena_destroy(arena);
}

typedef struct command_ending {
    const char* shell;
    const char* more;
    const char* reason;
} command_ending;

static void test_bad_endings_are_failures(void** state) {
    (void)state;
    static const command_ending cases[] = {
        {"echo first >&2; echo second >&2; exit 3", "", "exit status 3: second"},
        {"exit 1", "", "exit status 1"},
        {"kill -SEGV $$", "", "signal 11 SIGSEGV"},
        {"kill -KILL $$", "", "signal 9 SIGKILL"},
        {"sleep 100", "limits: {seconds: 0.2}", "killed after 0.2 s"},
        {"trap '' TERM INT HUP; while :; do :; done", "limits: {seconds: 0.2}", "killed after"},
        {"exec >&- 2>&-; sleep 100", "limits: {seconds: 0.2}", "killed after"},
        {"yes", "limits: {output_kib: 64}", "wrote more than 64 KiB"},
        {"yes >&2", "limits: {seconds: 1}", "killed after 1 s: y"},
        {"dd if=/dev/zero of=/dev/null bs=500M count=1", "limits: {memory_mib: 100}",
         "exit status 1"},
        {"exec dd if=/dev/zero of=big bs=1M count=10", "limits: {file_mib: 1}", "SIGXFSZ"},
        {"kill -STOP $PPID; exit 0", "limits: {seconds: 0.3}", "killed after 0.3 s"},
        {"kill -9 $PPID; sleep 1", "", "without a status"},
        {"printf '\\033]0;x\\007bad' >&2; exit 1", "", "exit status 1: ?]0;x?bad"},
        {"pwd >&2; exit 1", "", "exit status 1: ."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        double y[1];
        const char* reason = NULL;
        const double start = og_clock_seconds();
        const og_outcome outcome =
            command_shell(arena, cases[i].shell, "t: {json: t}", cases[i].more, y, &reason);
        if (outcome != OG_FAILED || !strstr(reason, cases[i].reason) ||
            og_clock_seconds() - start > 20) {
            fail_msg("%s: %s", cases[i].shell, reason);
        }
        og_arena_destroy(arena);
    }
}

// True when the process is gone within a second.
static bool command_gone(double process) {
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; i < 100; i++) {
        if (kill((pid_t)process, 0) != 0 && errno == ESRCH) {
            return true;
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static void test_nothing_lingers(void** state) {
    (void)state;
    static const char* const shells[] = {
        "sleep 1000 & echo \"{\\\"t\\\": $!}\"",
        "setsid sleep 1000 >/dev/null 2>&1 & echo \"{\\\"t\\\": $!}\"",
        ("(setsid sh -c 'sleep 1000 & echo $! >pid; sleep 1000' >/dev/null 2>&1 & ); sleep 1; "
         "echo \"{\\\"t\\\": $(cat pid)}\""),
        "nohup sh -c 'trap \"\" TERM HUP; sleep 1000' >/dev/null 2>&1 & echo \"{\\\"t\\\": $!}\"",
    };
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        og_arena* arena = og_arena_create();
        double y[1] = {0};
        const char* reason = NULL;
        if (command_shell(arena, shells[i], "t: {json: t}", "", y, &reason) != OG_FEASIBLE ||
            y[0] < 2 || !command_gone(y[0])) {
            fail_msg("%s: %g %s", shells[i], y[0], reason);
        }
        og_arena_destroy(arena);
    }
}

static void test_the_program_sees_little(void** state) {
    (void)state;
    setenv("COMMAND_SECRET", "1", 1);
    static const command_reading cases[] = {
        {"cat; echo 1", "t: {regex: \"([0-9]+)\"}", 1, NULL},
        // three and the one of the folder that ls reads
        {"ls /proc/self/fd | wc -l", "t: {regex: \"([0-9]+)\"}", 4, NULL},
        {"env | grep -c SECRET", "t: {regex: \"([0-9]+)\"}", NAN, "exit status 1"},
        {"ls | wc -l", "t: {regex: \"([0-9]+)\"}", 0, NULL},
        {"[ \"$TMPDIR\" = \"$PWD\" ] && echo 1", "t: {regex: \"([0-9]+)\"}", 1, NULL},
        {"env -i /bin/sh -c 'kill -PIPE $$'", "t: {regex: \"([0-9]+)\"}", NAN, "141"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        double y[1] = {NAN};
        const char* reason = NULL;
        const og_outcome outcome =
            command_shell(arena, cases[i].shell, cases[i].metric, "", y, &reason);
        if (isnan(cases[i].value) ? outcome != OG_FAILED || !strstr(reason, cases[i].reason)
                                  : outcome != OG_FEASIBLE || y[0] != cases[i].value) {
            fail_msg("%s: %g, %s", cases[i].shell, y[0], reason);
        }
        og_arena_destroy(arena);
    }
    og_arena* arena = og_arena_create();
    double y[1] = {NAN};
    const char* reason = NULL;
    const char* more = "inherit: [COMMAND_SECRET, NOT_THERE]\nenvironment: {OTHER: \"2\"}";
    assert_int_equal(command_shell(arena, "echo $COMMAND_SECRET$OTHER", "t: {regex: \"([0-9]+)\"}",
                                   more, y, &reason),
                     OG_FEASIBLE);
    assert_true(y[0] == 12);
    og_arena_destroy(arena);
}

// Sum of the bytes of a text, each times its place.
static double command_sum(const char* text) {
    double sum = 0;
    for (int i = 0; text[i] != '\0'; i++) {
        sum += (i + 1) * (unsigned char)text[i];
    }
    return sum;
}

static void test_values_inject_nothing(void** state) {
    (void)state;
    static const char* const ways[] = {
        "command: [sh, -c, \"printf %s \\\"$1\\\" | eval \\\"$SUM\\\"\", sh, \"{mode}\"]",
        "command: [sh, -c, \"cat mode | eval \\\"$SUM\\\"\"]\nfiles: {mode: \"{mode}\"}",
        "shell: true\ncommand: printf %s \"$OGIVE_mode\" | eval \"$SUM\"",
    };
    static const char* const yaml =
        "[\"a'b\", 'a\"b', \"a\\nb\\n\", \"a; touch pwned\", \"$(touch pwned)\", \"`touch "
        "pwned`\",\n"
        " \"a b\", \"-rf\", \"--help\", \"*\", \"{mode}\", \"{{mode}}\", \"%s%n\", \"\\\\\", "
        "\"\\e[31m\",\n"
        " \"$HOME\", \"| cat\", \"> pwned\", \"../../x\", \"\xc3\xa9\", \"'; touch pwned; '\"]";
    for (int way = 0; way < 3; way++) {
        og_arena* arena = og_arena_create();
        const char* text = og_text_format(
            arena,
            "parameters: {mode: {choices: %s}}\n%s\nenvironment: {SUM: \"%s\"}\n"
            "metrics: {t: {regex: \"([0-9]+)\"}}\n",
            yaml, ways[way],
            "od -An -v -tu1 | tr -s ' ' '\\\\n' | awk '/./ {s += ++n * $1} END {print s}'");
        og_model model;
        if (command_open(arena, text, &model) != OG_OK) {
            fail_msg("%s", og_error_text());
        }
        const og_parameter* mode = &model.space.parameters[0];
        assert_int_equal(mode->level_count, 21);
        for (int i = 0; i < mode->level_count; i++) {
            const double x[1] = {i};
            double y[1] = {NAN};
            const char* reason = NULL;
            if (command_cost(arena, &model, x, y, &reason) != OG_FEASIBLE ||
                y[0] != command_sum(mode->choices[i])) {
                fail_msg("way %d, '%s': %g, not %g, %s", way, mode->choices[i], y[0],
                         command_sum(mode->choices[i]), reason);
            }
        }
        og_arena_destroy(arena);
    }
}

static void test_retries_and_infeasible(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    double y[1] = {NAN};
    const char* reason = NULL;
    const char* shell =
        "echo x >>\"$OGIVE_here/tries\"; [ $(wc -l <\"$OGIVE_here/tries\") -ge 3 ] && echo 5";
    assert_int_equal(
        command_shell(arena, shell, "t: {regex: \"([0-9]+)\"}", "retries: 1", y, &reason),
        OG_FAILED);
    assert_int_equal(
        command_shell(arena, shell, "t: {regex: \"([0-9]+)\"}", "retries: 1", y, &reason),
        OG_FEASIBLE);
    assert_int_equal(command_shell(arena, "echo too large >&2; exit 4", "t: {json: t}",
                                   "infeasible_status: 4", y, &reason),
                     OG_INFEASIBLE);
    assert_string_equal(reason, "too large");
    assert_int_equal(
        command_shell(arena, "exit 4", "t: {json: t}", "infeasible_status: 4", y, &reason),
        OG_INFEASIBLE);
    og_arena_destroy(arena);
}

static int command_entries(const char* folder) {
    char text[256];
    snprintf(text, sizeof text, "ls -A '%s' | wc -l", folder);
    FILE* pipe = popen(text, "r");
    int count = -1;
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

static void test_failed_folders_are_kept(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* work = og_text_format(arena, "%s/work", command_here);
    assert_int_equal(mkdir(work, 0700), 0);
    const char* text =
        "parameters: {n: {integer: [0, 9]}}\nshell: true\n"
        "command: 'echo out; echo err >&2; mkdir -p deep/er; chmod 0 deep; [ $OGIVE_n -gt 6 ]'\n"
        "metrics: {t: {regex: \"([a-z]+)\"}}\nwork: {folder: work, keep: 3}\n";
    og_model model;
    if (command_open(arena, text, &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    for (int i = 0; i < 10; i++) {
        const double x[1] = {i};
        double y[1];
        const char* reason = NULL;
        assert_int_equal(command_cost(arena, &model, x, y, &reason), OG_FAILED);
        assert_int_equal(command_entries(work), i < 3 ? i + 1 : 3);
    }
    char first[256];
    snprintf(first, sizeof first,
             "cat %s/failed-*/ogive.txt %s/failed-*/ogive.std* | sort -u | wc -l", work, work);
    // one reason, three designs, two streams
    FILE* pipe = popen(first, "r");
    int lines = 0;
    assert_int_equal(fscanf(pipe, "%d", &lines), 1);
    pclose(pipe);
    assert_int_equal(lines, 6);
    og_arena_destroy(arena);
}

static void test_temporary_folders_go(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* temporary = og_text_format(arena, "%s/temporary", command_here);
    assert_int_equal(mkdir(temporary, 0700), 0);
    setenv("TMPDIR", temporary, 1);
    double y[1];
    const char* reason = NULL;
    assert_int_equal(
        command_shell(arena, "mkdir a; ln -s / a/root; touch \"a/x y\"; chmod 0 a; exit 1",
                      "t: {json: t}", "", y, &reason),
        OG_FAILED);
    assert_int_equal(command_entries(temporary), 0);
    unsetenv("TMPDIR");
    og_arena_destroy(arena);
}

static void test_descriptions_are_refused(void** state) {
    (void)state;
#define COMMAND_P "parameters: {a: {integer: [1, 4]}, mode: {choices: [x, y]}}\n"
#define COMMAND_M "metrics: {t: {json: t}}\n"
#define COMMAND_C "command: ['true']\n"
    static const char* const cases[][2] = {
        {"", "d.yaml: is empty"},
        {"[]", "d.yaml:1:1: a map that describes a program expected"},
        {"a: [", "d.yaml:2:1: "},
        {"a: 1\n---\nb: 2\n", "d.yaml:2:1: a second document"},
        {"a: !!int 1", "d.yaml:1:4: tags"},
        {"a: \"x\\0y\"", "zero byte"},
        {"a: 1\na: 2\n", "d.yaml:2:1: key 'a' is given twice"},
        {"? [x]\n: 1\n", "a key must be plain text"},
        {"&a [*a]", "d.yaml:1:5: alias *a has no anchor before it"},
        {COMMAND_P COMMAND_M COMMAND_C "metrix: 1\n",
         "d.yaml:4:1: unknown key 'metrix', did you mean metrics?"},
        {COMMAND_M COMMAND_C, "parameters: a map with 1 .. 1024 parameters"},
        {"parameters: {}\n", "d.yaml:1:13: parameters: a map with 1 .. 1024"},
        {"parameters: {a: 1}\n", "d.yaml:1:17: a map with the parameter's values expected"},
        {"parameters: {a: {}}\n", "a: its values are missing"},
        {"parameters: {a: {integer: [1, 2], real: [1, 2]}}\n", "a parameter has one kind"},
        {"parameters: {a: {integer: 3}}\n", "[minimum, maximum] expected"},
        {"parameters: {a: {integer: [1, x]}}\n", "d.yaml:1:31: 'x' is no number"},
        {"parameters: {a: {integer: [4, 1]}}\n", "d.yaml:1:14: a: minimum 4 is above maximum 1"},
        {"parameters: {a: {integer: [0, 8], scale: powers}}\n", "must be positive"},
        {"parameters: {a: {integer: [0, 8], scale: power}}\n", "linear | logarithmic | powers"},
        {"parameters: {a: {integer: [0.5, 8]}}\n", "must be integers"},
        {"parameters: {a: {integer: [1, 8], step: 0}}\n", "step: 0 is not allowed"},
        {"parameters: {a: {real: [0, 1e999]}}\n", "is no number"},
        {"parameters: {a: {integer: [1, 8], initial: 9}}\n", "9 is out of range, allowed: 1 .. 8"},
        {"parameters: {a: {choices: [x, y], initial: z}}\n", "x | y"},
        {"parameters: {a: {choices: [x, x]}}\n", "choice 'x' appears twice"},
        {"parameters: {a: {values: [1, 1]}}\n", "increasing"},
        {"parameters: {a: {values: [x]}}\n", "texts are stated as choices"},
        {"parameters: {A: {boolean: true}}\n", "lower-case"},
        {"parameters: {a: {boolean: 1}}\n", "false | true"},
        {"parameters: {a: {boolean: true, intial: 1}}\n", "did you mean initial"},
        {"parameters: {a: {boolean: true, active: \"b > 1\"}}\n" COMMAND_M, "d.yaml:1:41:"},
        {COMMAND_P "constraints: [a > 2, aa > 1]\n" COMMAND_M COMMAND_C, "d.yaml:2:22: "},
        {COMMAND_P "constraints: [a > 4]\n" COMMAND_M COMMAND_C, "d.yaml:2:14: "},
        {COMMAND_P "constraints: [mode == z]\n" COMMAND_M COMMAND_C, "z"},
        {COMMAND_P COMMAND_C, "metrics: a map with 1 .. 256 metrics"},
        {COMMAND_P COMMAND_C "metrics: {t: {}}\n", "where it is read is missing"},
        {COMMAND_P COMMAND_C "metrics: {a: {json: a}}\n", "is a parameter and a metric"},
        {COMMAND_P COMMAND_C "metrics: {T: {json: a}}\n", "lower-case"},
        {COMMAND_P COMMAND_C "metrics: {t: {json: a, csv: b}}\n", "read in one way"},
        {COMMAND_P COMMAND_C "metrics: {t: {regex: \"(\"}}\n", "d.yaml:3:22: regex: "},
        {COMMAND_P COMMAND_C "metrics: {t: {regex: \"x\"}}\n", "one group in parentheses"},
        {COMMAND_P COMMAND_C "metrics: {t: {json: t, file: ../x}}\n", "in the design's own folder"},
        {COMMAND_P COMMAND_C "metrics: {t: {json: t, file: /etc/x}}\n",
         "in the design's own folder"},
        {COMMAND_P COMMAND_C "metrics: {t: {json: t, unit: ns, in: W}}\n", "cannot be converted"},
        {COMMAND_P COMMAND_C "metrics: {t: {json: t, better: lower}}\n",
         "smaller | neither | larger"},
        {COMMAND_P COMMAND_M, "command: a list of words"},
        {COMMAND_P COMMAND_M "command: true\n", "one text needs shell: true"},
        {COMMAND_P COMMAND_M "command: [no-such-program-here]\n", "d.yaml:3:11: no program"},
        {COMMAND_P COMMAND_M "command: [./x]\n", "write {here}/"},
        {COMMAND_P COMMAND_M "command: [\"{here}/x\"]\n", "that may be executed"},
        {COMMAND_P COMMAND_M "command: [\"{mode}\"]\n", "may not depend on the design"},
        {COMMAND_P COMMAND_M "command: ['true', \"{mod}\"]\n",
         "d.yaml:3:19: no parameter 'mod', did you mean {mode}?"},
        {COMMAND_P COMMAND_M "shell: true\ncommand: echo {mode}\n", "$OGIVE_mode"},
        {COMMAND_P COMMAND_M "shell: true\ncommand: [echo, x]\n", "is one text"},
        {COMMAND_P COMMAND_M COMMAND_C "files: {../x: y}\n", "a name without folder"},
        {COMMAND_P COMMAND_M COMMAND_C "files: {x: \"{foo}\"}\n", "no parameter 'foo'"},
        {COMMAND_P COMMAND_M COMMAND_C "files: {x: {template: none.in}}\n", "none.in"},
        {COMMAND_P COMMAND_M COMMAND_C "depends: [none.c]\n", "none.c"},
        {COMMAND_P COMMAND_M COMMAND_C "limits: {seconds: 0}\n",
         "d.yaml:4:19: seconds: 0 is not allowed"},
        {COMMAND_P COMMAND_M COMMAND_C "limits: {second: 1}\n", "did you mean seconds?"},
        {COMMAND_P COMMAND_M COMMAND_C "environment: {\"A=B\": x}\n", "is no variable"},
        {COMMAND_P COMMAND_M COMMAND_C "inherit: [\"A B\"]\n", "is no name of a variable"},
        {COMMAND_P COMMAND_M COMMAND_C "work: {folder: none}\n", "no such folder"},
        {COMMAND_P COMMAND_M COMMAND_C "work: {keep: 3}\n", "keep needs a folder"},
        {COMMAND_P COMMAND_M "command: ['true', \"{a}\"]\n",
         "d.yaml:1:42: mode: the program does not get it: write {mode} into"},
        {COMMAND_P COMMAND_M COMMAND_C "retries: -1\n", "retries: -1 is not allowed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        if (command_open(arena, cases[i][0], &model) == OG_OK ||
            !strstr(og_error_text(), cases[i][1])) {
            fail_msg("%s: %s, not %s", cases[i][0], og_error_text(), cases[i][1]);
        }
        og_arena_destroy(arena);
    }
}

static void test_braces(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* text =
        "parameters: {a: {integer: [1, 4], initial: 3}}\ncommand: [cat, f]\n"
        "files: {f: '{\"v\": {a}, \"w\": {\"x\": {} }, \"s\": \"{{a}} {A} { a}\"}'}\n"
        "metrics: {t: {json: v}, u: {regex: '(3), \"w\": .\"x\": .. ., \"s\": \".a. .A. . "
        "a.\"'}}\n";
    og_model model;
    if (command_open(arena, text, &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    const double x[1] = {3};
    double y[2];
    const char* reason = NULL;
    if (command_cost(arena, &model, x, y, &reason) != OG_FEASIBLE) {
        fail_msg("%s", reason);
    }
    assert_true(y[0] == 3 && y[1] == 3);
    og_arena_destroy(arena);
}

// The example: designs in several threads give the same as one after the other.
typedef struct command_batch {
    const og_model* model;
    double y[40][2];
    og_outcome outcomes[40];
} command_batch;

static void command_batch_one(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    command_batch* batch = context;
    const double x[4] = {16 << (index % 5), 1 << (index % 4), index % 2, index % 3 == 0};
    const char* reason = NULL;
    batch->outcomes[index] =
        batch->model->type->evaluate(batch->model->data, x, batch->y[index], scratch, &reason);
}

static void test_example(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("command", &type), OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(
        og_settings_set(&options, "file", OG_SOURCE_DIR "/examples/simulators/cache.yaml"), OG_OK);
    og_model model;
    assert_int_equal(og_environment_open(arena, type, &options, &model), OG_OK);
    assert_int_equal(model.space.count, 4);
    assert_string_equal(model.metrics[0].unit, "ns");
    assert_int_equal(model.metrics[0].better, -1);
    command_batch one = {.model = &model};
    command_batch four = {.model = &model};
    og_workers* workers = NULL;
    for (int i = 0; i < 40; i++) {
        command_batch_one(&one, i, 0, arena);
    }
    assert_int_equal(og_workers_create(arena, 4, &workers), OG_OK);
    og_workers_run(workers, 40, command_batch_one, &four);
    og_workers_destroy(workers);
    assert_memory_equal(one.outcomes, four.outcomes, sizeof one.outcomes);
    assert_memory_equal(one.y, four.y, sizeof one.y);
    // the default design by hand: 600 + 4 * 32 + 35 * 4 ps for a hit, 67 misses of 80 ps
    const double x[4] = {32, 4, 0, 0};
    double y[2];
    const char* reason = NULL;
    assert_int_equal(command_cost(arena, &model, x, y, &reason), OG_FEASIBLE);
    assert_true(y[0] == 6.228 && y[1] == 42000);
    const double small[4] = {16, 16, 0, 0};
    assert_int_equal(command_cost(arena, &model, small, y, &reason), OG_INFEASIBLE);
    assert_non_null(strstr(reason, "less than 2 KiB"));
    og_arena_destroy(arena);
}

static void test_identity_follows_files(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* identity[3];
    const char* path = og_text_format(arena, "%s/model.c", command_here);
    for (int i = 0; i < 3; i++) {
        og_model model;
        assert_int_equal(og_file_write(path, "abc", i < 2 ? 2 : 3), OG_OK);
        assert_int_equal(command_open(arena,
                                      COMMAND_P COMMAND_M
                                      "command: ['true', \"{a}{mode}\"]\ndepends: [model.c]\n",
                                      &model),
                         OG_OK);
        identity[i] = model.identity;
    }
    assert_string_equal(identity[0], identity[1]);
    assert_string_not_equal(identity[1], identity[2]);
    og_arena_destroy(arena);
}

int main(void) {
    snprintf(command_here, sizeof command_here, "/tmp/ogive-command-XXXXXX");
    if (!mkdtemp(command_here)) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics_are_read),
        cmocka_unit_test(test_units_are_converted),
        cmocka_unit_test(test_bad_endings_are_failures),
        cmocka_unit_test(test_nothing_lingers),
        cmocka_unit_test(test_the_program_sees_little),
        cmocka_unit_test(test_values_inject_nothing),
        cmocka_unit_test(test_retries_and_infeasible),
        cmocka_unit_test(test_failed_folders_are_kept),
        cmocka_unit_test(test_temporary_folders_go),
        cmocka_unit_test(test_descriptions_are_refused),
        cmocka_unit_test(test_braces),
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_identity_follows_files),
    };
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    og_folder_remove(command_here);
    return failures;
}
