// The plain calls that other languages make.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>

#include "ogive/binding.h"
#include "ogive/session.h"

enum { ROOM = 1 << 17, MOST = 64 };

static char room[ROOM];

static void binding_test_ok(og_status status) {
    if (status != OG_OK) {
        fail_msg("%s", og_error_text());
    }
}

// The text in the room as JSON.
static json_t* binding_test_json(size_t length) {
    assert_in_range(length, 1, ROOM);
    json_t* json = json_loadb(room, length, 0, NULL);
    assert_non_null(json);
    return json;
}

static void binding_test_catalogues(void** state) {
    (void)state;
    size_t length;
    assert_int_equal(og_binding_version(), OG_BINDING_VERSION);
    binding_test_ok(og_binding_names(room, ROOM, &length));
    json_t* names = binding_test_json(length);
    assert_int_equal(json_array_size(json_object_get(names, "outcomes")), OG_FAILED + 1);
    assert_int_equal(json_array_size(json_object_get(names, "stops")), OG_STOP_USER + 1);
    assert_int_equal(json_array_size(json_object_get(names, "sources")), OG_IMPORTED + 1);
    assert_int_equal(json_array_size(json_object_get(names, "states")), OG_SESSION_OVER + 1);
    assert_int_equal(json_array_size(json_object_get(names, "statuses")), OG_ERROR_SYSTEM + 1);
    json_decref(names);
    binding_test_ok(og_binding_agents(room, ROOM, &length));
    json_decref(binding_test_json(length));
    binding_test_ok(og_binding_environments(room, ROOM, &length));
    json_decref(binding_test_json(length));
    // with too little room, the length is the same and nothing is written behind the end
    size_t again;
    memset(room, '!', ROOM);
    binding_test_ok(og_binding_environments(room, 100, &again));
    assert_int_equal(again, length);
    assert_true(room[100] == '!');
}

static og_binding_model* binding_test_model(void) {
    og_binding_model* model = NULL;
    binding_test_ok(og_binding_model_open("function", 2,
                                          (const char* const[]){"dimensions", "function"},
                                          (const char* const[]){"4", "ackley"}, &model));
    return model;
}

static void binding_test_evaluate(void** state) {
    (void)state;
    enum { COUNT = 5000, WIDTH = 4, METRICS = 2 };
    og_binding_model* model = binding_test_model();
    size_t length;
    binding_test_ok(og_binding_model_describe(model, room, ROOM, &length));
    json_t* said = binding_test_json(length);
    const size_t metrics = json_array_size(json_object_get(said, "metrics"));
    assert_in_range(metrics, 1, METRICS);
    json_decref(said);
    static double x[COUNT * WIDTH];
    static double y[2][COUNT * METRICS];
    static int32_t outcomes[2][COUNT];
    binding_test_ok(og_binding_model_sample(model, 5, COUNT, x));
    x[7 * WIDTH] = 1e9;
    for (int jobs = 1; jobs <= 2; jobs++) {
        binding_test_ok(
            og_binding_model_evaluate(model, COUNT, x, y[jobs - 1], outcomes[jobs - 1], jobs));
        assert_int_equal(outcomes[jobs - 1][7], OG_INFEASIBLE);
        binding_test_ok(og_binding_model_reason(model, 7, room, ROOM, &length));
        assert_in_range(length, 5, 200);
        binding_test_ok(og_binding_model_reason(model, 8, room, ROOM, &length));
        assert_int_equal(length, 0);
    }
    assert_memory_equal(y[0], y[1], COUNT * metrics * sizeof **y);
    assert_memory_equal(outcomes[0], outcomes[1], sizeof *outcomes);
    binding_test_ok(og_binding_model_evaluate(model, 0, NULL, NULL, NULL, 0));
    binding_test_ok(og_binding_model_repair(model, 1, 8, x));
    binding_test_ok(og_binding_model_check(model, x + 7 * WIDTH));
    og_binding_model_close(model);
    og_binding_model_close(NULL);
}

// Threads do not come along into a forked process, which gets its own.
static void binding_test_fork(void** state) {
    (void)state;
    enum { COUNT = 3000 };
    static double x[COUNT * 4];
    static double y[COUNT * 2];
    static int32_t outcomes[COUNT];
    og_binding_model* model = binding_test_model();
    binding_test_ok(og_binding_model_sample(model, 5, COUNT, x));
    binding_test_ok(og_binding_model_evaluate(model, COUNT, x, y, outcomes, 2));
    const pid_t child = fork();
    if (child == 0) {
        const double first = y[0];
        y[0] = 0;
        const og_status status = og_binding_model_evaluate(model, COUNT, x, y, outcomes, 1);
        _exit(status == OG_OK && y[0] == first ? 0 : 1);
    }
    int end;
    waitpid(child, &end, 0);
    assert_int_equal(end, 0);
    binding_test_ok(og_binding_model_evaluate(model, COUNT, x, y, outcomes, 2));
    og_binding_model_close(model);
}

static void binding_test_errors(void** state) {
    (void)state;
    og_binding_model* model;
    og_binding_study* study;
    size_t length;
    assert_int_equal(og_binding_model_open("dramm", 0, NULL, NULL, &model), OG_ERROR_NAME);
    assert_null(model);
    assert_int_equal(og_binding_model_open("dram", 1, (const char* const[]){"workload"},
                                           (const char* const[]){"nothing"}, &model),
                     OG_ERROR_NAME);
    assert_int_not_equal(og_binding_plan("{agent: random", "text", 0, NULL, room, ROOM, &length),
                         OG_OK);
    assert_non_null(strstr(og_error_text(), "text:"));
    assert_int_not_equal(og_binding_study_open("environment: function", "text", 0, 0, 0, NULL, NULL,
                                               NULL, NULL, NULL, &study),
                         OG_OK);
    assert_null(study);
    uint64_t digest;
    assert_int_not_equal(og_binding_store_digest("/nowhere/at/all", "x", &digest), OG_OK);
}

