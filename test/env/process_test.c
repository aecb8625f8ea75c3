// Evaluators that stay: what they may say, how they may end, and that all languages agree.

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "env/command/folder.h"
#include "env/process/message.h"
#include "env/process/process.h"
#include "ogive/clock.h"
#include "ogive/file.h"
#include "ogive/random.h"
#include "ogive/text.h"
#include "ogive/workers.h"

static char process_here[64];  // a folder for what a test leaves

// An evaluator with the parameter n, 0 .. 99, and the metric cost, which runs `answer` (shell) for
// each question, with $id and $n.
static const char* process_text(og_arena* arena, const char* answer, const char* more) {
    const char* script = og_text_format(
        arena,
        "read -r line\n"
        "echo '{\"type\":\"hello\",\"protocol\":1,\"parameters\":{\"n\":{\"integer\":[0,99]}},"
        "\"metrics\":{\"cost\":{\"better\":\"smaller\"}}}'\n"
        "while read -r line; do\n"
        "    id=${line#*\\\"id\\\":}; id=${id%%%%,*}; n=${line#*\\\"n\\\":}; n=${n%%%%\\}*}\n"
        "    case $line in *bye*) exit ;; esac\n"
        "    result=\"{\\\"type\\\":\\\"result\\\",\\\"id\\\":$id\"\n"
        "    good=\"$result,\\\"metrics\\\":{\\\"cost\\\":$n}}\"\n"
        "    %s\n"
        "done\n",
        answer);
    const char* path = og_text_format(arena, "%s/evaluator.sh", process_here);
    assert_int_equal(og_file_write(path, script, strlen(script)), OG_OK);
    return og_text_format(arena, "command: [sh, \"{here}/evaluator.sh\"]\n%s\n", more);
}

static og_status process_open(og_arena* arena, const char* text, og_model* model) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("process", &type), OG_OK);
    *model = (og_model){.type = type};
    return og_process_open_text(arena, text, strlen(text), "d.yaml", process_here, model);
}

