// The store: what it refuses, what it survives, who may write.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "ogive/file.h"
#include "study/fixture.h"
#include "study/store_sqlite.h"

static og_arena* arena;

static int store_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int store_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static og_study_result store_test_run(const og_plan* plan) {
    og_study_result result = {0};
    if (fixture_run(arena, plan, NULL, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

// A closed store with one study of `trials` trials.
static const char* store_test_make(int trials) {
    const og_plan plan = fixture_plan(arena, trials, fixture_path(arena, "s.db"));
    store_test_run(&plan);
    return plan.store;
}

static void store_test_write(const char* path, const void* data, size_t size) {
    FILE* file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
}

static char* store_test_read(const char* path, size_t* size) {
    char* data;
    assert_int_equal(og_file_read(arena, path, 1 << 26, &data, size), OG_OK);
    return data;
}

static void store_test_sql(const char* path, const char* sql) {
    sqlite3* database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    char* problem = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &problem) != SQLITE_OK) {
        fail_msg("%s", problem);
    }
    sqlite3_close(database);
}

// Opening for reading and running on it must both fail with `message`, and leave the file alone.
static void store_test_refused(const char* path, const char* message) {
    size_t size;
    size_t size_after;
    const char* before = store_test_read(path, &size);
    for (int create = 0; create < 2; create++) {
        og_store* store;
        assert_int_equal(og_store_open(path, create, &store), OG_ERROR_STORE);
        if (!strstr(og_error_text(), message)) {
            fail_msg("%s, not %s", og_error_text(), message);
        }
    }
    const char* after = store_test_read(path, &size_after);
    assert_int_equal(size, size_after);
    assert_memory_equal(before, after, size);
}

static void store_test_reads_back(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 200, fixture_path(arena, "s.db"));
    const og_study_result result = store_test_run(&plan);
    og_store* store;
    og_study_record* studies;
    int count;
    assert_int_equal(og_store_open(plan.store, OG_STORE_READ, &store), OG_OK);
    assert_int_equal(og_store_studies(store, arena, &studies, &count), OG_OK);
    assert_int_equal(count, 1);
    const og_study_record* read = &studies[0];
    const og_study_record* made = &result.record;
    assert_string_equal(read->name, made->name);
    assert_string_equal(read->plan, made->plan);
    assert_string_equal(read->identity, made->identity);
    assert_string_equal(read->created, made->created);
    assert_true(read->seed == made->seed);
    assert_int_equal(read->stop, made->stop);
    assert_int_equal(read->best, made->best);
    assert_int_equal(read->trial_count, 200);
    assert_string_equal(og_store_table_print(arena, &read->space, true),
                        og_store_table_print(arena, &made->space, true));
    assert_string_equal(og_store_metrics_print(arena, read->metrics, read->metric_count, true),
                        og_store_metrics_print(arena, made->metrics, made->metric_count, true));
    assert_memory_equal(read->reference_y, made->reference_y, 3 * sizeof(double));
    og_trial* trials;
    int64_t trial_count;
    assert_int_equal(og_store_trials(store, arena, read->id, 0, INT64_MAX, &trials, &trial_count),
                     OG_OK);
    assert_int_equal(trial_count, 200);
    for (int i = 0; i < 200; i++) {
        const og_trial* a = &trials[i];
        const og_trial* b = &result.trials[i];
        assert_true(a->number == b->number && a->outcome == b->outcome && a->loss == b->loss &&
                    a->violation == b->violation && a->repeat_of == b->repeat_of &&
                    a->started == b->started && a->seconds == b->seconds);
        assert_string_equal(a->reason, b->reason);
        assert_memory_equal(a->x, b->x, FIXTURE_COLUMNS * sizeof(double));
        if (a->outcome == OG_FEASIBLE) {
            assert_memory_equal(a->y, b->y, 3 * sizeof(double));
        } else {
            assert_true(isnan(a->y[0]));
        }
    }
    assert_int_equal(og_store_trials(store, arena, read->id, 190, 20, &trials, &trial_count),
                     OG_OK);
    assert_int_equal(trial_count, 10);
    assert_int_equal(trials[0].number, 190);
    assert_int_equal(og_store_trials(store, arena, read->id, 200, 20, &trials, &trial_count),
                     OG_OK);
    assert_int_equal(trial_count, 0);
    assert_int_equal(og_store_trials(store, arena, 77, 0, 1, &trials, &trial_count), OG_ERROR_NAME);
    og_store_close(store);
    // the recorded plan runs the study again
    og_plan again;
    assert_int_equal(og_plan_parse(arena, read->plan, strlen(read->plan), "p", &again), OG_OK);
    const uint64_t digest = fixture_digest(arena, plan.store);
    fixture_remove(arena, plan.store);
    again.store = fixture_path(arena, "again.db");
    store_test_run(&again);
    assert_true(fixture_digest(arena, again.store) == digest);
    fixture_remove(arena, again.store);
}

