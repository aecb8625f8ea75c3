// Rows of table trial, and the digest of a study.

#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "study/store.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "designs and metrics are stored as little-endian doubles"
#endif

enum {
    STORE_TRIAL_NUMBER,
    STORE_TRIAL_OUTCOME,
    STORE_TRIAL_LOSS,
    STORE_TRIAL_VIOLATION,
    STORE_TRIAL_REPEAT_OF,
    STORE_TRIAL_STARTED,
    STORE_TRIAL_SECONDS,
    STORE_TRIAL_REASON,
    STORE_TRIAL_X,
    STORE_TRIAL_Y,
    STORE_TRIAL_SOURCE,
};

#define STORE_TRIAL_COLUMNS_1 \
    "number, outcome, loss, violation, repeat_of, started, seconds, reason, x, y"
#define STORE_TRIAL_COLUMNS STORE_TRIAL_COLUMNS_1 ", source"

og_status og_store_write(og_store* store, const og_study_record* record, const og_trial* trial) {
    if (!store->insert) {
        OG_TRY(og_store_prepare(store,
                                "INSERT INTO trial(study, " STORE_TRIAL_COLUMNS
                                ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
                                &store->insert));
    }
    // what is left out (infinite loss, no reason, no metrics) is NULL
    sqlite3_stmt* insert = store->insert;
    const bool feasible = trial->outcome == OG_FEASIBLE;
    sqlite3_bind_int64(insert, 1, record->id);
    sqlite3_bind_int64(insert, STORE_TRIAL_NUMBER + 2, trial->number);
    sqlite3_bind_int(insert, STORE_TRIAL_OUTCOME + 2, (int)trial->outcome);
    sqlite3_bind_double(insert, STORE_TRIAL_VIOLATION + 2, trial->violation);
    sqlite3_bind_double(insert, STORE_TRIAL_STARTED + 2, trial->started);
    sqlite3_bind_double(insert, STORE_TRIAL_SECONDS + 2, trial->seconds);
    sqlite3_bind_blob(insert, STORE_TRIAL_X + 2, trial->x,
                      record->space.count * (int)sizeof(double), SQLITE_STATIC);
    if (feasible) {
        sqlite3_bind_double(insert, STORE_TRIAL_LOSS + 2, trial->loss);
        sqlite3_bind_blob(insert, STORE_TRIAL_Y + 2, trial->y,
                          record->metric_count * (int)sizeof(double), SQLITE_STATIC);
        sqlite3_bind_null(insert, STORE_TRIAL_REASON + 2);
    } else {
        sqlite3_bind_null(insert, STORE_TRIAL_LOSS + 2);
        sqlite3_bind_null(insert, STORE_TRIAL_Y + 2);
        sqlite3_bind_text(insert, STORE_TRIAL_REASON + 2, trial->reason, -1, SQLITE_STATIC);
    }
    if (trial->repeat_of >= 0) {
        sqlite3_bind_int64(insert, STORE_TRIAL_REPEAT_OF + 2, trial->repeat_of);
    } else {
        sqlite3_bind_null(insert, STORE_TRIAL_REPEAT_OF + 2);
    }
    sqlite3_bind_int(insert, STORE_TRIAL_SOURCE + 2, (int)trial->source);
    const int code = sqlite3_step(insert);
    sqlite3_reset(insert);
    return code == SQLITE_DONE ? OG_OK : og_store_fail(store, code, "writing a trial");
}

// A page of trials while it is read.
typedef struct store_trial_page {
    sqlite3_stmt* statement;
    const og_study_record* record;
    og_arena* arena;
    const double* no_metrics;  // NaN, shape: [metric_count]
} store_trial_page;

static bool store_trial_reals(const store_trial_page* page, int column, int count,
                              const double** values) {
    const void* blob = sqlite3_column_blob(page->statement, column);
    const size_t size = (size_t)count * sizeof(double);
    if (!blob || (size_t)sqlite3_column_bytes(page->statement, column) != size) {
        return false;
    }
    double* copy = og_arena_allocate_raw(page->arena, size);
    memcpy(copy, blob, size);
    *values = copy;
    return true;
}

static bool store_trial_read_design(const store_trial_page* page, og_trial* trial) {
    const og_space_table* space = &page->record->space;
    if (!store_trial_reals(page, STORE_TRIAL_X, space->count, &trial->x)) {
        return false;
    }
    for (int i = 0; i < space->count; i++) {
        if (!og_parameter_admits(&space->parameters[i], trial->x[i])) {
            return false;
        }
    }
    return true;
}

