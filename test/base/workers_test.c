#include "ogive/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <stdatomic.h>
#include <string.h>

#include "ogive/random.h"

enum { WORKERS_ITEMS = 5000 };

typedef struct workers_job {
    uint64_t results[WORKERS_ITEMS];
    atomic_int calls[WORKERS_ITEMS];
    int workers;
} workers_job;

static void workers_compute(void* context, int index, int worker, og_arena* scratch) {
    workers_job* job = context;
    assert_true(worker >= 0 && worker < job->workers);
    // scratch is the worker's own: what is written stays
    uint64_t* numbers = OG_NEW(scratch, uint64_t, 100);
    og_random random = og_random_make(4, (uint64_t)index);
    for (int i = 0; i < 100; i++) {
        assert_true(numbers[i] == 0);
        numbers[i] = og_random_bits(&random);
    }
    for (int i = 0; i < 100; i++) {
        job->results[index] = job->results[index] * 31 + numbers[i];
    }
    atomic_fetch_add(&job->calls[index], 1);
}

static void workers_give_equal_results(void** state) {
    (void)state;
    static workers_job reference;
    static workers_job job;
    for (int count = 1; count <= 4; count++) {
        og_arena* arena = og_arena_create();
        og_workers* workers = NULL;
        assert_int_equal(og_workers_create(arena, count, &workers), OG_OK);
        assert_int_equal(og_workers_count(workers), count);
        for (int round = 0; round < 20; round++) {
            memset(&job, 0, sizeof job);
            job.workers = count;
            const int items = round == 0 ? WORKERS_ITEMS : round * 7 % 40;
            og_workers_run(workers, items, workers_compute, &job);
            for (int i = 0; i < WORKERS_ITEMS; i++) {
                assert_int_equal(atomic_load(&job.calls[i]), i < items);
            }
            if (count == 1 && round == 0) {
                memcpy(reference.results, job.results, sizeof job.results);
            }
            assert_memory_equal(reference.results, job.results,
                                sizeof *job.results * (size_t)items);
        }
        og_workers_destroy(workers);
        og_arena_destroy(arena);
    }
}

static void workers_start_and_end(void** state) {
    (void)state;
    assert_true(og_workers_available() >= 1);
    og_workers_destroy(NULL);
    for (int i = 0; i < 50; i++) {
        og_arena* arena = og_arena_create();
        og_workers* workers = NULL;
        assert_int_equal(og_workers_create(arena, 1 + i % 4, &workers), OG_OK);
        og_workers_destroy(workers);
        og_arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_give_equal_results),
        cmocka_unit_test(workers_start_and_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
