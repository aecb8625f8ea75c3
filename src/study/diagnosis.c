// Diagnostics are no part of what a study reproduces: they are kept beside its trials, and follow
// from them.

#include "study/diagnosis.h"

#include <math.h>
#include <string.h>

enum { DIAGNOSIS_SPACING = 50 };  // trials so many times as long pass between two looks

// Room for one more.
static og_recorded_diagnostic* diagnosis_add(og_run* run) {
    og_run_diagnosis* own = &run->diagnosis;
    if (own->count == own->room) {
        own->room = 2 * own->room + OG_DIAGNOSTICS;
        og_recorded_diagnostic* list = OG_NEW(run->work, og_recorded_diagnostic, own->room);
        if (own->count > 0) {
            memcpy(list, own->list, sizeof *list * (size_t)own->count);
        }
        own->list = list;
    }
    return &own->list[own->count++];
}

void og_diagnosis_take(og_run* run) {
    if (!run->store || !run->agent || !run->agent->type->diagnose ||
        run->position < run->diagnosis.next) {
        return;
    }
    run->diagnosis.next = run->position + run->position / DIAGNOSIS_SPACING + 1;
    og_diagnostic list[OG_DIAGNOSTICS];
    const int count = run->agent->type->diagnose(run->agent, list);
    for (int i = 0; i < count; i++) {
        if (isfinite(list[i].value)) {
            *diagnosis_add(run) =
                (og_recorded_diagnostic){run->position, list[i].name, list[i].part, list[i].value};
        }
    }
}

og_status og_diagnosis_write(og_run* run) {
    for (int64_t i = 0; i < run->diagnosis.count; i++) {
        const og_recorded_diagnostic* one = &run->diagnosis.list[i];
        const og_value values[] = {og_value_integer(run->entry.record.id),
                                   og_value_integer(one->trials), og_value_text(one->name),
                                   og_value_text(one->part), og_value_real(one->value)};
        OG_TRY(og_store_execute(run->store,
                                "INSERT INTO diagnostic(study, trials, name, part, value) "
                                "VALUES($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING",
                                values, sizeof values / sizeof *values, NULL));
    }
    return OG_OK;
}

static bool diagnosis_read(const og_rows* rows, og_arena* arena, og_recorded_diagnostic* one) {
    return og_rows_integer(rows, 0, &one->trials) && one->trials >= 0 &&
           og_rows_text(rows, 1, arena, &one->name) && og_rows_text(rows, 2, arena, &one->part) &&
           og_rows_real(rows, 3, &one->value) && isfinite(one->value);
}

// Read at most `room` rows; the first ones, in the order of the search.
static og_status diagnosis_read_all(og_store* store, og_arena* arena, int64_t id, int64_t room,
                                    og_recorded_diagnostic* list, int64_t* count) {
    const og_value value = og_value_integer(id);
    og_rows rows;
    OG_TRY(og_store_query(store,
                          "SELECT trials, name, part, value FROM diagnostic WHERE study = $1 "
                          "ORDER BY trials, name, part",
                          &value, 1, &rows));
    bool found = false;
    bool good = true;
    og_status status = OG_OK;
    *count = 0;
    while (good && *count < room && (status = og_rows_next(&rows, &found)) == OG_OK && found) {
        good = diagnosis_read(&rows, arena, &list[(*count)++]);
    }
    og_rows_finish(&rows);
    return good ? status : og_store_damaged(store, "a diagnostic");
}

og_status og_store_diagnostics(og_store* store, og_arena* arena, int64_t id,
                               og_recorded_diagnostic** list, int64_t* count) {
    const og_value value = og_value_integer(id);
    int64_t room = 0;
    *list = NULL;
    *count = 0;
    if (store->version < 3) {
        return OG_OK;
    }
    OG_TRY(og_store_integer(store, "SELECT COUNT(*) FROM diagnostic WHERE study = $1", &value, 1, 0,
                            &room));
    *list = OG_NEW(arena, og_recorded_diagnostic, room);
    return diagnosis_read_all(store, arena, id, room, *list, count);
}
