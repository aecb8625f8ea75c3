// Trials of other tools become the beginning of a study.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "study/fixture.h"
#include "study/import.h"

static og_arena* arena;
static const char* import_store;

static int import_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    import_store = fixture_path(arena, "imported.db");
    return 0;
}

static const char* import_test_path(void) {
    return og_text_format(arena, "%s.in", import_store);
}

static int import_test_teardown(void** state) {
    (void)state;
    unlink(import_test_path());
    fixture_remove(arena, import_store);
    og_arena_destroy(arena);
    return 0;
}

static const char* import_test_write(const char* text) {
    FILE* file = fopen(import_test_path(), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return import_test_path();
}

static og_import_result import_test_good(const og_import* import) {
    const og_plan plan = fixture_plan(arena, 0, import_store);
    og_import_result result;
    if (og_study_import_with(arena, &plan, &fixture_environment, import, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

static void import_test_fails(const char* text, const char* message) {
    const og_plan plan = fixture_plan(arena, 0, import_store);
    const og_import import = {.path = import_test_write(text)};
    og_import_result result;
    if (og_study_import_with(arena, &plan, &fixture_environment, &import, &result) == OG_OK) {
        if (result.bad == 0) {
            fail_msg("accepted: %s", text);
        }
        if (!strstr(result.problems[0], message)) {
            fail_msg("'%s' lacks '%s'", result.problems[0], message);
        }
        og_store* store;
        assert_int_not_equal(og_store_open(import_store, OG_STORE_READ, &store), OG_OK);
        return;
    }
    if (!strstr(og_error_text(), message)) {
        fail_msg("'%s' lacks '%s'", og_error_text(), message);
    }
}

static const char import_test_table[] =
    "Width,depth,MODE,limit,ratio,Time NS,power_mw,extra\n"
    "9,16,Fast,,0.5,170.5,275,a\n"
    "8,4,Slow,2,0.25,149.25,208,b\n"
    "8,4,Slow,2,0.25,150,208,c\n";

static void import_test_csv(void** state) {
    (void)state;
    const og_import import = {.path = import_test_write(import_test_table)};
    const og_import_result result = import_test_good(&import);
    assert_int_equal(result.record.trial_count, 3);
    assert_string_equal(result.record.agent, "none");
    assert_int_equal(result.unused_count, 1);
    assert_string_equal(result.unused[0], "extra");
    const og_trial* trials = result.trials;
    assert_true(trials[0].x[FIXTURE_WIDTH] == 9 && trials[0].x[FIXTURE_LIMIT] == 3);
    assert_true(trials[0].y[0] == 170.5 && trials[0].y[2] == 170.5 * 275);
    assert_true(trials[1].x[FIXTURE_MODE] == FIXTURE_SLOW && trials[1].x[FIXTURE_LIMIT] == 2);
    // equal designs keep the metrics that they were measured with
    assert_true(trials[2].y[0] == 150 && trials[2].repeat_of == -1);
    assert_int_equal(trials[2].source, OG_IMPORTED);
    assert_int_equal(result.record.best, 1);
    // the name is taken now
    const og_plan plan = fixture_plan(arena, 0, import_store);
    og_import_result again;
    assert_int_not_equal(og_study_import_with(arena, &plan, &fixture_environment, &import, &again),
                         OG_OK);
    assert_non_null(strstr(og_error_text(), "has a study 'test' already"));
}

// Any agent goes on, in one go or in parts, and only its own trials count in the budget.
static void import_test_resume(void** state) {
    (void)state;
    uint64_t digests[2];
    for (int parts = 0; parts < 2; parts++) {
        import_test_good(&(og_import){.path = import_test_write(import_test_table)});
        og_agent_type type = fixture_agent;
        type.learns_from_given = true;
        og_plan plan = fixture_plan(arena, 0, import_store);
        og_study_result result = {0};
        for (int n = parts ? 5 : 30; n <= 30; n += 5) {
            plan.evaluations = n;
            if (og_study_run_with(arena, &plan, &fixture_environment, &type, NULL, &result) !=
                OG_OK) {
                fail_msg("%s", og_error_text());
            }
            assert_int_equal(result.record.trial_count, 3 + n);
        }
        assert_string_equal(result.record.agent, "walker");
        for (int i = 0; i < 33; i++) {
            assert_int_equal(result.trials[i].source, i < 3 ? OG_IMPORTED : OG_PROPOSED);
        }
        digests[parts] = fixture_digest(arena, import_store);
        // from now on it is the study of this agent
        plan.seed = 77;
        assert_int_not_equal(
            og_study_run_with(arena, &plan, &fixture_environment, &type, NULL, &result), OG_OK);
        assert_non_null(strstr(og_error_text(), "was made with other seed"));
        unlink(import_store);
    }
    assert_true(digests[0] != 0 && digests[0] == digests[1]);
}

static void import_test_refused(void** state) {
    (void)state;
    static const char head[] = "width,depth,mode,limit,ratio,time_ns,power_mw\n";
#define ROW(text) og_text_format(arena, "%s%s\n", head, text)
    import_test_fails(ROW("99,4,Fast,3,0.5,1,1"), ".in:2: width: 99 is out of range");
    import_test_fails(ROW("9,4,Fats,3,0.5,1,1"), ".in:2: mode: ");
    import_test_fails(ROW("9,4,Slow,,0.5,1,1"), ".in:2: parameter limit has no value");
    import_test_fails(ROW("9,4,Fast,5,0.5,1,1"), ".in:2: ");
    import_test_fails(ROW("16,64,Fast,3,0.5,1,1"), ".in:2: ");
    import_test_fails(ROW("9,4,Fast,3,0.5,nan,1"), ".in:2: metric time_ns: 'nan' is no finite");
    import_test_fails(ROW("9,4,Fast,3,0.5,,1"), ".in:2: metric time_ns: '' is no finite number");
    import_test_fails(ROW("9,4,Fast,3,0.5,1"), ".in:2: 6 cells, the header has 7");
    import_test_fails(ROW("\"9,4,Fast,3,0.5,1"), ".in:2: a quote is not closed");
    import_test_fails("", "is empty");
    import_test_fails(head, "holds no trial");
    import_test_fails("width,width\n1,2\n", ".in:1: column width is there twice");
    import_test_fails("width,depth\n1,2\n", "no column has parameter mode: name one by --rename");
    import_test_fails("width,depth,mode,limit,ratio,time_ns\n1,2,3,4,5,6\n",
                      "no column has metric power_mw");
    import_test_fails("SQLite format 3\0", "no column has parameter width");
#undef ROW
}

static void import_test_options(void** state) {
    (void)state;
    const og_assignment renames[] = {{"w", "width", NULL}, {"t", "time_ns", NULL}};
    const og_assignment scales[] = {{"time_ns", "1000", NULL}};
    og_import import = {
        .path = import_test_write("w,depth,mode,limit,ratio,t,power_mw,outcome,reason\n"
                                  "9,4,Fast,3,0.5,0.25,1,feasible,\n"
                                  "9,4,Fats,3,0.5,0.25,1,feasible,\n"
                                  "9,2,Fast,3,0.5,,,infeasible,too hot\n"
                                  "9,2,Fast,3,0.5,,,RUNNING,\n"),
        .renames = renames,
        .rename_count = 2,
        .scales = scales,
        .scale_count = 1,
        .skip = true};
    const og_import_result result = import_test_good(&import);
    assert_int_equal(result.record.trial_count, 2);
    assert_int_equal(result.bad, 1);
    assert_int_equal(result.unfinished, 1);
    assert_true(result.trials[0].y[0] == 250);
    assert_int_equal(result.trials[1].outcome, OG_INFEASIBLE);
    assert_string_equal(result.trials[1].reason, "too hot");
    import.designs_only = true;
    const og_import_result designs = import_test_good(&import);
    assert_int_equal(designs.record.trial_count, 2);
}

static void import_test_trajectory(void** state) {
    (void)state;
    static const char* const values[] = {"time_ns", "power_mw"};
    const og_import import = {
        .path = import_test_write(
            "\"{'width': 9, 'depth': np.int64(4), 'mode': 'Fast', 'limit': 3, 'ratio': 0.5}\","
            "\"[1.5e+02 7. ]\"\n"
            "\"{'mode': 'Off', 'width': 2, 'depth': 8, 'limit': 3, 'ratio': 4}\",[1 2]\n"),
        .values = values,
        .value_count = 2};
    const og_import_result result = import_test_good(&import);
    assert_int_equal(result.record.trial_count, 2);
    assert_true(result.trials[0].x[FIXTURE_DEPTH] == 4 && result.trials[0].y[0] == 150);
    assert_true(result.trials[1].x[FIXTURE_MODE] == FIXTURE_OFF && result.trials[1].y[1] == 2);
    unlink(import_store);
    import_test_fails("\"{'width': 9}\",[1]\n\"{'height': 9}\",[1]\n", ".in:2: this is no row");
    import_test_fails("{'width': 9,[1]\n", ".in:1: this is no row");
}

static const char import_test_optuna_sql[] =
    "CREATE TABLE studies(study_id INTEGER PRIMARY KEY, study_name VARCHAR(512));"
    "CREATE TABLE study_directions(study_direction_id INTEGER PRIMARY KEY,"
    " direction VARCHAR(8) NOT NULL, study_id INTEGER, objective INTEGER NOT NULL);"
    "CREATE TABLE trials(trial_id INTEGER PRIMARY KEY, number INTEGER, study_id INTEGER,"
    " state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME);"
    "CREATE TABLE trial_params(param_id INTEGER PRIMARY KEY, trial_id INTEGER,"
    " param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT);"
    "CREATE TABLE trial_values(trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER NOT NULL,"
    " objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL);"
    "CREATE TABLE trial_user_attributes(trial_user_attribute_id INTEGER PRIMARY KEY,"
    " trial_id INTEGER, key VARCHAR(512), value_json TEXT);"
    "INSERT INTO studies VALUES(1, 'first'), (2, 'second');"
    "INSERT INTO study_directions VALUES(1, 'MINIMIZE', 1, 0), (2, 'MINIMIZE', 2, 0);"
    "INSERT INTO trials(trial_id, number, study_id, state) VALUES(1, 0, 1, 'COMPLETE'),"
    " (2, 1, 1, 'PRUNED'), (3, 2, 1, 'FAIL'), (4, 0, 2, 'COMPLETE'), (5, 3, 1, 'COMPLETE'),"
    " (6, 4, 1, 'RUNNING');"
    "INSERT INTO trial_params(trial_id, param_name, param_value, distribution_json) VALUES"
    " (1, 'width', 9.0, '{\"name\": \"IntDistribution\", \"attributes\": {\"log\": false,"
    " \"step\": 1, \"low\": 1, \"high\": 16}}'),"
    " (1, 'mode', 1.0, '{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\":"
    " [\"Fast\", \"Slow\", \"Off\"]}}'),"
    " (1, 'depth', 2.0, '{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\":"
    " [1, 2, 4]}}'), (1, 'limit', 7.0, '{}'), (1, 'ratio', 0.25, '{}'),"
    " (3, 'width', 3, '{}'), (3, 'depth', 8, '{}'), (3, 'ratio', 4, '{}'),"
    " (3, 'mode', 0, '{\"attributes\": {\"choices\": [\"Off\"]}}'),"
    " (5, 'width', 5, '{}'), (5, 'depth', 8, '{}'), (5, 'ratio', 4, '{}'),"
    " (5, 'mode', 0, '{\"attributes\": {\"choices\": [\"Fast\"]}}');"
    "INSERT INTO trial_values(trial_id, objective, value, value_type) VALUES"
    " (1, 0, 123.5, 'FINITE'), (5, 0, 99.0, 'FINITE'), (4, 0, 1.0, 'FINITE');"
    "INSERT INTO trial_user_attributes(trial_id, key, value_json) VALUES"
    " (1, 'power_mw', '250.5'), (5, 'power_mw', '12'), (5, 'note', '\"a, b\"');";

static void import_test_sql(const char* sql) {
    sqlite3* database;
    assert_int_equal(sqlite3_open(import_test_path(), &database), SQLITE_OK);
    char* problem = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &problem) != SQLITE_OK) {
        fail_msg("%s", problem);
    }
    sqlite3_close(database);
}

static void import_test_optuna(void** state) {
    (void)state;
    import_test_sql(import_test_optuna_sql);
    og_import import = {.path = import_test_path(), .study = "first"};
    const og_import_result result = import_test_good(&import);
    assert_int_equal(result.record.trial_count, 3);
    assert_int_equal(result.unfinished, 2);
    const og_trial* trials = result.trials;
    assert_true(trials[0].x[FIXTURE_WIDTH] == 9 && trials[0].x[FIXTURE_DEPTH] == 4);
    assert_true(trials[0].x[FIXTURE_MODE] == FIXTURE_SLOW && trials[0].x[FIXTURE_LIMIT] == 7);
    assert_true(trials[0].y[0] == 123.5 && trials[0].y[1] == 250.5);
    assert_int_equal(trials[1].outcome, OG_FAILED);
    assert_string_equal(trials[1].reason, "failed in Optuna");
    assert_true(trials[2].y[0] == 99 && trials[2].y[1] == 12);
    assert_int_equal(result.unused_count, 1);
    assert_string_equal(result.unused[0], "note");
    unlink(import_store);
    const og_plan plan = fixture_plan(arena, 0, import_store);
    og_import_result other;
#define FAILS(message)                                                                     \
    assert_int_not_equal(                                                                  \
        og_study_import_with(arena, &plan, &fixture_environment, &import, &other), OG_OK); \
    assert_non_null(strstr(og_error_text(), message))
    import.study = NULL;
    FAILS("has 2 studies, choose one with --from: first, second");
    import.study = "thrid";
    FAILS("has no study 'thrid', it has: first, second");
    import.study = "first";
    import_test_sql("DROP TABLE trial_values");
    FAILS("cannot be read as an Optuna study: no such table: trial_values");
#undef FAILS
}

int main(void) {
#define IMPORT_TEST(test) \
    cmocka_unit_test_setup_teardown(test, import_test_setup, import_test_teardown)
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(import_test_csv),        IMPORT_TEST(import_test_resume),
        IMPORT_TEST(import_test_refused),    IMPORT_TEST(import_test_options),
        IMPORT_TEST(import_test_trajectory), IMPORT_TEST(import_test_optuna),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
