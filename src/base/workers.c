#include "ogive/workers.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

typedef struct workers_member {
    og_workers* pool;
    pthread_t thread;
    og_arena* scratch;
    int number;
} workers_member;

struct og_workers {
    workers_member* members;  // list: [count]; member 0 is the caller's thread
    int count;
    pthread_mutex_t mutex;
    pthread_cond_t start;
    pthread_cond_t finish;
    unsigned long round;  // increases with each loop; members compare it with the last one they did
    int busy;             // members that still work on this round
    bool ending;
    og_work* work;
    void* context;
    int items;
    atomic_int next;
};

int og_workers_available(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    const int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

static void workers_share(og_workers* pool, workers_member* member) {
    for (;;) {
        const int index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (index >= pool->items) {
            return;
        }
        const og_arena_mark mark = og_arena_here(member->scratch);
        pool->work(pool->context, index, member->number, member->scratch);
        og_arena_rewind(member->scratch, mark);
    }
}

static void* workers_main(void* argument) {
    workers_member* member = argument;
    og_workers* pool = member->pool;
    unsigned long done = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->round == done && !pool->ending) {
            pthread_cond_wait(&pool->start, &pool->mutex);
        }
        if (pool->ending) {
            break;
        }
        done = pool->round;
        pthread_mutex_unlock(&pool->mutex);
        workers_share(pool, member);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->busy == 0) {
            pthread_cond_signal(&pool->finish);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

og_status og_workers_create(og_arena* arena, int count, og_workers** workers) {
    assert(count >= 1);
    og_workers* pool = OG_NEW(arena, og_workers, 1);
    pool->members = OG_NEW(arena, workers_member, count);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->finish, NULL);
    for (int i = 0; i < count; i++) {
        workers_member* member = &pool->members[i];
        *member = (workers_member){.pool = pool, .scratch = og_arena_create(), .number = i};
        const int problem =
            i == 0 ? 0 : pthread_create(&member->thread, NULL, workers_main, member);
        if (problem != 0) {
            og_arena_destroy(member->scratch);
            og_workers_destroy(pool);
            return og_fail(OG_ERROR_SYSTEM, "cannot start thread %d of %d: %s", i + 1, count,
                           strerror(problem));
        }
        pool->count = i + 1;
    }
    *workers = pool;
    return OG_OK;
}

void og_workers_destroy(og_workers* pool) {
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->ending = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->count; i++) {
        if (i > 0) {
            pthread_join(pool->members[i].thread, NULL);
        }
        og_arena_destroy(pool->members[i].scratch);
    }
    pthread_cond_destroy(&pool->finish);
    pthread_cond_destroy(&pool->start);
    pthread_mutex_destroy(&pool->mutex);
}

int og_workers_count(const og_workers* workers) {
    return workers->count;
}

void og_workers_run(og_workers* pool, int count, og_work* work, void* context) {
    pool->work = work;
    pool->context = context;
    pool->items = count;
    atomic_store(&pool->next, 0);
    if (pool->count == 1 || count <= 1) {
        workers_share(pool, &pool->members[0]);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->busy = pool->count - 1;
    pool->round++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->mutex);
    workers_share(pool, &pool->members[0]);
    pthread_mutex_lock(&pool->mutex);
    while (pool->busy > 0) {
        pthread_cond_wait(&pool->finish, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
}
