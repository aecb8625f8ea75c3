// What agents tell of themselves is kept beside the trials, whatever a run was cut by, and is no
// part of what a study reproduces.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "ogive/study.h"
#include "ogive/text.h"

enum { DIAGNOSIS_TRIALS = 300, DIAGNOSIS_PARAMETERS = 6 };

typedef struct diagnosis_read {
    og_arena* arena;
    uint64_t digest;
    og_recorded_diagnostic* list;
    int64_t count;
} diagnosis_read;

static char diagnosis_folder[] = "/tmp/ogive-diagnosis-XXXXXX";

static void diagnosis_run(const char* store, const char* agent, int budget) {
    og_arena* arena = og_arena_create();
    const char* text = og_text_format(
        arena,
        "name: one\nenvironment:\n  name: function\n  options:\n    function: rastrigin\n"
        "    dimensions: %d\nobjectives:\n  - minimize: value\nagent: %s\nbudget: %d\nseed: 2\n",
        (int)DIAGNOSIS_PARAMETERS, agent, budget);
    og_plan plan;
    og_study_result result;
    assert_int_equal(og_plan_parse(arena, text, strlen(text), "plan", &plan), OG_OK);
    plan.store = store;
    const og_study_options options = {.jobs = 2};
    if (og_study_run(arena, &plan, &options, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    og_arena_destroy(arena);
}

static diagnosis_read diagnosis_look(const char* path) {
    diagnosis_read read = {.arena = og_arena_create()};
    og_store* store = NULL;
    og_study_record record;
    assert_int_equal(og_store_open(path, OG_STORE_READ, &store), OG_OK);
    assert_int_equal(og_store_study(store, read.arena, "one", &record), OG_OK);
    assert_int_equal(og_store_digest(store, record.id, &read.digest), OG_OK);
    assert_int_equal(og_store_diagnostics(store, read.arena, record.id, &read.list, &read.count),
                     OG_OK);
    og_store_close(store);
    return read;
}

static const char* diagnosis_path(og_arena* arena, const char* name) {
    return og_text_format(arena, "%s/%s", diagnosis_folder, name);
}

static void cuts_change_nothing(void** state) {
    const char* whole = diagnosis_path(*state, "whole.ogive");
    const char* cut = diagnosis_path(*state, "cut.ogive");
    diagnosis_run(whole, "ippo", DIAGNOSIS_TRIALS);
    static const int budgets[] = {3, 64, 65, 201, DIAGNOSIS_TRIALS};
    for (int i = 0; i < 5; i++) {
        diagnosis_run(cut, "ippo", budgets[i]);
    }
    const diagnosis_read a = diagnosis_look(whole);
    const diagnosis_read b = diagnosis_look(cut);
    assert_true(a.digest == b.digest);
    assert_int_equal(a.count, b.count);
    assert_true(a.count > 5L * DIAGNOSIS_PARAMETERS && a.count % DIAGNOSIS_PARAMETERS == 0);
    for (int64_t i = 0; i < a.count; i++) {
        assert_int_equal(a.list[i].trials, b.list[i].trials);
        assert_string_equal(a.list[i].name, OG_DIAGNOSTIC_ENTROPY);
        assert_string_equal(a.list[i].part, b.list[i].part);
        assert_true(a.list[i].value == b.list[i].value);
        assert_true(i == 0 || a.list[i].trials >= a.list[i - 1].trials);
        assert_in_range(a.list[i].trials, 1, DIAGNOSIS_TRIALS);
    }
    og_arena_destroy(a.arena);
    og_arena_destroy(b.arena);
}

static void diagnosis_execute(const char* path, const char* sql) {
    sqlite3* database = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void digests_leave_them_out(void** state) {
    const char* path = diagnosis_path(*state, "digest.ogive");
    diagnosis_run(path, "gp_ei", 30);
    const diagnosis_read before = diagnosis_look(path);
    assert_true(before.count > 5);
    assert_string_equal(before.list[0].name, OG_DIAGNOSTIC_ERROR);
    diagnosis_execute(path, "UPDATE diagnostic SET value = value + 1");
    const diagnosis_read after = diagnosis_look(path);
    assert_true(after.list[0].value == before.list[0].value + 1);
    assert_true(after.digest == before.digest);
    og_arena_destroy(before.arena);
    og_arena_destroy(after.arena);
}

static void most_agents_tell_nothing(void** state) {
    const char* path = diagnosis_path(*state, "random.ogive");
    diagnosis_run(path, "random", 40);
    const diagnosis_read read = diagnosis_look(path);
    assert_int_equal(read.count, 0);
    og_arena_destroy(read.arena);
}

static void they_go_with_their_study(void** state) {
    const char* path = diagnosis_path(*state, "removed.ogive");
    diagnosis_run(path, "ippo", 40);
    og_store* store = NULL;
    og_recorded_diagnostic* list = NULL;
    int64_t count = 0;
    assert_int_equal(og_store_open(path, OG_STORE_WRITE, &store), OG_OK);
    assert_int_equal(og_store_diagnostics(store, *state, 1, &list, &count), OG_OK);
    assert_true(count > 0);
    assert_int_equal(og_store_remove(store, "one"), OG_OK);
    assert_int_equal(og_store_diagnostics(store, *state, 1, &list, &count), OG_OK);
    assert_int_equal(count, 0);
    og_store_close(store);
}

static int diagnosis_setup(void** state) {
    *state = og_arena_create();
    return mkdtemp(diagnosis_folder) ? 0 : -1;
}

static int diagnosis_teardown(void** state) {
    static const char* const names[] = {"whole", "cut", "digest", "random", "removed"};
    static const char* const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 3; k++) {
            (void)unlink(
                og_text_format(*state, "%s/%s.ogive%s", diagnosis_folder, names[i], ends[k]));
        }
    }
    (void)rmdir(diagnosis_folder);
    og_arena_destroy(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_change_nothing),
        cmocka_unit_test(digests_leave_them_out),
        cmocka_unit_test(most_agents_tell_nothing),
        cmocka_unit_test(they_go_with_their_study),
    };
    return cmocka_run_group_tests(tests, diagnosis_setup, diagnosis_teardown);
}