static void store_test_many_studies(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 10, fixture_path(arena, "s.db"));
    static const char* const names[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) {
        plan.name = names[i];
        plan.seed = (uint64_t)i;
        store_test_run(&plan);
    }
    og_store* store;
    og_study_record study;
    og_study_record* studies;
    int count;
    assert_int_equal(og_store_open(plan.store, OG_STORE_WRITE, &store), OG_OK);
    assert_int_equal(og_store_study(store, arena, "tow", &study), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "has no study 'tow', did you mean two?"));
    assert_int_equal(og_store_remove(store, "two"), OG_OK);
    assert_int_equal(og_store_remove(store, "two"), OG_ERROR_NAME);
    assert_int_equal(og_store_studies(store, arena, &studies, &count), OG_OK);
    assert_int_equal(count, 2);
    assert_string_equal(studies[1].name, "three");
    og_store_close(store);
    // a study is removed with its trials
    store_test_sql(plan.store,
                   "CREATE TABLE checked(n INTEGER CHECK(n = 20));"
                   "INSERT INTO checked SELECT COUNT(*) FROM trial");
    fixture_remove(arena, plan.store);
}

static void store_test_not_a_store(void** state) {
    (void)state;
    og_store* store;
    assert_int_equal(og_store_open("/nonexistent/s.db", OG_STORE_READ, &store), OG_ERROR_STORE);
    assert_string_equal(og_error_text(), "there is no store /nonexistent/s.db");
    assert_int_equal(og_store_open("/nonexistent/s.db", OG_STORE_CREATE, &store), OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "the file or its folder cannot be written"));
    assert_int_equal(og_store_open("/tmp", OG_STORE_CREATE, &store), OG_ERROR_STORE);
    assert_string_equal(og_error_text(), "/tmp is a folder, not an Ogive store");
    assert_int_equal(og_store_open("/dev/null", OG_STORE_CREATE, &store), OG_ERROR_STORE);
    assert_string_equal(og_error_text(), "/dev/null is not a regular file");

    const char* path = fixture_path(arena, "s.db");
    char garbage[5000];
    for (size_t i = 0; i < sizeof garbage; i++) {
        garbage[i] = (char)(i * 7 + 13);
    }
    store_test_write(path, garbage, sizeof garbage);
    store_test_refused(path, "is not an Ogive store");
    store_test_write(path, "short", 5);
    store_test_refused(path, "is not an Ogive store");
    store_test_write(path, "", 0);
    assert_int_equal(og_store_open(path, OG_STORE_READ, &store), OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "is empty, not an Ogive store"));
    store_test_sql(path, "CREATE TABLE other(a)");
    store_test_refused(path, "is an SQLite database, but not an Ogive store");
    fixture_remove(arena, path);
}

static void store_test_version(void** state) {
    (void)state;
    const char* path = store_test_make(20);
    store_test_sql(path, "PRAGMA user_version = 9");
    store_test_refused(path,
                       "has store version 9, but this program knows versions up to 3: use a newer "
                       "ogive");
    store_test_sql(path, "PRAGMA user_version = 0");
    store_test_refused(path, "is damaged");
    fixture_remove(arena, path);
}

