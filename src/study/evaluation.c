#include "study/evaluation.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "ogive/clock.h"

static const double evaluation_chunk_seconds = 0.1;
// below this, waking other threads costs more than it gives
static const double evaluation_solo_seconds = 100e-6;

// One parallel loop over the slots that need a simulation.
typedef struct evaluation_round {
    const og_evaluation* evaluation;
    og_evaluation_slot* const* slots;
} evaluation_round;

og_status og_evaluation_start(og_arena* work, const og_problem* problem, og_record* record,
                              int jobs, og_evaluation* evaluation) {
    *evaluation = (og_evaluation){.problem = problem,
                                  .record = record,
                                  .deadline = INFINITY,
                                  .origin = og_clock_seconds(),
                                  .pace = evaluation_chunk_seconds};
    evaluation->scratch = og_arena_create();
    evaluation->slots = OG_NEW(work, og_evaluation_slot, OG_EVALUATION_CHUNK);
    const int count = jobs > 0 ? jobs : og_workers_available();
    og_status status = og_workers_create(work, 1, &evaluation->solo);
    evaluation->workers = evaluation->solo;
    if (status == OG_OK && count > 1) {
        status = og_workers_create(work, count, &evaluation->workers);
    }
    if (status != OG_OK) {
        og_evaluation_stop(evaluation);
    }
    return status;
}

void og_evaluation_stop(og_evaluation* evaluation) {
    if (evaluation->workers != evaluation->solo) {
        og_workers_destroy(evaluation->workers);
    }
    og_workers_destroy(evaluation->solo);
    evaluation->workers = evaluation->solo = NULL;
    og_arena_destroy(evaluation->scratch);
    evaluation->scratch = NULL;
}

int og_evaluation_chunk(const og_evaluation* evaluation, int64_t left) {
    if (evaluation->evaluator.evaluate) {
        return left < OG_EVALUATION_CHUNK ? (int)left : OG_EVALUATION_CHUNK;
    }
    const double workers = og_workers_count(evaluation->workers);
    double chunk = workers * evaluation_chunk_seconds / evaluation->pace;
    chunk = chunk < 2 * workers ? 2 * workers : chunk;
    chunk = chunk > OG_EVALUATION_CHUNK ? OG_EVALUATION_CHUNK : chunk;
    return left < (int64_t)chunk ? (int)left : (int)chunk;
}

static void evaluation_keep(og_evaluation_slot* slot, const og_judgement* judgement) {
    slot->trial->outcome = judgement->outcome;
    slot->trial->loss = judgement->loss;
    slot->trial->violation = judgement->violation;
    const size_t length = strnlen(judgement->reason, sizeof slot->reason - 1);
    memcpy(slot->reason, judgement->reason, length);
    slot->reason[length] = '\0';
    slot->done = true;
}

static void evaluation_work(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    const evaluation_round* round = context;
    const og_evaluation* evaluation = round->evaluation;
    og_evaluation_slot* slot = round->slots[index];
    const double started = og_clock_seconds();
    if (og_interrupted(evaluation->interrupt) || started > evaluation->deadline) {
        return;
    }
    og_judgement judgement = {.objectives = slot->objectives};
    double* y = og_record_metrics(evaluation->record, slot->trial->number);
    og_problem_evaluate(evaluation->problem, slot->trial->x, y, &judgement, scratch);
    evaluation_keep(slot, &judgement);
    slot->trial->started = started - evaluation->origin;
    slot->trial->seconds = og_clock_seconds() - started;
}

static bool evaluation_same_design(const og_evaluation* evaluation, const og_trial* a,
                                   const og_trial* b) {
    const size_t bytes = (size_t)evaluation->problem->table.count * sizeof(double);
    return memcmp(a->x, b->x, bytes) == 0;
}

void og_evaluation_answer(const og_evaluation* evaluation, og_evaluation_slot* slot,
                          og_outcome outcome, const double* y, const char* reason,
                          og_arena* scratch) {
    double* metrics = og_record_metrics(evaluation->record, slot->trial->number);
    if (outcome == OG_FEASIBLE) {
        memcpy(metrics, y, (size_t)evaluation->problem->model->metric_count * sizeof *metrics);
    }
    og_judgement judgement = {.objectives = slot->objectives, .outcome = outcome, .reason = reason};
    og_problem_judge(evaluation->problem, slot->trial->x, metrics, &judgement, scratch);
    evaluation_keep(slot, &judgement);
}

void og_evaluation_simulate(og_evaluation* evaluation, og_evaluation_slot* const* slots,
                            int count) {
    const double expected = evaluation->pace * count;
    og_workers* workers =
        expected < evaluation_solo_seconds ? evaluation->solo : evaluation->workers;
    const evaluation_round round = {evaluation, slots};
    og_workers_run(workers, count, evaluation_work, (void*)&round);
    double seconds = 0;
    int done = 0;
    for (int i = 0; i < count; i++) {
        seconds += slots[i]->trial->seconds;
        done += slots[i]->done;
    }
    if (done > 0) {
        const double pace = seconds / done;
        evaluation->pace = pace > 1e-9 ? pace : 1e-9;
    }
}

static og_status evaluation_find(og_evaluation* evaluation, og_evaluation_slot* const* slots,
                                 int count) {
    const og_evaluator* evaluator = &evaluation->evaluator;
    if (evaluator->evaluate && count > 0) {
        return evaluator->evaluate(evaluator->context, evaluation, slots, count);
    }
    og_evaluation_simulate(evaluation, slots, count);
    return OG_OK;
}