static void process_must_open(og_arena* arena, const char* answer, const char* more,
                              og_model* model) {
    if (process_open(arena, process_text(arena, answer, more), model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
}

static og_outcome process_cost(og_arena* arena, const og_model* model, double n, double* y,
                               const char** reason) {
    *reason = "";
    const og_outcome outcome = model->type->evaluate(model->data, &n, y, arena, reason);
    assert_true(outcome == OG_FEASIBLE || (*reason)[0] != '\0');
    return outcome;
}

static void test_bad_answers_fail_their_design_alone(void** state) {
    (void)state;
    // what it does for n = 7; every other design has to go well before and after
    static const struct {
        const char* answer;
        og_outcome outcome;
        const char* reason;
    } cases[] = {
        {"echo garbage", OG_FAILED, "no JSON"},
        {"echo", OG_FAILED, "no JSON"},
        {"printf '\\377\\376\\000\\n'", OG_FAILED, "no JSON"},
        {"echo '[1,2]'", OG_FAILED, "no result with id"},
        {"echo \"${good}x\"", OG_FAILED, "no JSON"},
        {"echo \"$good\"; echo \"$good\"", OG_FEASIBLE, ""},
        {"echo \"{\\\"type\\\":\\\"result\\\",\\\"id\\\":999,\\\"metrics\\\":{\\\"cost\\\":1}}\"",
         OG_FAILED, "no result with id"},
        {"echo \"$good\"; sleep 0.05; echo more", OG_FEASIBLE, ""},
        {"echo \"$good\"; sleep 0.05; exit 1", OG_FEASIBLE, ""},
        {"echo \"$good\"; kill -KILL $$", OG_FEASIBLE, ""},
        {"echo \"$result}\"", OG_FAILED, "one of metrics, infeasible, failed"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":1},\\\"failed\\\":\\\"x\\\"}\"", OG_FAILED,
         "one of metrics"},
        {"echo \"$result,\\\"metrics\\\":{}}\"", OG_FAILED, "metric cost is missing"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":1,\\\"more\\\":2}}\"", OG_FAILED,
         "no metric 'more'"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":NaN}}\"", OG_FAILED, "no JSON"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":Infinity}}\"", OG_FAILED, "no JSON"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":1e999}}\"", OG_FAILED, ""},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":null}}\"", OG_FAILED, "no finite number"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":\\\"1\\\"}}\"", OG_FAILED,
         "no finite number"},
        {"echo \"$result,\\\"metrics\\\":{\\\"cost\\\":1,\\\"cost\\\":2}}\"", OG_FAILED, "no JSON"},
        {"echo \"$result,\\\"metrics\\\":[1]}\"", OG_FAILED, "an object expected"},
        {"echo \"$result,\\\"infeasible\\\":\\\"too big\\\"}\"", OG_INFEASIBLE, "too big"},
        {"echo \"$result,\\\"failed\\\":\\\"no way \\\\u001b[31m\\\"}\"", OG_FAILED,
         "no way ?[31m"},
        {"echo \"$result,\\\"infeasible\\\":3}\"", OG_FAILED, "no reason"},
        {"echo dying >&2; exit 5", OG_FAILED, "exit status 5: dying"},
        {"kill -SEGV $$", OG_FAILED, "SIGSEGV"},
        {"printf half; exit 0", OG_FAILED, "exit status 0"},
        {"exec >&-; sleep 100", OG_FAILED, "without a status"},
        {"sleep 100", OG_FAILED, "killed after 1 s"},
        {"printf '{'; sleep 100", OG_FAILED, "killed after 1 s"},
        {"tr '\\0' x </dev/zero", OG_FAILED, "wrote more than 64 KiB"},
        {"yes >&2", OG_FAILED, "killed after 1 s: y"},
        {"exec 2>&-; echo \"$good\"", OG_FEASIBLE, ""},
        {"exec dd if=/dev/zero of=big bs=1M count=10 2>&-", OG_FAILED, "SIGXFSZ"},
        {"sleep 1000 & exit 3", OG_FAILED, "exit status 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        const char* answer = og_text_format(
            arena, "if [ $n = 7 ]; then %s; else echo \"$good\"; fi", cases[i].answer);
        const bool late = strstr(cases[i].reason, "killed after") != NULL;
        process_must_open(
            arena, answer,
            late ? "limits: {seconds: 1}" : "limits: {seconds: 20, output_kib: 64, file_mib: 1}",
            &model);
        for (int n = 6; n < 9; n++) {
            double y[1] = {NAN};
            const char* reason = NULL;
            const og_outcome outcome = process_cost(arena, &model, n, y, &reason);
            const og_outcome wanted = n == 7 ? cases[i].outcome : OG_FEASIBLE;
            if (outcome != wanted || !strstr(reason, n == 7 ? cases[i].reason : "") ||
                (outcome == OG_FEASIBLE && y[0] != n)) {
                fail_msg("%s, n = %d: outcome %d, %g, %s", cases[i].answer, n, (int)outcome, y[0],
                         reason);
            }
        }
        og_arena_destroy(arena);
    }
}

static void test_bad_hellos_are_refused(void** state) {
    (void)state;
    static const char* const cases[][2] = {
        {"exit 3", "exit status 3"},
        {"sleep 100", "killed after 0.5 s"},
        {"echo no", "the evaluator's hello expected"},
        {"echo '{'", "hello of"},
        {"echo '{\"type\":\"hello\",\"protocol\":2}'", "protocol: it has 2, and 1 is known"},
        {"echo '{\"type\":\"hallo\",\"protocol\":1}'", "allowed: hello"},
        {"echo '{\"type\":\"hello\",\"protocol\":1,\"metrik\":1}'", "did you mean metrics?"},
        {"echo '{\"type\":\"hello\",\"protocol\":1,\"parameters\":{}}'", "1 .. 1024 parameters"},
        {"echo '{\"type\":\"hello\",\"protocol\":1,\"parameters\":{\"a\":{\"integer\":[2,1]}}}'",
         "minimum 2 is above maximum 1"},
        {"echo '{\"type\":\"hello\",\"protocol\":1,\"parameters\":{\"a\":{\"boolean\":true}},"
         "\"metrics\":{\"t\":{\"json\":\"x\"}}}'",
         "unknown key 'json'"},
        {"echo '{}'; echo '{}'", ""},
        {"yes | tr -d '\\n'", "wrote more than 64 KiB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        const char* text =
            og_text_format(arena,
                           "shell: true\ncommand: |\n  read -r line; %s\nlimits: {seconds: %s, "
                           "output_kib: 64}\n",
                           cases[i][0], i == 1 ? "0.5" : "20");
        if (process_open(arena, text, &model) == OG_OK || !strstr(og_error_text(), cases[i][1])) {
            fail_msg("%s: %s", cases[i][0], og_error_text());
        }
        og_arena_destroy(arena);
    }
}

static void test_descriptions_are_refused(void** state) {
    (void)state;
    static const char* const cases[][2] = {
        {"command: ['true']\nparameters: {}\n", "unknown key 'parameters'"},
        {"comand: ['true']\n", "d.yaml:1:1: unknown key 'comand', did you mean command?"},
        {"command: ['true', '{x}']\n", "d.yaml:1:19: no parameter 'x'"},
        {"command: ['true']\nprocesses: 0\n", "d.yaml:2:12: processes: 0 is not allowed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        if (process_open(arena, cases[i][0], &model) == OG_OK ||
            !strstr(og_error_text(), cases[i][1])) {
            fail_msg("%s: %s", cases[i][0], og_error_text());
        }
        og_arena_destroy(arena);
    }
}

// Lines that were written, in a file.
static int process_lines(const char* name) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", process_here, name);
    FILE* file = fopen(path, "r");
    int lines = 0;
    for (int c; file && (c = getc(file)) != EOF;) {
        lines += c == '\n';
    }
    if (file) {
        fclose(file);
    }
    return lines;
}

static void test_one_process_serves_many_designs(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    process_must_open(arena, "[ $id = 1 ] && echo start >>starts; echo \"$good\"", "", &model);
    for (int n = 0; n < 50; n++) {
        double y[1];
        const char* reason = NULL;
        assert_int_equal(process_cost(arena, &model, n, y, &reason), OG_FEASIBLE);
    }
    assert_int_equal(process_lines("starts"), 1);
    og_arena_destroy(arena);
}

static void test_retries(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    process_must_open(arena, "echo x >>tries; [ $(wc -l <tries) = 3 ] && echo \"$good\" || exit 1",
                      "retries: 2", &model);
    double y[1];
    const char* reason = NULL;
    assert_int_equal(process_cost(arena, &model, 5, y, &reason), OG_FEASIBLE);
    assert_int_equal(process_lines("tries"), 3);
    og_arena_destroy(arena);
}

static void test_death_while_idle_costs_no_design(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const struct timespec pause = {.tv_nsec = 100000000};
    process_must_open(
        arena, "echo \"$good\"; [ $n = 1 ] && exit 9; [ $n = 2 ] && { sleep 0.05; echo more; }", "",
        &model);
    for (int n = 0; n < 5; n++) {
        double y[1];
        const char* reason = NULL;
        if (process_cost(arena, &model, n, y, &reason) != OG_FEASIBLE || y[0] != n) {
            fail_msg("n = %d: %s", n, reason);
        }
        nanosleep(&pause, NULL);
    }
    og_arena_destroy(arena);
}

static void test_another_hello_is_refused(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    process_must_open(arena, "sed -i s/99/98/ evaluator.sh; exit 1", "", &model);
    double y[1];
    const char* reason = NULL;
    assert_int_equal(process_cost(arena, &model, 5, y, &reason), OG_FAILED);
    assert_int_equal(process_cost(arena, &model, 5, y, &reason), OG_FAILED);
    assert_non_null(strstr(reason, "another hello"));
    og_arena_destroy(arena);
}

typedef struct process_batch {
    const og_model* model;
    double y[200];
    og_outcome outcomes[200];
} process_batch;

static void process_batch_one(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    process_batch* batch = context;
    const double x = index % 100;
    const char* reason = NULL;
    batch->outcomes[index] =
        batch->model->type->evaluate(batch->model->data, &x, &batch->y[index], scratch, &reason);
}

static void process_run_batch(og_arena* arena, const og_model* model, int jobs) {
    process_batch* batch = OG_NEW(arena, process_batch, 1);
    batch->model = model;
    og_workers* workers = NULL;
    assert_int_equal(og_workers_create(arena, jobs, &workers), OG_OK);
    og_workers_run(workers, 200, process_batch_one, batch);
    og_workers_destroy(workers);
    for (int i = 0; i < 200; i++) {
        const bool bad = i % 100 == 13;
        assert_int_equal(batch->outcomes[i], bad ? OG_FAILED : OG_FEASIBLE);
        assert_true(bad || batch->y[i] == i % 100);
    }
}

static void test_threads_have_their_own(void** state) {
    (void)state;
    static const char* const more[] = {"", "processes: 2"};
    for (int i = 0; i < 2; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        process_must_open(arena,
                          "[ $n = 13 ] && exit 1; [ $id = 1 ] && echo $$ >>pids; echo \"$good\"",
                          more[i], &model);
        process_run_batch(arena, &model, 8);
        og_arena_destroy(arena);
    }
}

// An evaluator that reads four questions before it answers any, the last one first.
static void test_batches(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const char* answer =
        "all=\"$good\n$all\"; count=$((count + 1)); "
        "[ $count = 4 ] && { echo x >>fours; printf \"$all\"; count=0; all=; }";
    process_must_open(arena, answer, "batch: 4\nprocesses: 1\nlimits: {seconds: 20}", &model);
    process_batch* batch = OG_NEW(arena, process_batch, 1);
    batch->model = &model;
    og_workers* workers = NULL;
    assert_int_equal(og_workers_create(arena, 4, &workers), OG_OK);
    og_workers_run(workers, 80, process_batch_one, batch);
    og_workers_destroy(workers);
    for (int i = 0; i < 80; i++) {
        assert_int_equal(batch->outcomes[i], OG_FEASIBLE);
        assert_true(batch->y[i] == i % 100);
    }
    assert_int_equal(process_lines("fours"), 20);
    og_arena_destroy(arena);
}

// Only the design that is to blame fails, however many are under way beside it.
static void test_batches_fail_their_culprit_alone(void** state) {
    (void)state;
    static const char* const faults[] = {"exit 1", "sleep 100", "echo garbage",
                                         "echo '{\"type\":\"result\",\"id\":9999}'",
                                         "exec >&-; sleep 100"};
    for (int i = 0; i < 5; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        const char* answer =
            og_text_format(arena, "if [ $n = 13 ]; then %s; else echo \"$good\"; fi", faults[i]);
        process_must_open(arena, answer, "batch: 5\nprocesses: 2\nlimits: {seconds: 2}", &model);
        process_run_batch(arena, &model, 8);
        og_arena_destroy(arena);
    }
}

// Evaluators end with the arena of their model, those that do not listen too, and only those.
static void test_evaluators_end_with_their_model(void** state) {
    (void)state;
    static const char* const answers[] = {
        "trap 'echo end >>ends' EXIT; echo \"$good\"",
        "trap 'echo end >>ends' EXIT; trap '' TERM; echo \"$good\"; echo $$ >stubborn; sleep 600",
    };
    og_arena* arenas[2];
    og_model models[2];
    double y[1];
    const char* reason = NULL;
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("process", &type), OG_OK);
    for (int i = 0; i < 2; i++) {
        og_arena* arena = arenas[i] = og_arena_create();
        const char* text = process_text(arena, answers[i], "");
        const char* path = og_text_format(arena, "%s/ending.yaml", process_here);
        assert_int_equal(og_file_write(path, text, strlen(text)), OG_OK);
        og_settings settings = og_settings_make(arena, type->options, type->option_count);
        assert_int_equal(og_settings_set(&settings, "file", path), OG_OK);
        assert_int_equal(og_environment_open(arena, type, &settings, &models[i]), OG_OK);
        assert_int_equal(process_cost(arena, &models[i], 3, y, &reason), OG_FEASIBLE);
    }
    assert_int_equal(process_lines("ends"), 0);
    og_arena_destroy(arenas[0]);
    assert_int_equal(process_lines("ends"), 1);
    FILE* file = fopen(og_text_format(arenas[1], "%s/stubborn", process_here), "r");
    int stubborn = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &stubborn), 1);
    fclose(file);
    assert_int_equal(kill(stubborn, 0), 0);
    og_arena_destroy(arenas[1]);
    assert_int_not_equal(kill(stubborn, 0), 0);
}