// Stores of version 1 did not say where designs came from: they are read as they are, and renewed
// by the next run.
static void store_test_upgrade(void** state) {
    (void)state;
    const char* path = store_test_make(20);
    const uint64_t digest = fixture_digest(arena, path);
    store_test_sql(path,
                   "ALTER TABLE trial DROP COLUMN source; PRAGMA user_version = 1;"
                   "DROP TABLE task; DROP TABLE worker; DROP TABLE control;"
                   "DROP TABLE diagnostic");
    assert_true(fixture_digest(arena, path) == digest);
    const og_plan plan = fixture_plan(arena, 30, path);
    og_study_result result;
    assert_int_equal(fixture_run(arena, &plan, NULL, &result), OG_OK);
    assert_int_equal(result.resumed, 20);
    store_test_sql(path,
                   "CREATE TABLE checked(n INTEGER CHECK(n = 30));"
                   "INSERT INTO checked SELECT COUNT(*) FROM trial WHERE source = 0;"
                   "DROP TABLE checked");
    fixture_remove(arena, path);
}

// Do `check` as a user who may not write.
static bool store_test_as_other(bool (*check)(const char* path), const char* path) {
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        enum { NOBODY = 65534 };
        if (geteuid() == 0 && setuid(NOBODY) != 0) {
            _exit(1);
        }
        const bool good = check(path);
        if (!good) {
            fprintf(stderr, "%s\n", og_error_text());
        }
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool store_test_may_not_write(const char* path) {
    og_store* store;
    return og_store_open(path, OG_STORE_CREATE, &store) == OG_ERROR_STORE &&
           strstr(og_error_text(), "cannot be written");
}

static bool store_test_may_read(const char* path) {
    return fixture_digest(arena, path) != 0;
}

static bool store_test_needs_writing(const char* path) {
    og_store* store;
    return og_store_open(path, OG_STORE_READ, &store) == OG_ERROR_STORE &&
           strstr(og_error_text(), "let its owner read it once");
}

static bool store_test_may_not_read(const char* path) {
    og_store* store;
    return og_store_open(path, OG_STORE_READ, &store) == OG_ERROR_STORE &&
           strstr(og_error_text(), "cannot be read: ");
}

static void store_test_read_only(void** state) {
    (void)state;
    const char* path = store_test_make(20);
    char* folder = og_text_format(arena, "%s", path);
    *strrchr(folder, '/') = '\0';
    // names with a meaning in addresses are names
    const char* odd = og_text_format(arena, "%s/a?b#c%%20 d.db", folder);
    size_t size;
    const char* data = store_test_read(path, &size);
    store_test_write(odd, data, size);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(odd, 0444), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_true(store_test_as_other(store_test_may_read, path));
    assert_int_equal(chmod(folder, 0555), 0);
    assert_true(store_test_as_other(store_test_may_not_write, path));
    assert_true(
        store_test_as_other(store_test_may_not_write, og_text_format(arena, "%s/new.db", folder)));
    assert_true(store_test_as_other(store_test_may_read, path));
    assert_true(store_test_as_other(store_test_may_read, odd));
    assert_int_equal(chmod(path, 0), 0);
    assert_true(store_test_as_other(store_test_may_not_read, path));
    assert_int_equal(chmod(folder, 0755), 0);
    unlink(odd);
    fixture_remove(arena, path);
}

// A store whose writer was cut off has trials in a log that only those can use who may write.
static void store_test_read_only_cut_off(void** state) {
    (void)state;
    const char* path = store_test_make(20);
    const char* copy = fixture_path(arena, "copy.db");
    const char* ends[] = {"", "-wal"};
    sqlite3* database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "UPDATE trial SET seconds = 1", 0, 0, 0), SQLITE_OK);
    for (int i = 0; i < 2; i++) {
        size_t size;
        const char* data = store_test_read(og_text_format(arena, "%s%s", path, ends[i]), &size);
        store_test_write(og_text_format(arena, "%s%s", copy, ends[i]), data, size);
        assert_int_equal(chmod(og_text_format(arena, "%s%s", copy, ends[i]), 0444), 0);
    }
    sqlite3_close(database);
    char* folder = og_text_format(arena, "%s", copy);
    *strrchr(folder, '/') = '\0';
    assert_int_equal(chmod(folder, 0555), 0);
    assert_true(store_test_as_other(store_test_needs_writing, copy));
    assert_int_equal(chmod(folder, 0755), 0);
    fixture_remove(arena, copy);
    fixture_remove(arena, path);
}

