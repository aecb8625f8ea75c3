#include "study/queue.h"

#include <stdio.h>

#include "ogive/text.h"

// States of a task, as numbers in SQL.
#define QUEUE_OPEN "0"
#define QUEUE_HELD "1"
#define QUEUE_ANSWERED "2"
#define QUEUE_COLLECTED "3"

typedef og_status queue_step(og_store* store, void* context);

static og_status queue_commit(og_store* store, queue_step* step, void* context) {
    OG_TRY(store->backend->begin(store));
    const og_status status = step(store, context);
    if (status != OG_OK) {
        og_store_rollback(store);
        return status;
    }
    return og_store_commit(store);
}

// `step` in a transaction of its own.
static og_status queue_transaction(og_store* store, queue_step* step, void* context) {
    OG_TRY(og_store_set_durable(store, true));
    return queue_commit(store, step, context);
}

// Likewise for what may be lost with a server: who claims or answers does it again then.
static og_status queue_relaxed(og_store* store, queue_step* step, void* context) {
    OG_TRY(og_store_set_durable(store, false));
    return queue_commit(store, step, context);
}

// Likewise for one statement: a server gives it a transaction by itself, while SQLite should know
// from the beginning that it writes.
static og_status queue_relaxed_statement(og_store* store, queue_step* step, void* context) {
    OG_TRY(og_store_set_durable(store, false));
    return store->backend->reconnect ? step(store, context) : queue_commit(store, step, context);
}

// SQL in which {now} and {skip} stand for what differs between databases. Made once in a store.
static const char* queue_sql(og_store* store, const char** made, const char* format) {
    if (!*made) {
        og_buffer out = {.arena = store->arena};
        for (const char* from = format; *from;) {
            const size_t plain = strcspn(from, "{");
            og_buffer_add(&out, from, plain);
            from += plain;
            if (strncmp(from, "{now}", 5) == 0) {
                og_buffer_print(&out, "%s", store->backend->now);
                from += 5;
            } else if (strncmp(from, "{skip}", 6) == 0) {
                og_buffer_print(&out, "%s", store->backend->skip_locked);
                from += 6;
            }
        }
        *made = out.data;
    }
    return *made;
}

typedef struct queue_range {
    int64_t study, recorded;
} queue_range;

static og_status queue_resume_step(og_store* store, void* context) {
    const queue_range* range = context;
    const og_value study = og_value_integer(range->study);
    OG_TRY(og_queue_forget(store, range->study, range->recorded));
    return og_store_execute(store,
                            "UPDATE task SET state = " QUEUE_ANSWERED
                            " WHERE study = $1 AND state = " QUEUE_COLLECTED,
                            &study, 1, NULL);
}

og_status og_queue_resume(og_store* store, int64_t study, int64_t recorded) {
    queue_range range = {study, recorded};
    return queue_transaction(store, queue_resume_step, &range);
}

og_status og_queue_forget(og_store* store, int64_t study, int64_t recorded) {
    const og_value values[] = {og_value_integer(study), og_value_integer(recorded)};
    return og_store_execute(store, "DELETE FROM task WHERE study = $1 AND number < $2", values, 2,
                            NULL);
}

og_status og_queue_withdraw(og_store* store, int64_t study) {
    const og_value value = og_value_integer(study);
    return og_store_execute(
        store, "DELETE FROM task WHERE study = $1 AND state IN (" QUEUE_OPEN ", " QUEUE_HELD ")",
        &value, 1, NULL);
}

typedef struct queue_designs {
    int64_t study, count;
    const int64_t* numbers;
    const double* x;
    int width;
} queue_designs;

static og_status queue_publish_step(og_store* store, void* context) {
    const queue_designs* designs = context;
    const size_t bytes = (size_t)designs->width * sizeof(double);
    og_status status = OG_OK;
    for (int64_t i = 0; status == OG_OK && i < designs->count; i++) {
        const og_value values[] = {
            og_value_integer(designs->study),
            og_value_integer(designs->numbers[i]),
            og_value_bytes(designs->x + i * designs->width, bytes),
        };
        status = og_store_execute(
            store,
            "INSERT INTO task(study, number, x) VALUES($1, $2, $3)"
            " ON CONFLICT(study, number) DO UPDATE SET x = excluded.x, state = " QUEUE_OPEN
            ", claim = task.claim + 1, worker = NULL, losses = 0 WHERE task.x <> excluded.x",
            values, 3, NULL);
    }
    return status;
}

og_status og_queue_publish(og_store* store, int64_t study, int64_t count, const int64_t* numbers,
                           const double* x, int width) {
    queue_designs designs = {study, count, numbers, x, width};
    return queue_transaction(store, queue_publish_step, &designs);
}

