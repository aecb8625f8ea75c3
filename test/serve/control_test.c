// Studies that are stopped, extended and given designs while they run: their records are those of
// studies that nobody disturbed, and resume.

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../study/fixture.h"

typedef struct control_test {
    og_arena* arena;
    og_arena* running;  // of the thread that runs
    const char* path;
    pthread_t thread;
    og_plan plan;
    const char* given;  // file of designs that the plan enqueues, NULL = none
    og_study_result result;
    og_status status;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool waits;  // the run has begun, and waits
    bool released;
} control_test;

// The run waits in its midst until the test has asked, however slow the machine is.
static void control_test_wait(void* context, const og_progress* progress) {
    control_test* test = context;
    enum { MIDST = 8 };
    bool waited = false;
    pthread_mutex_lock(&test->lock);
    while (progress->trials >= MIDST && !test->released) {
        waited = true;
        test->waits = true;
        pthread_cond_broadcast(&test->changed);
        pthread_cond_wait(&test->changed, &test->lock);
    }
    pthread_mutex_unlock(&test->lock);
    // so long that the run looks for requests next
    usleep(waited ? 250000 : 0);
}

static void* control_test_run(void* context) {
    control_test* test = context;
    const og_study_options options = {
        .jobs = 1, .progress = control_test_wait, .progress_context = test};
    test->status = fixture_run(test->running, &test->plan, &options, &test->result);
    return NULL;
}

static int control_test_open(void** state) {
    og_arena* arena = og_arena_create();
    control_test* test = OG_NEW(arena, control_test, 1);
    *test = (control_test){
        .arena = arena, .running = og_arena_create(), .path = fixture_path(arena, "control.ogive")};
    pthread_mutex_init(&test->lock, NULL);
    pthread_cond_init(&test->changed, NULL);
    *state = test;
    return 0;
}

static int control_test_close(void** state) {
    control_test* test = *state;
    fixture_remove(test->arena, test->path);
    og_arena_destroy(test->running);
    pthread_cond_destroy(&test->changed);
    pthread_mutex_destroy(&test->lock);
    og_arena_destroy(test->arena);
    return 0;
}

static og_plan control_test_plan(control_test* test, int64_t evaluations, const char* delay) {
    og_plan plan = fixture_plan(test->arena, evaluations, test->path);
    og_assignment* options = OG_NEW(test->arena, og_assignment, 1);
    *options = (og_assignment){"delay_us", delay, NULL};
    plan.environment_options = options;
    plan.environment_option_count = 1;
    return plan;
}

// Run in a thread of its own, until it is amid its trials.
static og_store* control_test_begin(control_test* test, int64_t evaluations) {
    test->plan = control_test_plan(test, evaluations, "1000");
    test->plan.enqueue = test->given;
    assert_int_equal(pthread_create(&test->thread, NULL, control_test_run, test), 0);
    pthread_mutex_lock(&test->lock);
    while (!test->waits) {
        pthread_cond_wait(&test->changed, &test->lock);
    }
    pthread_mutex_unlock(&test->lock);
    og_store* store = NULL;
    assert_int_equal(og_store_open(test->path, OG_STORE_WRITE, &store), OG_OK);
    return store;
}

static void control_test_end(control_test* test) {
    pthread_mutex_lock(&test->lock);
    test->released = true;
    pthread_cond_broadcast(&test->changed);
    pthread_mutex_unlock(&test->lock);
    pthread_join(test->thread, NULL);
    if (test->status != OG_OK) {
        fail_msg("%s", og_error_text());
    }
}

// The digest of the record of the same study that nobody disturbed.
static uint64_t control_test_undisturbed(control_test* test, int64_t evaluations) {
    const char* path = fixture_path(test->arena, "other.ogive");
    og_plan plan = control_test_plan(test, evaluations, "0");
    plan.store = path;
    og_study_result result;
    assert_int_equal(fixture_run(test->arena, &plan, NULL, &result), OG_OK);
    const uint64_t digest = fixture_digest(test->arena, path);
    fixture_remove(test->arena, path);
    return digest;
}

static void control_stops(void** state) {
    control_test* test = *state;
    og_store* store = control_test_begin(test, 1000000);
    assert_int_equal(og_store_ask_stop(store, "test"), OG_OK);
    control_test_end(test);
    assert_int_equal(test->result.record.stop, OG_STOP_USER);
    // nobody hears now
    assert_int_equal(og_store_ask_stop(store, "test"), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "not running"));
    assert_int_equal(og_store_ask_stop(store, "nobody"), OG_ERROR_NAME);
    og_store_close(store);
    // what goes on with it is what would have been
    const int64_t more = test->result.record.trial_count + 50;
    const og_plan plan = control_test_plan(test, more, "0");
    assert_int_equal(fixture_run(test->arena, &plan, NULL, &test->result), OG_OK);
    assert_int_equal(fixture_digest(test->arena, test->path), control_test_undisturbed(test, more));
}

static void control_extends(void** state) {
    control_test* test = *state;
    enum { BEFORE = 600, AFTER = 701 };
    og_store* store = control_test_begin(test, BEFORE);
    assert_int_equal(og_store_ask_extend(store, "test", BEFORE, 0), OG_ERROR_VALUE);
    assert_int_equal(og_store_ask_extend(store, "test", 0, 60), OG_ERROR_VALUE);
    assert_int_equal(og_store_ask_extend(store, "test", -5, 0), OG_ERROR_VALUE);
    assert_int_equal(og_store_ask_extend(store, "test", AFTER, 0), OG_OK);
    control_test_end(test);
    assert_int_equal(test->result.record.stop, OG_STOP_BUDGET);
    assert_int_equal(test->result.record.trial_count, AFTER);
    og_study_record record;
    assert_int_equal(og_store_study(store, test->arena, "test", &record), OG_OK);
    assert_non_null(strstr(record.plan, "701"));
    og_store_close(store);
    assert_int_equal(fixture_digest(test->arena, test->path),
                     control_test_undisturbed(test, AFTER));
}