// Models whose arena goes without them are no harm: their evaluators make place.
static void test_models_need_no_closing(void** state) {
    (void)state;
    for (int i = 0; i < 270; i++) {
        og_arena* arena = og_arena_create();
        og_model model;
        const char* text = process_text(arena, "echo \"$good\"", "");
        double y[1];
        const char* reason = NULL;
        if (process_open(arena, text, &model) != OG_OK ||
            process_cost(arena, &model, i % 100, y, &reason) != OG_FEASIBLE) {
            fail_msg("model %d: %s", i, og_error_text());
        }
        og_arena_destroy(arena);
    }
}

static void test_strange_choices_arrive(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    static const char* const names[] = {"a\"b",     "a\\b",     "a\nb", "{\"type\":\"bye\"}",
                                        "\xc3\xa9", "\x1b[31m", "-x",   "$(id)"};
    const og_parameter rows[] = {
        {OG_CHOICE_ROW("c", names, 0, "")},
        {OG_REAL_ROW("r", "", 0, 1, 0.1, "")},
        {OG_BOOLEAN_ROW("b", 1, "")},
    };
    const og_message_values values = og_message_prepare(arena, rows, 3);
    static const char* const texts[] = {
        "\"a\\\"b\"",   "\"a\\\\b\"",      "\"a\\nb\"", "\"{\\\"type\\\":\\\"bye\\\"}\"",
        "\"\xc3\xa9\"", "\"\\u001B[31m\"", "\"-x\"",    "\"$(id)\""};
    for (int i = 0; i < 8; i++) {
        const double x[3] = {i, 0.1, 1};
        og_buffer line = {.arena = arena};
        og_message_evaluate(&line, &values, 42, x);
        const char* wanted = og_text_format(
            arena, "{\"type\":\"evaluate\",\"id\":42,\"design\":{\"c\":%s,\"r\":0.1,\"b\":true}}\n",
            texts[i]);
        assert_string_equal(line.data, wanted);
    }
    og_arena_destroy(arena);
}