typedef struct queue_collection {
    og_arena* arena;
    og_value range[3];  // study, first and last trial
    int height;
    og_queue_answer* answers;
    int64_t count, capacity;
} queue_collection;

static bool queue_read_answer(const og_rows* rows, const queue_collection* collection,
                              og_queue_answer* answer) {
    enum { NUMBER, OUTCOME, Y, REASON, SECONDS };
    int64_t outcome;
    *answer = (og_queue_answer){.reason = ""};
    if (!og_rows_integer(rows, NUMBER, &answer->number) ||
        !og_rows_integer(rows, OUTCOME, &outcome) ||
        !og_rows_real(rows, SECONDS, &answer->seconds) || outcome < OG_FEASIBLE ||
        outcome > OG_FAILED) {
        return false;
    }
    answer->outcome = (og_outcome)outcome;
    return outcome == OG_FEASIBLE
               ? og_rows_reals(rows, Y, collection->height, collection->arena, &answer->y)
               : og_rows_text(rows, REASON, collection->arena, &answer->reason);
}

static og_status queue_collect_rows(og_rows* rows, queue_collection* collection) {
    bool found;
    for (;;) {
        OG_TRY(og_rows_next(rows, &found));
        if (!found) {
            return OG_OK;
        }
        if (collection->count == collection->capacity) {
            collection->capacity = 2 * collection->capacity + 16;
            og_queue_answer* larger =
                OG_NEW(collection->arena, og_queue_answer, collection->capacity);
            if (collection->count > 0) {
                memcpy(larger, collection->answers,
                       (size_t)collection->count * sizeof *collection->answers);
            }
            collection->answers = larger;
        }
        if (!queue_read_answer(rows, collection, &collection->answers[collection->count++])) {
            return og_store_damaged(rows->store, "a row of table task");
        }
    }
}

static og_status queue_collect_step(og_store* store, void* context) {
    queue_collection* collection = context;
    og_rows rows;
    collection->count = 0;
    OG_TRY(
        og_store_query(store,
                       "UPDATE task SET state = " QUEUE_COLLECTED
                       " WHERE study = $1 AND number BETWEEN $2 AND $3 AND state = " QUEUE_ANSWERED
                       " RETURNING number, outcome, y, reason, seconds",
                       collection->range, 3, &rows));
    const og_status status = queue_collect_rows(&rows, collection);
    og_rows_finish(&rows);
    return status;
}

og_status og_queue_collect(og_store* store, og_arena* arena, int64_t study, int64_t first,
                           int64_t last, int height, og_queue_answer** answers, int64_t* count) {
    queue_collection collection = {
        .arena = arena,
        .range = {og_value_integer(study), og_value_integer(first), og_value_integer(last)},
        .height = height};
    int64_t answered;
    *count = 0;
    // looking costs less than a transaction that writes, and there is often nothing
    OG_TRY(og_store_integer(store,
                            "SELECT count(*) FROM (SELECT 1 FROM task WHERE study = $1 AND number"
                            " BETWEEN $2 AND $3 AND state = " QUEUE_ANSWERED
                            " LIMIT 1) AS answered",
                            collection.range, 3, 0, &answered));
    if (answered == 0) {
        return OG_OK;
    }
    OG_TRY(queue_relaxed_statement(store, queue_collect_step, &collection));
    *answers = collection.answers;
    *count = collection.count;
    return OG_OK;
}

typedef struct queue_recovery {
    int64_t study;
    int attempts;
} queue_recovery;

static og_status queue_recover_step(og_store* store, void* context) {
    const queue_recovery* recovery = context;
    const og_value study = og_value_integer(recovery->study);
    OG_TRY(og_store_execute(
        store, queue_sql(store, &store->queue.expire, "DELETE FROM worker WHERE expires < {now}"),
        NULL, 0, NULL));
    OG_TRY(og_store_execute(
        store,
        "UPDATE task SET state = " QUEUE_OPEN
        ", worker = NULL, losses = losses + 1 WHERE study = $1 AND state = " QUEUE_HELD
        " AND worker NOT IN (SELECT id FROM worker)",
        &study, 1, NULL));
    char reason[80];
    snprintf(reason, sizeof reason, "its worker was lost %d times: it kills what evaluates it",
             recovery->attempts);
    const og_value values[] = {og_value_integer(OG_FAILED), og_value_text(reason), study,
                               og_value_integer(recovery->attempts)};
    return og_store_execute(store,
                            "UPDATE task SET state = " QUEUE_ANSWERED
                            ", outcome = $1, reason = $2, y = NULL, seconds = 0.0"
                            " WHERE study = $3 AND state = " QUEUE_OPEN " AND losses >= $4",
                            values, 4, NULL);
}