// A repeat takes the model's metrics from its twin; all that depends on the design is judged anew.
// A twin that failed tells nothing about another design: derived metrics may have failed there.
static og_status evaluation_repeat(og_evaluation* evaluation, og_evaluation_slot* slot) {
    og_trial* trial = slot->trial;
    const og_trial* twin = og_record_at(evaluation->record, trial->repeat_of);
    if (twin->outcome == OG_FAILED && !evaluation_same_design(evaluation, trial, twin)) {
        trial->repeat_of = -1;
        return evaluation_find(evaluation, &slot, 1);
    }
    og_evaluation_answer(evaluation, slot, twin->outcome, twin->y, twin->reason,
                         evaluation->scratch);
    trial->started = og_clock_seconds() - evaluation->origin;
    return OG_OK;
}

// Complete the first trials of the chunk, up to one that was not answered.
static og_status evaluation_complete(og_evaluation* evaluation, int count, int* made) {
    for (; *made < count; (*made)++) {
        og_evaluation_slot* slot = &evaluation->slots[*made];
        if (slot->trial->repeat_of >= 0) {
            OG_TRY(evaluation_repeat(evaluation, slot));
        }
        if (!slot->done) {
            break;
        }
        slot->trial->reason = og_record_reason(evaluation->record, slot->reason);
        og_record_complete(evaluation->record);
    }
    return OG_OK;
}

og_status og_evaluation_run(og_evaluation* evaluation, int count, const double* x,
                            double* objectives, int* made) {
    assert(count <= OG_EVALUATION_CHUNK);
    const og_problem* problem = evaluation->problem;
    og_record* record = evaluation->record;
    const og_arena_mark mark = og_arena_here(evaluation->scratch);
    og_evaluation_slot** fresh = OG_NEW(evaluation->scratch, og_evaluation_slot*, count);
    int fresh_count = 0;
    for (int i = 0; i < count; i++) {
        og_evaluation_slot* slot = &evaluation->slots[i];
        const double* design = x + (size_t)i * (size_t)problem->table.count;
        slot->trial = og_record_reserve(record, record->count + i, design);
        slot->objectives = objectives + (size_t)i * (size_t)problem->objective_count;
        slot->done = false;
        slot->trial->source = evaluation->source;
        slot->trial->repeat_of = og_record_twin(record, slot->trial->number);
        if (slot->trial->repeat_of < 0) {
            fresh[fresh_count++] = slot;
        }
    }
    *made = 0;
    const og_status found = evaluation_find(evaluation, fresh, fresh_count);
    const og_status completed =
        found == OG_OK ? evaluation_complete(evaluation, count, made) : found;
    og_arena_rewind(evaluation->scratch, mark);
    return completed;
}

bool og_evaluation_replay(const og_evaluation* evaluation, const og_trial* trial,
                          double* objectives) {
    const og_problem* problem = evaluation->problem;
    const og_arena_mark mark = og_arena_here(evaluation->scratch);
    double* y = OG_NEW(evaluation->scratch, double, problem->metric_count);
    memcpy(y, trial->y, (size_t)problem->metric_count * sizeof *y);
    og_judgement judgement = {
        .objectives = objectives, .outcome = trial->outcome, .reason = trial->reason};
    og_problem_judge(problem, trial->x, y, &judgement, evaluation->scratch);
    const size_t bytes = (size_t)problem->metric_count * sizeof *y;
    const bool same = judgement.outcome == trial->outcome && judgement.loss == trial->loss &&
                      judgement.violation == trial->violation &&
                      (trial->outcome != OG_FEASIBLE || memcmp(y, trial->y, bytes) == 0);
    og_arena_rewind(evaluation->scratch, mark);
    return same;
}

// Designs that lie outside the model's space are told apart, not simulated.
static void evaluation_outside(og_record* record, const double* x) {
    const int64_t number = record->count;
    og_trial* trial = og_record_reserve(record, number, x);
    trial->outcome = OG_INFEASIBLE;
    trial->reason = og_record_reason(record, og_error_text());
    og_record_complete(record);
}

static void evaluation_all(og_evaluation* evaluation, int64_t count, const double* x) {
    const og_space* space = evaluation->problem->full;
    const size_t width = (size_t)space->count;
    double no_objectives[1];
    for (int64_t i = 0; i < count;) {
        if (og_space_check(space, x + (size_t)i * width) != OG_OK) {
            evaluation_outside(evaluation->record, x + (size_t)i * width);
            i++;
            continue;
        }
        int part = 1;
        const int chunk = og_evaluation_chunk(evaluation, count - i);
        while (part < chunk && og_space_contains(space, x + ((size_t)i + (size_t)part) * width)) {
            part++;
        }
        int made;
        const og_status status =
            og_evaluation_run(evaluation, part, x + (size_t)i * width, no_objectives, &made);
        // threads of this process answer always
        assert(status == OG_OK);
        (void)status;
        i += made;
    }
}

og_status og_study_evaluate(og_arena* arena, const og_model* model, int64_t count, const double* x,
                            int jobs, og_trial** trials) {
    og_arena* work = og_arena_create();
    og_problem* problem;
    og_evaluation evaluation;
    og_status status = og_problem_create(work, model, NULL, &problem);
    if (status == OG_OK) {
        og_record* record = og_record_create(arena, work, problem);
        status = og_evaluation_start(work, problem, record, jobs, &evaluation);
        if (status == OG_OK) {
            evaluation_all(&evaluation, count, x);
            *trials = og_record_list(record);
            og_evaluation_stop(&evaluation);
        }
    }
    og_arena_destroy(work);
    return status;
}
