// Rows of table trial, and the digest of a study.

#include <math.h>
#include <string.h>

#include "base/hash.h"
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
    // what is left out (infinite loss, no reason, no metrics) is NULL
    const bool feasible = trial->outcome == OG_FEASIBLE;
    const og_value none = og_value_null();
    const size_t width = (size_t)record->space.count * sizeof(double);
    const size_t height = (size_t)record->metric_count * sizeof(double);
    const og_value values[] = {
        og_value_integer(record->id),
        og_value_integer(trial->number),
        og_value_integer((int64_t)trial->outcome),
        // SQLite has no negative zero among its numbers, so that no store may have one
        feasible ? og_value_real(trial->loss + 0.0) : none,
        og_value_real(trial->violation + 0.0),
        trial->repeat_of >= 0 ? og_value_integer(trial->repeat_of) : none,
        og_value_real(trial->started),
        og_value_real(trial->seconds),
        feasible ? none : og_value_text(trial->reason),
        og_value_bytes(trial->x, width),
        feasible ? og_value_bytes(trial->y, height) : none,
        og_value_integer((int64_t)trial->source),
    };
    return og_store_execute(store,
                            "INSERT INTO trial(study, " STORE_TRIAL_COLUMNS
                            ") VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
                            values, sizeof values / sizeof *values, NULL);
}

// A page of trials while it is read.
typedef struct store_trial_page {
    og_rows rows;
    const og_study_record* record;
    og_arena* arena;
    const double* no_metrics;  // NaN, shape: [metric_count]
} store_trial_page;

static bool store_trial_read_design(const store_trial_page* page, og_trial* trial) {
    const og_space_table* space = &page->record->space;
    if (!og_rows_reals(&page->rows, STORE_TRIAL_X, space->count, page->arena, &trial->x)) {
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
    const og_rows* rows = &page->rows;
    if (trial->outcome != OG_FEASIBLE) {
        trial->y = page->no_metrics;
        trial->loss = INFINITY;
        const bool none = og_rows_value(rows, STORE_TRIAL_REASON).kind == OG_VALUE_NULL;
        trial->reason = "";
        return none || og_rows_text(rows, STORE_TRIAL_REASON, page->arena, &trial->reason);
    }
    trial->reason = "";
    if (!og_rows_real(rows, STORE_TRIAL_LOSS, &trial->loss) || !isfinite(trial->loss) ||
        !og_rows_reals(rows, STORE_TRIAL_Y, page->record->metric_count, page->arena, &trial->y)) {
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
    const og_rows* rows = &page->rows;
    int64_t outcome;
    int64_t source;
    *trial = (og_trial){.repeat_of = -1};
    const bool repeat = og_rows_value(rows, STORE_TRIAL_REPEAT_OF).kind != OG_VALUE_NULL;
    if (!og_rows_integer(rows, STORE_TRIAL_NUMBER, &trial->number) ||
        !og_rows_integer(rows, STORE_TRIAL_OUTCOME, &outcome) ||
        !og_rows_integer(rows, STORE_TRIAL_SOURCE, &source) ||
        !og_rows_real(rows, STORE_TRIAL_VIOLATION, &trial->violation) ||
        !og_rows_real(rows, STORE_TRIAL_STARTED, &trial->started) ||
        !og_rows_real(rows, STORE_TRIAL_SECONDS, &trial->seconds) ||
        (repeat && !og_rows_integer(rows, STORE_TRIAL_REPEAT_OF, &trial->repeat_of))) {
        return false;
    }
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
    og_store_entry entry;
    OG_TRY(og_store_find_number(store, arena, id, &entry));
    *record = entry.record;
    return OG_OK;
}

static og_status store_trial_page_read(og_store* store, og_arena* arena,
                                       const og_study_record* record, int64_t first, int64_t limit,
                                       og_trial* trials, int64_t* count) {
    double* no_metrics = OG_NEW(arena, double, record->metric_count);
    for (int i = 0; i < record->metric_count; i++) {
        no_metrics[i] = NAN;
    }
    store_trial_page page = {.record = record, .arena = arena, .no_metrics = no_metrics};
#define STORE_TRIAL_ROWS " FROM trial WHERE study = $1 AND number >= $2 ORDER BY number LIMIT $3"
    const og_value values[] = {og_value_integer(record->id), og_value_integer(first),
                               og_value_integer(limit)};
    OG_TRY(og_store_query(store,
                          store->version < 2 ? "SELECT " STORE_TRIAL_COLUMNS_1
                                               ", 0" STORE_TRIAL_ROWS
                                             : "SELECT " STORE_TRIAL_COLUMNS STORE_TRIAL_ROWS,
                          values, 3, &page.rows));
#undef STORE_TRIAL_ROWS
    *count = 0;
    bool good = true;
    bool found;
    og_status status = OG_OK;
    while (good && *count < limit && (status = og_rows_next(&page.rows, &found)) == OG_OK &&
           found) {
        good = store_trial_read(&page, first + *count, &trials[*count]);
        *count += good;
    }
    og_rows_finish(&page.rows);
    return good ? status : og_store_damaged(store, "a row of table trial");
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

static uint64_t store_trial_mix_text(uint64_t digest, const char* text) {
    return og_hash(digest, text, strlen(text) + 1);
}

static uint64_t store_trial_mix_record(uint64_t digest, og_arena* arena,
                                       const og_study_record* record) {
    digest = store_trial_mix_text(digest, record->environment);
    digest = store_trial_mix_text(digest, record->identity);
    digest = store_trial_mix_text(digest, record->agent);
    digest = og_hash(digest, &record->seed, sizeof record->seed);
    digest = store_trial_mix_text(digest, og_store_table_print(arena, &record->space, false));
    digest = store_trial_mix_text(
        digest, og_store_metrics_print(arena, record->metrics, record->metric_count, false));
    digest = store_trial_mix_text(
        digest, og_store_list_print(arena, record->objectives, record->objective_count));
    digest = store_trial_mix_text(
        digest, og_store_list_print(arena, record->constraints, record->constraint_count));
    const size_t width = (size_t)record->space.count * sizeof(double);
    return og_hash(digest, record->reference_x, width);
}

static uint64_t store_trial_mix_trial(uint64_t digest, const og_study_record* record,
                                      const og_trial* trial) {
    const int64_t facts[] = {trial->number, (int64_t)trial->outcome, trial->repeat_of};
    digest = og_hash(digest, facts, sizeof facts);
    digest = og_hash(digest, trial->x, (size_t)record->space.count * sizeof(double));
    digest = store_trial_mix_text(digest, trial->reason);
    // left out where it is usual, so that records have the digest that they had before it was kept
    if (trial->source != OG_PROPOSED) {
        const int64_t source = (int64_t)trial->source;
        digest = og_hash(digest, &source, sizeof source);
    }
    digest = og_hash(digest, &trial->violation, sizeof trial->violation);
    if (trial->outcome == OG_FEASIBLE) {
        digest = og_hash(digest, &trial->loss, sizeof trial->loss);
        digest = og_hash(digest, trial->y, (size_t)record->metric_count * sizeof(double));
    }
    return digest;
}

static og_status store_trial_digest(og_store* store, og_arena* arena, int64_t id,
                                    uint64_t* digest) {
    enum { BLOCK = 4096 };
    og_study_record record;
    OG_TRY(store_trial_record(store, arena, id, &record));
    *digest = store_trial_mix_record(OG_HASH_START, arena, &record);
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