og_status og_queue_recover(og_store* store, int64_t study, int attempts) {
    // most of the time nobody is lost
    const og_value value = og_value_integer(study);
    int64_t lost;
    const char* sql =
        queue_sql(store, &store->queue.lost,
                  "SELECT (SELECT count(*) FROM task WHERE study = $1 AND state = " QUEUE_HELD
                  " AND worker NOT IN (SELECT id FROM worker WHERE expires >= {now}))"
                  " + (SELECT count(*) FROM worker WHERE expires < {now})");
    OG_TRY(og_store_integer(store, sql, &value, 1, 0, &lost));
    if (lost == 0) {
        return OG_OK;
    }
    queue_recovery recovery = {study, attempts};
    return queue_transaction(store, queue_recover_step, &recovery);
}

static og_status queue_register_step(og_store* store, void* context) {
    og_queue_worker* worker = context;
    const og_value values[] = {og_value_text(worker->name), og_value_real(worker->lost_after)};
    og_rows rows;
    bool found;
    const char* sql =
        queue_sql(store, &store->queue.enter,
                  "INSERT INTO worker(name, expires) VALUES($1, {now} + $2) RETURNING id");
    OG_TRY(og_store_query(store, sql, values, 2, &rows));
    const og_status status = og_rows_next(&rows, &found);
    const bool good = status != OG_OK || (found && og_rows_integer(&rows, 0, &worker->id));
    og_rows_finish(&rows);
    return good ? status : og_store_damaged(store, "table worker");
}

og_status og_queue_register(og_store* store, og_queue_worker* worker) {
    return queue_transaction(store, queue_register_step, worker);
}

og_status og_queue_beat(og_store* store, const og_queue_worker* worker, bool* known) {
    const og_value values[] = {og_value_real(worker->lost_after), og_value_integer(worker->id)};
    int64_t changed;
    OG_TRY(og_store_set_durable(store, false));
    const char* sql = queue_sql(store, &store->queue.beat,
                                "UPDATE worker SET expires = {now} + $1 WHERE id = $2");
    OG_TRY(og_store_execute(store, sql, values, 2, &changed));
    *known = changed == 1;
    return OG_OK;
}

static og_status queue_leave_step(og_store* store, void* context) {
    const og_queue_worker* worker = context;
    const og_value id = og_value_integer(worker->id);
    OG_TRY(og_store_execute(store,
                            "UPDATE task SET state = " QUEUE_OPEN
                            ", worker = NULL WHERE worker = $1 AND state = " QUEUE_HELD,
                            &id, 1, NULL));
    return og_store_execute(store, "DELETE FROM worker WHERE id = $1", &id, 1, NULL);
}

og_status og_queue_leave(og_store* store, const og_queue_worker* worker) {
    return queue_transaction(store, queue_leave_step, (void*)worker);
}

og_status og_queue_return(og_store* store, const og_queue_worker* worker, int hand) {
    const og_value values[] = {og_value_integer(worker->id), og_value_integer(hand)};
    return og_store_execute(
        store,
        "UPDATE task SET state = " QUEUE_OPEN
        ", worker = NULL WHERE worker = $1 AND hand = $2 AND state = " QUEUE_HELD,
        values, 2, NULL);
}

og_status og_queue_look(og_store* store, og_arena* arena, og_queue_study** studies, int* count,
                        int64_t* workers) {
    enum { MOST = 256 };
    *studies = OG_NEW(arena, og_queue_study, MOST);
    *count = 0;
    og_rows rows;
    bool found;
    og_status status;
    OG_TRY(og_store_query(
        store,
        "SELECT study, sum(CASE WHEN losses = 0 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN losses = 0 THEN 0 ELSE 1 END) FROM task WHERE state = " QUEUE_OPEN
        " GROUP BY study ORDER BY study LIMIT 256",
        NULL, 0, &rows));
    bool good = true;
    while (good && (status = og_rows_next(&rows, &found)) == OG_OK && found && *count < MOST) {
        og_queue_study* study = &(*studies)[(*count)++];
        good = og_rows_integer(&rows, 0, &study->id) && og_rows_integer(&rows, 1, &study->open) &&
               og_rows_integer(&rows, 2, &study->suspects);
    }
    og_rows_finish(&rows);
    if (!good) {
        return og_store_damaged(store, "a row of table task");
    }
    OG_TRY(status);
    *workers = 1;
    return *count == 0
               ? OG_OK
               : og_store_integer(store, "SELECT count(*) FROM worker", NULL, 0, 1, workers);
}