static int control_test_count(const og_study_result* result, og_source source) {
    int count = 0;
    for (int64_t i = 0; i < result->record.trial_count; i++) {
        count += result->trials[i].source == source;
    }
    return count;
}

static void control_takes_designs(void** state) {
    control_test* test = *state;
    og_store* store = control_test_begin(test, 600);
    static const double good[] = {16, 32, FIXTURE_FAST, 3, 2};
    static const double wrong[] = {16, 64, FIXTURE_FAST, 3, 2};  // width * depth <= 512
    static const double outside[] = {16.5, 1, FIXTURE_FAST, 3, 2};
    assert_int_equal(og_store_ask_design(store, "test", wrong), OG_ERROR_VALUE);
    assert_int_equal(og_store_ask_design(store, "test", outside), OG_ERROR_VALUE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(og_store_ask_design(store, "test", good), OG_OK);
    }
    control_test_end(test);
    og_store_close(store);
    assert_int_equal(test->result.record.trial_count, 600);
    assert_int_equal(control_test_count(&test->result, OG_ENQUEUED), 3);

    // the agent goes on as if they had not been
    const og_plan alone = control_test_plan(test, 597, "0");
    og_plan memory = alone;
    memory.store = NULL;
    og_study_result other;
    assert_int_equal(fixture_run(test->arena, &memory, NULL, &other), OG_OK);
    for (int64_t i = 0, j = 0; i < 600; i++) {
        const og_trial* trial = &test->result.trials[i];
        if (trial->source == OG_ENQUEUED) {
            assert_memory_equal(trial->x, good, sizeof good);
            assert_true(i > 0);
        } else {
            assert_memory_equal(trial->x, other.trials[j++].x, sizeof good);
        }
    }

    // and the record resumes, with the designs where they were
    const og_plan more = control_test_plan(test, 650, "0");
    const og_study_result before = test->result;
    if (fixture_run(test->arena, &more, NULL, &test->result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    assert_int_equal(test->result.resumed, 600);
    assert_int_equal(test->result.record.trial_count, 650);
    for (int64_t i = 0; i < 600; i++) {
        assert_memory_equal(test->result.trials[i].x, before.trials[i].x, sizeof good);
        assert_int_equal(test->result.trials[i].source, before.trials[i].source);
    }
}

// As many designs as the run waits in the midst of, all different.
static void control_test_write_given(const char* path) {
    static const char* const modes[] = {"Fast", "Slow"};
    FILE* file = fopen(path, "w");
    assert_non_null(file);
    fputs("width,depth,mode,ratio\n", file);
    for (int i = 0; i < 400; i++) {
        fprintf(file, "%d,%d,%s,%g\n", 1 + i % 16, 1 << i / 16 % 6, modes[i / 384],
                fixture_ratios[i / 96 % 4]);
    }
    fclose(file);
}

// A design that is asked for among those of the plan waits until the agent had its first batch, so
// that a resumed run can tell one from the other.
static void control_takes_designs_behind_given(void** state) {
    control_test* test = *state;
    static const double wanted[] = {16, 32, FIXTURE_OFF, 3, 2};
    const char* given = og_text_format(test->arena, "%s.csv", test->path);
    control_test_write_given(given);
    test->given = given;
    og_store* store = control_test_begin(test, 450);
    assert_int_equal(og_store_ask_design(store, "test", wanted), OG_OK);
    control_test_end(test);
    og_store_close(store);
    assert_int_equal(control_test_count(&test->result, OG_ENQUEUED), 401);

    og_plan more = control_test_plan(test, 500, "0");
    more.enqueue = given;
    const og_status status = fixture_run(test->arena, &more, NULL, &test->result);
    unlink(given);
    if (status != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    assert_int_equal(test->result.resumed, 450);
    assert_int_equal(control_test_count(&test->result, OG_ENQUEUED), 401);
}

// What was asked before a run began is not meant for it.
static void control_forgets(void** state) {
    control_test* test = *state;
    og_store* store = control_test_begin(test, 300);
    assert_int_equal(og_store_ask_stop(store, "test"), OG_OK);
    control_test_end(test);
    og_study_record record;
    assert_int_equal(og_store_study(store, test->arena, "test", &record), OG_OK);
    const og_value values[] = {og_value_integer(record.id)};
    assert_int_equal(og_store_execute(store,
                                      "INSERT INTO control(study, request, value) VALUES($1, "
                                      "'stop', '')",
                                      values, 1, NULL),
                     OG_OK);
    og_store_close(store);
    const og_plan plan = control_test_plan(test, 1500, "1000");
    assert_int_equal(fixture_run(test->arena, &plan, NULL, &test->result), OG_OK);
    assert_int_equal(test->result.record.stop, OG_STOP_BUDGET);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, control_test_open, control_test_close)
    const struct CMUnitTest tests[] = {
        TEST(control_stops),         TEST(control_extends),
        TEST(control_takes_designs), TEST(control_takes_designs_behind_given),
        TEST(control_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