// A writer leaves all in the one file, readers or not.
static void store_test_close_leaves_one_file(void** state) {
    (void)state;
    const char* path = store_test_make(20);
    og_store* reader;
    og_study_record* studies;
    int count;
    assert_int_equal(og_store_open(path, OG_STORE_READ, &reader), OG_OK);
    assert_int_equal(og_store_studies(reader, arena, &studies, &count), OG_OK);
    og_plan plan = fixture_plan(arena, 60, path);
    store_test_run(&plan);
    const uint64_t digest = fixture_digest(arena, path);
    size_t size;
    const char* data = store_test_read(path, &size);
    const char* copy = fixture_path(arena, "copy.db");
    store_test_write(copy, data, size);
    assert_true(fixture_digest(arena, copy) == digest);
    og_store_close(reader);
    assert_int_not_equal(access(og_text_format(arena, "%s-wal", path), F_OK), 0);
    fixture_remove(arena, copy);
    fixture_remove(arena, path);
}

// Everything that a reader and a run do with a store that may be damaged. True when all succeed.
static bool store_test_use(const char* path) {
    og_arena* scratch = og_arena_create();
    og_store* store;
    bool good = og_store_open(path, OG_STORE_READ, &store) == OG_OK;
    if (good) {
        og_study_record* studies;
        int count;
        good = og_store_studies(store, scratch, &studies, &count) == OG_OK;
        for (int i = 0; good && i < count; i++) {
            og_trial* trials;
            int64_t trial_count;
            uint64_t digest;
            good = og_store_trials(store, scratch, studies[i].id, 0, INT64_MAX, &trials,
                                   &trial_count) == OG_OK &&
                   og_store_digest(store, studies[i].id, &digest) == OG_OK;
        }
        og_store_close(store);
    }
    og_plan plan = fixture_plan(scratch, 60, path);
    og_study_result result;
    good = fixture_run(scratch, &plan, NULL, &result) == OG_OK && good;
    og_arena_destroy(scratch);
    return good;
}

static void store_test_cut(void** state) {
    (void)state;
    const char* path = store_test_make(400);
    size_t size;
    const char* data = store_test_read(path, &size);
    for (size_t length = 1; length < size; length += 1 + length / 7) {
        store_test_write(path, data, length);
        og_store* store;
        if (og_store_open(path, OG_STORE_CREATE, &store) == OG_OK) {
            fail_msg("accepted %zu of %zu bytes", length, size);
        }
        size_t after;
        assert_memory_equal(store_test_read(path, &after), data, length);
        assert_int_equal(after, length);
    }
    fixture_remove(arena, path);
}

static void store_test_flipped(void** state) {
    (void)state;
    const char* path = store_test_make(50);
    size_t size;
    char* data = store_test_read(path, &size);
    og_random random = og_random_make(11, 1);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
        // the schema and the row of the study are a small part of the file, so they get their share
        const size_t range = round % 3 == 0 ? 200 : round % 3 == 1 ? size / 2 : size;
        const size_t at = og_random_below(&random, range);
        const char saved = data[at];
        data[at] = (char)(data[at] ^ (1 << og_random_below(&random, 8)));
        store_test_write(path, data, size);
        data[at] = saved;
        refused += !store_test_use(path);
        unlink(og_text_format(arena, "%s-wal", path));
        unlink(og_text_format(arena, "%s-shm", path));
    }
    print_message("          %d of 300 damaged files were refused\n", refused);
    assert_true(refused > 20);
    fixture_remove(arena, path);
}