// Proposes 0.5, 0.25, 0.125 ... and fails at the tenth design.
typedef struct binding_test_agent {
    double next;
    int asked, told;
    const char* failure;
} binding_test_agent;

static int binding_test_start(void* context, const char* description) {
    (void)context;
    return strstr(description, "\"name\":\"x\"") ? 0 : -1;
}

static int binding_test_ask(void* context, int count, double* x) {
    binding_test_agent* agent = context;
    if (agent->asked == 9) {
        agent->failure = "out of ideas";
        return -1;
    }
    agent->asked++;
    agent->next /= 2;
    x[0] = agent->next;
    return count > 0;
}

static int binding_test_tell(void* context, int64_t first, int count, const double* x,
                             const double* y, const double* losses, const double* violations,
                             const int32_t* outcomes) {
    binding_test_agent* agent = context;
    agent->told += count;
    return first >= 0 && x[0] == y[0] && losses[0] == y[0] && violations[0] == 0 &&
                   outcomes[0] == OG_FEASIBLE
               ? 0
               : -1;
}

static void binding_test_study(void** state) {
    (void)state;
    static const char plan[] =
        "environment: {name: caller, options: {description: \"{parameters: {x: {real: [0, 1]}}, "
        "metrics: {cost: {}}}\"}}\n"
        "objectives: [{maximize: cost}]\nproposer: [halves]\n";
    binding_test_agent agent = {.next = 1};
    og_binding_study* study;
    // the sense turns the loss around, which the agent notices
    assert_int_not_equal(og_binding_study_open(plan, "plan", 0, 0, 0, binding_test_start, NULL,
                                               NULL, NULL, NULL, &study),
                         OG_OK);
    char changed[ROOM / 16];
    size_t length;
    binding_test_ok(og_binding_plan(plan, "plan", 1,
                                    (const char* const[]){"objectives=[{minimize: cost}]"}, changed,
                                    sizeof changed, &length));
    changed[length] = '\0';
    binding_test_ok(og_binding_study_open(changed, "plan", 0, 0, 0, binding_test_start,
                                          binding_test_ask, binding_test_tell, &agent.failure,
                                          &agent, &study));
    og_status status = OG_OK;
    int given = OG_SESSION_GIVEN;
    for (int told = 0; status == OG_OK && given == OG_SESSION_GIVEN; told++) {
        int64_t number;
        double x;
        int count;
        status = og_binding_study_ask(study, 1, 0, 60, &number, &x, &count, &given);
        if (status == OG_OK) {
            assert_int_equal(number, told);
            assert_int_equal(og_binding_study_tell(study, number, OG_FEASIBLE, &x, 2, NULL),
                             OG_ERROR_VALUE);
            binding_test_ok(og_binding_study_tell(study, number, OG_FEASIBLE, &x, 1, NULL));
        }
    }
    assert_string_equal(og_error_text(), "out of ideas");
    assert_int_equal(agent.told, 9);
    og_binding_study_close(study);
    og_binding_study_close(NULL);
}

static void binding_test_trials(void** state) {
    (void)state;
    static const char plan[] =
        "environment: {name: function, options: {dimensions: 2}}\n"
        "objectives: [{minimize: regret}]\nagent: random\n";
    og_binding_study* study;
    binding_test_ok(
        og_binding_study_open(plan, "plan", 1, 2, 0, NULL, NULL, NULL, NULL, NULL, &study));
    int given;
    binding_test_ok(og_binding_study_wait(study, 40, 60, &given));
    assert_int_equal(given, OG_SESSION_ENOUGH);
    static double x[MOST * 2];
    static double y[MOST * 4];
    static double objectives[MOST];
    static double numbers[MOST * 4];
    static int64_t codes[MOST * 3];
    int64_t count;
    binding_test_ok(
        og_binding_study_trials(study, 10, MOST, x, y, objectives, numbers, codes, &count));
    assert_int_equal(count, 30);
    for (int i = 0; i < 30; i++) {
        assert_int_equal(codes[3 * i + 1], OG_FEASIBLE);
        assert_true(objectives[i] == numbers[4 * i]);
    }
    size_t length;
    binding_test_ok(og_binding_study_describe(study, room, ROOM, &length));
    json_t* said = binding_test_json(length);
    assert_int_equal(json_integer_value(json_object_get(said, "trial_count")), 40);
    json_decref(said);
    binding_test_ok(og_binding_study_report(study, "csv", 0, NULL, NULL, room, ROOM, &length));
    assert_in_range(length, 40, ROOM);
    binding_test_ok(og_binding_study_report(study, "progress", 0, NULL, NULL, room, 10, &length));
    assert_in_range(length, 1000, ROOM);
    assert_int_equal(og_binding_study_report(study, "picture", 0, NULL, NULL, room, 10, &length),
                     OG_ERROR_NAME);
    binding_test_ok(og_binding_study_pause(study));
    int64_t trials;
    double value;
    og_binding_study_progress(study, &trials, &value);
    assert_in_range(trials, 0, 40);
    binding_test_ok(og_binding_study_stop(study));
    og_binding_study_close(study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binding_test_catalogues), cmocka_unit_test(binding_test_evaluate),
        cmocka_unit_test(binding_test_fork),       cmocka_unit_test(binding_test_errors),
        cmocka_unit_test(binding_test_study),      cmocka_unit_test(binding_test_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