static bool store_trial_read_metrics(const store_trial_page* page, og_trial* trial) {
    if (trial->outcome != OG_FEASIBLE) {
        trial->y = page->no_metrics;
        trial->loss = INFINITY;
        const char* reason = (const char*)sqlite3_column_text(page->statement, STORE_TRIAL_REASON);
        trial->reason = reason ? og_text_copy(page->arena, reason, strlen(reason)) : "";
        return true;
    }
    trial->reason = "";
    trial->loss = sqlite3_column_double(page->statement, STORE_TRIAL_LOSS);
    if (!isfinite(trial->loss) ||
        sqlite3_column_type(page->statement, STORE_TRIAL_LOSS) == SQLITE_NULL ||
        !store_trial_reals(page, STORE_TRIAL_Y, page->record->metric_count, &trial->y)) {
        return false;
    }
    for (int i = 0; i < page->record->metric_count; i++) {
        if (!isfinite(trial->y[i])) {
            return false;
        }
    }
    return true;
}

// False when the row cannot be trial `number` of this study.
static bool store_trial_read(const store_trial_page* page, int64_t number, og_trial* trial) {
    sqlite3_stmt* statement = page->statement;
    const int64_t outcome = sqlite3_column_int64(statement, STORE_TRIAL_OUTCOME);
    const int64_t source = sqlite3_column_int64(statement, STORE_TRIAL_SOURCE);
    const bool repeat = sqlite3_column_type(statement, STORE_TRIAL_REPEAT_OF) != SQLITE_NULL;
    *trial = (og_trial){
        .number = sqlite3_column_int64(statement, STORE_TRIAL_NUMBER),
        .violation = sqlite3_column_double(statement, STORE_TRIAL_VIOLATION),
        .repeat_of = repeat ? sqlite3_column_int64(statement, STORE_TRIAL_REPEAT_OF) : -1,
        .started = sqlite3_column_double(statement, STORE_TRIAL_STARTED),
        .seconds = sqlite3_column_double(statement, STORE_TRIAL_SECONDS),
    };
    if (trial->number != number || outcome < OG_FEASIBLE || outcome > OG_FAILED ||
        !(trial->violation >= 0) || !isfinite(trial->violation) || trial->repeat_of < -1 ||
        trial->repeat_of >= number || source < OG_PROPOSED || source > OG_IMPORTED ||
        !isfinite(trial->started) || !isfinite(trial->seconds)) {
        return false;
    }
    trial->outcome = (og_outcome)outcome;
    trial->source = (og_source)source;
    return store_trial_read_design(page, trial) && store_trial_read_metrics(page, trial);
}

static og_status store_trial_record(og_store* store, og_arena* arena, int64_t id,
                                    og_study_record* record) {
    sqlite3_stmt* statement;
    OG_TRY(og_store_prepare(store, "SELECT name FROM study WHERE id = ?", &statement));
    sqlite3_bind_int64(statement, 1, id);
    const int code = sqlite3_step(statement);
    const char* name = code == SQLITE_ROW ? (const char*)sqlite3_column_text(statement, 0) : NULL;
    const char* copy = name ? og_text_copy(arena, name, strlen(name)) : NULL;
    sqlite3_finalize(statement);
    if (!copy) {
        return code == SQLITE_DONE || code == SQLITE_ROW
                   ? og_fail(OG_ERROR_NAME, "%s has no study number %lld", store->path,
                             (long long)id)
                   : og_store_fail(store, code, "reading studies");
    }
    return og_store_study(store, arena, copy, record);
}

static og_status store_trial_page_read(og_store* store, og_arena* arena,
                                       const og_study_record* record, int64_t first, int64_t limit,
                                       og_trial* trials, int64_t* count) {
    double* no_metrics = OG_NEW(arena, double, record->metric_count);
    for (int i = 0; i < record->metric_count; i++) {
        no_metrics[i] = NAN;
    }
    store_trial_page page = {.record = record, .arena = arena, .no_metrics = no_metrics};
#define STORE_TRIAL_ROWS " FROM trial WHERE study = ? AND number >= ? ORDER BY number LIMIT ?"
    OG_TRY(og_store_prepare(store,
                            store->version < 2 ? "SELECT " STORE_TRIAL_COLUMNS_1
                                                 ", 0" STORE_TRIAL_ROWS
                                               : "SELECT " STORE_TRIAL_COLUMNS STORE_TRIAL_ROWS,
                            &page.statement));
#undef STORE_TRIAL_ROWS
    sqlite3_bind_int64(page.statement, 1, record->id);
    sqlite3_bind_int64(page.statement, 2, first);
    sqlite3_bind_int64(page.statement, 3, limit);
    *count = 0;
    bool good = true;
    int code = SQLITE_DONE;
    while (good && *count < limit && (code = sqlite3_step(page.statement)) == SQLITE_ROW) {
        good = store_trial_read(&page, first + *count, &trials[*count]);
        *count += good;
    }
    sqlite3_finalize(page.statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return og_store_fail(store, code, "reading trials");
    }
    return good ? OG_OK : og_store_damaged(store, "a row of table trial");
}