// Rows that are valid SQLite, but nothing that a study writes.
static void store_test_nonsense_rows(void** state) {
    (void)state;
    static const char* const changes[] = {
        "UPDATE study SET space = '{'",
        "UPDATE study SET space = '{\"parameters\": [], \"constraints\": []}'",
        "UPDATE study SET space = replace(space, 'Fast', 'Fa''st\"')",
        "UPDATE study SET space = replace(space, '\"kind\":\"choice\"', '\"kind\":\"text\"')",
        "UPDATE study SET space = replace(space, '16.0', '-16.0')",
        "UPDATE study SET metrics = '[]'",
        "UPDATE study SET metrics = '[1]'",
        "UPDATE study SET objectives = '3'",
        "UPDATE study SET reference_x = x'00'",
        "UPDATE study SET trials = 51",
        "UPDATE study SET trials = 1 << 52",
        "UPDATE study SET best = 50",
        "UPDATE study SET stop = 7",
        "UPDATE study SET batch = 0",
        "UPDATE study SET id = -3",
        "UPDATE study SET name = x'ff00'",
        "UPDATE trial SET number = 70 WHERE number = 20",
        "DELETE FROM trial WHERE number = 3",
        "UPDATE trial SET x = zeroblob(40) WHERE number = 3",
        "UPDATE trial SET x = zeroblob(41) WHERE number = 3",
        "UPDATE trial SET y = x'ffff' WHERE number = 2",
        "UPDATE trial SET y = NULL WHERE number = 2",
        "UPDATE trial SET loss = NULL WHERE number = 2",
        "UPDATE trial SET loss = 3 WHERE number = 2",
        "UPDATE trial SET outcome = 5 WHERE number = 2",
        "UPDATE trial SET violation = -1 WHERE number = 2",
        "UPDATE trial SET violation = 0.5 WHERE number = 2",
        "UPDATE trial SET repeat_of = 9 WHERE number = 2",
        "DROP TABLE trial",
        "ALTER TABLE trial RENAME COLUMN loss TO lost",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char* path = store_test_make(50);
        store_test_sql(path, changes[i]);
        if (store_test_use(path)) {
            fail_msg("accepted: %s", changes[i]);
        }
        fixture_remove(arena, path);
    }
}

// A process of its own, so that nothing is shared by accident.
static pid_t store_test_spawn(const og_plan* plan) {
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        return child;
    }
    og_arena* own = og_arena_create();
    og_study_result result;
    const og_status status = fixture_run(own, plan, &(og_study_options){.jobs = 1}, &result);
    if (status != OG_OK) {
        fprintf(stderr, "%s: %s\n", plan->name, og_error_text());
    }
    og_arena_destroy(own);
    _exit(status == OG_OK ? 0 : 1);
}

static int store_test_wait(pid_t child) {
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void store_test_two_runs(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 2000, fixture_path(arena, "s.db"));
    assert_int_equal(og_plan_set(arena, &plan, "environment.options.delay_us=1000"), OG_OK);
    const pid_t child = store_test_spawn(&plan);
    // wait until the other one has written
    og_store* store;
    og_study_record study = {0};
    for (int i = 0; i < 1000 && study.trial_count == 0; i++) {
        usleep(10000);
        if (og_store_open(plan.store, OG_STORE_WRITE, &store) == OG_OK) {
            og_store_study(store, arena, "test", &study);
            og_store_close(store);
        }
    }
    assert_true(study.trial_count > 0);
    og_study_result result;
    assert_int_equal(fixture_run(arena, &plan, NULL, &result), OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "study 'test' is being run by another process"));
    assert_int_equal(og_store_open(plan.store, OG_STORE_WRITE, &store), OG_OK);
    assert_int_equal(og_store_remove(store, "test"), OG_ERROR_STORE);
    og_store_close(store);
    // another study runs beside it
    og_plan other = plan;
    other.name = "other";
    other.evaluations = 50;
    store_test_run(&other);
    kill(child, SIGKILL);
    store_test_wait(child);
    // the lock ended with its holder
    other = plan;
    other.evaluations = study.trial_count + 50;
    store_test_run(&other);
    struct stat info;
    assert_int_not_equal(stat(og_text_format(arena, "%s-lock", plan.store), &info), 0);
    fixture_remove(arena, plan.store);
}