typedef struct queue_claim {
    og_arena* arena;
    const og_queue_worker* worker;
    int64_t study;
    int hand;
    bool suspect;
    int most, width;
    og_queue_task* tasks;
    int count;
} queue_claim;

static og_status queue_claim_rows(og_rows* rows, queue_claim* claim) {
    bool found;
    for (claim->count = 0;; claim->count++) {
        OG_TRY(og_rows_next(rows, &found));
        if (!found) {
            return OG_OK;
        }
        og_queue_task* task = &claim->tasks[claim->count];
        if (claim->count == claim->most || !og_rows_integer(rows, 0, &task->number) ||
            !og_rows_integer(rows, 1, &task->claim) ||
            !og_rows_reals(rows, 2, claim->width, claim->arena, &task->x)) {
            return og_store_damaged(rows->store, "a row of table task");
        }
    }
}

// Rows that another worker is just taking are skipped, so that nobody waits for anybody. The choice
// is made once: in a join it might be made again, and take more.
#define QUEUE_CLAIM(losses)                                                         \
    "WITH picked AS MATERIALIZED (SELECT number AS pick FROM task WHERE study = $1" \
    " AND state = " QUEUE_OPEN " AND " losses                                       \
    " ORDER BY number LIMIT $2{skip})"                                              \
    " UPDATE task SET state = " QUEUE_HELD                                          \
    ", claim = claim + 1, worker = $3, hand = $4"                                   \
    " FROM picked WHERE study = $1 AND number = pick AND state = " QUEUE_OPEN       \
    " RETURNING number, claim, x"

static og_status queue_claim_step(og_store* store, void* context) {
    queue_claim* claim = context;
    const char* sql = claim->suspect
                          ? queue_sql(store, &store->queue.claim_suspect, QUEUE_CLAIM("losses > 0"))
                          : queue_sql(store, &store->queue.claim, QUEUE_CLAIM("losses = 0"));
    const og_value values[] = {og_value_integer(claim->study), og_value_integer(claim->most),
                               og_value_integer(claim->worker->id), og_value_integer(claim->hand)};
    og_rows rows;
    OG_TRY(og_store_query(store, sql, values, 4, &rows));
    const og_status status = queue_claim_rows(&rows, claim);
    og_rows_finish(&rows);
    return status;
}

og_status og_queue_claim(og_store* store, og_arena* arena, const og_queue_worker* worker, int hand,
                         int64_t study, bool suspect, int most, int width, og_queue_task** tasks,
                         int* count) {
    queue_claim claim = {.arena = arena,
                         .worker = worker,
                         .study = study,
                         .hand = hand,
                         .suspect = suspect,
                         .most = most,
                         .width = width,
                         .tasks = OG_NEW(arena, og_queue_task, most)};
    *count = 0;
    OG_TRY(queue_relaxed_statement(store, queue_claim_step, &claim));
    *tasks = claim.tasks;
    *count = claim.count;
    return OG_OK;
}

typedef struct queue_answers {
    const og_queue_worker* worker;
    int64_t study;
    int count;
    const og_queue_task* tasks;
    const og_queue_answer* answers;
    int height;
} queue_answers;

static og_status queue_answer_step(og_store* store, void* context) {
    const queue_answers* all = context;
    og_status status = OG_OK;
    for (int i = 0; status == OG_OK && i < all->count; i++) {
        const og_queue_answer* answer = &all->answers[i];
        const bool feasible = answer->outcome == OG_FEASIBLE;
        const og_value values[] = {
            og_value_integer((int64_t)answer->outcome),
            feasible ? og_value_bytes(answer->y, (size_t)all->height * sizeof(double))
                     : og_value_null(),
            feasible ? og_value_null() : og_value_text(answer->reason),
            og_value_real(answer->seconds),
            og_value_integer(all->study),
            og_value_integer(all->tasks[i].number),
            og_value_integer(all->worker->id),
            og_value_integer(all->tasks[i].claim),
        };
        // who was given up as lost in the meantime does not hold the task any more
        status = og_store_execute(store,
                                  "UPDATE task SET state = " QUEUE_ANSWERED
                                  ", outcome = $1, y = $2, reason = $3, seconds = $4"
                                  " WHERE study = $5 AND number = $6 AND worker = $7 AND claim = $8"
                                  " AND state = " QUEUE_HELD,
                                  values, 8, NULL);
    }
    return status;
}

og_status og_queue_answer_tasks(og_store* store, const og_queue_worker* worker, int64_t study,
                                int count, const og_queue_task* tasks,
                                const og_queue_answer* answers, int height) {
    queue_answers all = {worker, study, count, tasks, answers, height};
    return count == 1 ? queue_relaxed_statement(store, queue_answer_step, &all)
                      : queue_relaxed(store, queue_answer_step, &all);
}