// The examples in three languages, and as a command, are one simulator.
static void test_languages_agree(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* build = og_text_format(arena,
                                       "cc -std=c17 -O1 -Wall -Wextra -Werror -o '%s/evaluator' "
                                       "'%s/examples/simulators/evaluator.c'",
                                       process_here, OG_SOURCE_DIR);
    assert_int_equal(system(build), 0);
    const char* const files[][2] = {
        {"command", OG_SOURCE_DIR "/examples/simulators/cache.yaml"},
        {"process", OG_SOURCE_DIR "/examples/simulators/evaluator_shell.yaml"},
        {"process", og_text_format(arena, "%s/evaluator_c.yaml", process_here)},
        {"process", OG_SOURCE_DIR "/examples/simulators/evaluator_python.yaml"},
    };
    char* copied = NULL;
    size_t size = 0;
    assert_int_equal(og_file_read(arena, OG_SOURCE_DIR "/examples/simulators/evaluator_c.yaml",
                                  4096, &copied, &size),
                     OG_OK);
    assert_int_equal(og_file_write(files[2][1], copied, size), OG_OK);
    const bool python = system("python3 -c pass 2>/dev/null") == 0;
    if (!python) {
        print_message("no python3: the example in Python is left out\n");
    }
    og_model models[4];
    for (int i = 0; i < (python ? 4 : 3); i++) {
        const og_environment* type = NULL;
        assert_int_equal(og_environment_find(files[i][0], &type), OG_OK);
        og_settings options = og_settings_make(arena, type->options, type->option_count);
        assert_int_equal(og_settings_set(&options, "file", files[i][1]), OG_OK);
        if (og_environment_open(arena, type, &options, &models[i]) != OG_OK) {
            fail_msg("%s", og_error_text());
        }
    }
    for (int k = 0; k < 100; k++) {
        const double x[4] = {16 << (k % 5), 1 << (k / 5 % 5), k / 25 % 2, k / 50};
        double wanted[2];
        const char* why = "";
        const og_outcome outcome = models[0].type->evaluate(models[0].data, x, wanted, arena, &why);
        for (int i = 1; i < (python ? 4 : 3); i++) {
            double y[2];
            const char* reason = "";
            assert_int_equal(models[i].type->evaluate(models[i].data, x, y, arena, &reason),
                             outcome);
            assert_string_equal(reason ? reason : "", why ? why : "");
            assert_true(outcome != OG_FEASIBLE || (y[0] == wanted[0] && y[1] == wanted[1]));
        }
    }
    og_arena_destroy(arena);
}

int main(void) {
    snprintf(process_here, sizeof process_here, "/tmp/ogive-process-XXXXXX");
    if (!mkdtemp(process_here)) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_answers_fail_their_design_alone),
        cmocka_unit_test(test_bad_hellos_are_refused),
        cmocka_unit_test(test_descriptions_are_refused),
        cmocka_unit_test(test_one_process_serves_many_designs),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_death_while_idle_costs_no_design),
        cmocka_unit_test(test_another_hello_is_refused),
        cmocka_unit_test(test_threads_have_their_own),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_batches_fail_their_culprit_alone),
        cmocka_unit_test(test_evaluators_end_with_their_model),
        cmocka_unit_test(test_models_need_no_closing),
        cmocka_unit_test(test_strange_choices_arrive),
        cmocka_unit_test(test_languages_agree),
    };
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    og_folder_remove(process_here);
    return failures;
}