og_status og_store_trials(og_store* store, og_arena* arena, int64_t id, int64_t first,
                          int64_t limit, og_trial** trials, int64_t* count) {
    og_study_record record;
    *count = 0;
    OG_TRY(store_trial_record(store, arena, id, &record));
    const int64_t left = record.trial_count > first && first >= 0 ? record.trial_count - first : 0;
    const int64_t wanted = limit < left ? limit : left;
    *trials = NULL;
    if (wanted <= 0) {
        return OG_OK;
    }
    // the count of a damaged store may be anything, so memory grows with the rows that are there
    enum { BLOCK = 65536 };
    og_trial* all = NULL;
    int64_t capacity = 0;
    for (int64_t got = BLOCK; got > 0 && *count < wanted; *count += got) {
        const int64_t rest = wanted - *count;
        const int64_t block = rest < BLOCK ? rest : BLOCK;
        if (*count + block > capacity) {
            capacity = 2 * capacity > *count + block ? 2 * capacity : *count + block;
            capacity = capacity < wanted ? capacity : wanted;
            og_trial* larger = OG_NEW(arena, og_trial, capacity);
            if (*count > 0) {
                memcpy(larger, all, (size_t)*count * sizeof *all);
            }
            all = larger;
        }
        OG_TRY(store_trial_page_read(store, arena, &record, first + *count, block, all + *count,
                                     &got));
    }
    *trials = all;
    return *count == wanted ? OG_OK : og_store_damaged(store, "trials are missing");
}

// FNV-1a, 64 bits (Fowler, Noll and Vo).
static uint64_t store_trial_mix(uint64_t digest, const void* data, size_t size) {
    const unsigned char* bytes = data;
    for (size_t i = 0; i < size; i++) {
        digest = (digest ^ bytes[i]) * UINT64_C(1099511628211);
    }
    return digest;
}

static uint64_t store_trial_mix_text(uint64_t digest, const char* text) {
    return store_trial_mix(digest, text, strlen(text) + 1);
}

static uint64_t store_trial_mix_record(uint64_t digest, og_arena* arena,
                                       const og_study_record* record) {
    digest = store_trial_mix_text(digest, record->environment);
    digest = store_trial_mix_text(digest, record->identity);
    digest = store_trial_mix_text(digest, record->agent);
    digest = store_trial_mix(digest, &record->seed, sizeof record->seed);
    digest = store_trial_mix_text(digest, og_store_table_print(arena, &record->space, false));
    digest = store_trial_mix_text(
        digest, og_store_metrics_print(arena, record->metrics, record->metric_count, false));
    digest = store_trial_mix_text(
        digest, og_store_list_print(arena, record->objectives, record->objective_count));
    digest = store_trial_mix_text(
        digest, og_store_list_print(arena, record->constraints, record->constraint_count));
    const size_t width = (size_t)record->space.count * sizeof(double);
    return store_trial_mix(digest, record->reference_x, width);
}

static uint64_t store_trial_mix_trial(uint64_t digest, const og_study_record* record,
                                      const og_trial* trial) {
    const int64_t facts[] = {trial->number, (int64_t)trial->outcome, trial->repeat_of};
    digest = store_trial_mix(digest, facts, sizeof facts);
    digest = store_trial_mix(digest, trial->x, (size_t)record->space.count * sizeof(double));
    digest = store_trial_mix_text(digest, trial->reason);
    // left out where it is usual, so that records have the digest that they had before it was kept
    if (trial->source != OG_PROPOSED) {
        const int64_t source = (int64_t)trial->source;
        digest = store_trial_mix(digest, &source, sizeof source);
    }
    digest = store_trial_mix(digest, &trial->violation, sizeof trial->violation);
    if (trial->outcome == OG_FEASIBLE) {
        digest = store_trial_mix(digest, &trial->loss, sizeof trial->loss);
        digest = store_trial_mix(digest, trial->y, (size_t)record->metric_count * sizeof(double));
    }
    return digest;
}

static og_status store_trial_digest(og_store* store, og_arena* arena, int64_t id,
                                    uint64_t* digest) {
    enum { BLOCK = 4096 };
    og_study_record record;
    OG_TRY(store_trial_record(store, arena, id, &record));
    *digest = store_trial_mix_record(UINT64_C(14695981039346656037), arena, &record);
    og_trial* trials = OG_NEW(arena, og_trial, BLOCK);
    for (int64_t first = 0; first < record.trial_count;) {
        const og_arena_mark mark = og_arena_here(arena);
        const int64_t rest = record.trial_count - first;
        int64_t count;
        OG_TRY(store_trial_page_read(store, arena, &record, first, rest < BLOCK ? rest : BLOCK,
                                     trials, &count));
        for (int64_t i = 0; i < count; i++) {
            *digest = store_trial_mix_trial(*digest, &record, &trials[i]);
        }
        og_arena_rewind(arena, mark);
        if (count == 0) {
            return og_store_damaged(store, "trials are missing");
        }
        first += count;
    }
    return OG_OK;
}

og_status og_store_digest(og_store* store, int64_t id, uint64_t* digest) {
    og_arena* arena = og_arena_create();
    const og_status status = store_trial_digest(store, arena, id, digest);
    og_arena_destroy(arena);
    return status;
}