static void store_test_eight_processes(void** state) {
    (void)state;
    enum { PROCESSES = 8 };
    for (int round = 0; round < 3; round++) {
        og_plan plan = fixture_plan(arena, 3000, fixture_path(arena, "s.db"));
        assert_int_equal(og_plan_set(arena, &plan, "environment.options.delay_us=50"), OG_OK);
        pid_t children[PROCESSES];
        for (int i = 0; i < PROCESSES; i++) {
            plan.name = og_text_format(arena, "study %d", i);
            plan.seed = 5;
            children[i] = store_test_spawn(&plan);
        }
        for (int i = 0; i < PROCESSES; i++) {
            assert_int_equal(store_test_wait(children[i]), 0);
        }
        og_store* store;
        og_study_record* studies;
        int count;
        uint64_t digest = 0;
        assert_int_equal(og_store_open(plan.store, OG_STORE_READ, &store), OG_OK);
        assert_int_equal(og_store_studies(store, arena, &studies, &count), OG_OK);
        assert_int_equal(count, PROCESSES);
        for (int i = 0; i < PROCESSES; i++) {
            uint64_t other;
            assert_int_equal(studies[i].trial_count, 3000);
            assert_int_equal(og_store_digest(store, studies[i].id, &other), OG_OK);
            assert_true(i == 0 || digest == other);
            digest = other;
        }
        og_store_close(store);
        fixture_remove(arena, plan.store);
    }
}

// A full disk, played by a limit on the size of files.
static void store_test_full_disk(void** state) {
    (void)state;
    const char* path = store_test_make(100);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        og_store* store;
        if (og_store_open(path, OG_STORE_READ, &store) != OG_OK) {
            _exit(1);
        }
        sqlite3_exec(og_sqlite_of(store)->database, "PRAGMA max_page_count = 8", NULL, NULL, NULL);
        og_status status = og_store_begin(store);
        og_study_record study;
        if (og_store_study(store, arena, "test", &study) != OG_OK) {
            _exit(2);
        }
        double x[FIXTURE_COLUMNS] = {0};
        double y[3] = {0};
        for (int i = 100; status == OG_OK && i < 100000; i++) {
            status = og_store_write(store, &study, &(og_trial){.number = i, .x = x, .y = y});
        }
        if (status == OG_OK || !strstr(og_error_text(), "the disk is full")) {
            _exit(3);
        }
        og_store_rollback(store);
        og_store_close(store);
        _exit(0);
    }
    assert_int_equal(store_test_wait(child), 0);
    assert_true(store_test_use(path));
    fixture_remove(arena, path);
}

int main(void) {
#define STORE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_test_setup, store_test_teardown)
    const struct CMUnitTest tests[] = {
        STORE_TEST(store_test_reads_back),
        STORE_TEST(store_test_many_studies),
        STORE_TEST(store_test_not_a_store),
        STORE_TEST(store_test_version),
        STORE_TEST(store_test_upgrade),
        STORE_TEST(store_test_read_only),
        STORE_TEST(store_test_read_only_cut_off),
        STORE_TEST(store_test_close_leaves_one_file),
        STORE_TEST(store_test_cut),
        STORE_TEST(store_test_flipped),
        STORE_TEST(store_test_nonsense_rows),
        STORE_TEST(store_test_two_runs),
        STORE_TEST(store_test_eight_processes),
        STORE_TEST(store_test_full_disk),
    };
    return cmocka_run_group_tests_name("study.store", tests, NULL, NULL);
}
