#include "study/dispatch.h"

#include <time.h>

#include "ogive/clock.h"
#include "ogive/text.h"

// what takes less is evaluated sooner than others could hear of it
static const double dispatch_worth_seconds = 0.02;
static const double dispatch_shortest_wait = 0.0005;
static const double dispatch_longest_wait = 0.05;
static const double dispatch_wait_share = 0.1;  // of the time since the last answer
static const double dispatch_look_seconds = 0.5;
enum { DISPATCH_ATTEMPTS = 3 };

struct og_dispatch {
    og_run* run;
    og_crew* crew;    // NULL = only others evaluate
    og_arena* arena;  // of what is collected
    int attempts;
    double looked;  // clock when lost workers and requests were last looked for
};

// A chunk of designs while it is evaluated.
typedef struct dispatch_chunk {
    og_dispatch* dispatch;
    og_evaluation* evaluation;
    og_evaluation_slot* const* slots;
    int count;
    int done;
    double moved;  // clock of the last answer
} dispatch_chunk;

static og_status dispatch_publish(og_store* store, void* context, int trial) {
    (void)trial;
    const dispatch_chunk* chunk = context;
    const og_run* run = chunk->dispatch->run;
    const size_t width = (size_t)run->problem->table.count;
    og_arena* scratch = chunk->evaluation->scratch;
    const og_arena_mark mark = og_arena_here(scratch);
    int64_t* numbers = OG_NEW(scratch, int64_t, chunk->count);
    double* x = OG_NEW(scratch, double, (size_t)chunk->count* width);
    int64_t count = 0;
    for (int i = 0; i < chunk->count; i++) {
        if (!chunk->slots[i]->done) {
            numbers[count] = chunk->slots[i]->trial->number;
            memcpy(x + (size_t)count * width, chunk->slots[i]->trial->x, width * sizeof *x);
            count++;
        }
    }
    const og_status status =
        og_queue_publish(store, run->entry.record.id, count, numbers, x, (int)width);
    og_arena_rewind(scratch, mark);
    return status;
}

// Slots are in the order of their trials.
static og_evaluation_slot* dispatch_slot(const dispatch_chunk* chunk, int64_t number) {
    int first = 0;
    int last = chunk->count - 1;
    while (first < last) {
        const int middle = (first + last) / 2;
        if (chunk->slots[middle]->trial->number < number) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    og_evaluation_slot* slot = chunk->slots[first];
    return slot->trial->number == number ? slot : NULL;
}

static void dispatch_take(dispatch_chunk* chunk, const og_queue_answer* answer) {
    og_evaluation* evaluation = chunk->evaluation;
    og_evaluation_slot* slot = dispatch_slot(chunk, answer->number);
    // an answer that came twice, or whose design was withdrawn, is none
    if (!slot || slot->done) {
        return;
    }
    const og_arena_mark mark = og_arena_here(evaluation->scratch);
    og_evaluation_answer(evaluation, slot, answer->outcome, answer->y, answer->reason,
                         evaluation->scratch);
    og_arena_rewind(evaluation->scratch, mark);
    slot->trial->seconds = answer->seconds;
    slot->trial->started = og_clock_seconds() - evaluation->origin - answer->seconds;
    chunk->moved = og_clock_seconds();
    chunk->done++;
    const double pace = answer->seconds > 1e-9 ? answer->seconds : 1e-9;
    evaluation->pace += (pace - evaluation->pace) / (chunk->done < 16 ? chunk->done : 16);
}

static og_status dispatch_collect(og_store* store, void* context, int trial) {
    dispatch_chunk* chunk = context;
    og_dispatch* dispatch = chunk->dispatch;
    const og_run* run = dispatch->run;
    if (trial > 1) {
        // answers may have been marked as collected that never arrived
        OG_TRY(og_queue_resume(store, run->entry.record.id, run->written));
    }
    const og_arena_mark mark = og_arena_here(dispatch->arena);
    og_queue_answer* answers;
    int64_t count;
    const int64_t first = chunk->slots[0]->trial->number;
    const int64_t last = chunk->slots[chunk->count - 1]->trial->number;
    const og_status status =
        og_queue_collect(store, dispatch->arena, run->entry.record.id, first, last,
                         run->problem->model->metric_count, &answers, &count);
    for (int64_t i = 0; status == OG_OK && i < count; i++) {
        dispatch_take(chunk, &answers[i]);
    }
    og_arena_rewind(dispatch->arena, mark);
    return status;
}

static og_status dispatch_look(og_store* store, void* context, int trial) {
    (void)trial;
    const og_dispatch* dispatch = context;
    return og_queue_recover(store, dispatch->run->entry.record.id, dispatch->attempts);
}

static og_status dispatch_withdraw(og_store* store, void* context, int trial) {
    (void)trial;
    const og_run* run = context;
    return og_queue_withdraw(store, run->entry.record.id);
}

static og_status dispatch_do(og_dispatch* dispatch, og_store_step* step, void* context) {
    const og_patience patience = og_run_patience(dispatch->run);
    return og_store_persist(dispatch->run->store, &patience, step, context);
}

static void dispatch_wait(const dispatch_chunk* chunk) {
    const double wait = dispatch_wait_share * (og_clock_seconds() - chunk->moved);
    const double seconds = wait < dispatch_shortest_wait  ? dispatch_shortest_wait
                           : wait > dispatch_longest_wait ? dispatch_longest_wait
                                                          : wait;
    nanosleep(&(struct timespec){.tv_nsec = (long)(seconds * 1e9)}, NULL);
}

static og_status dispatch_until_done(dispatch_chunk* chunk) {
    og_dispatch* dispatch = chunk->dispatch;
    while (chunk->done < chunk->count) {
        const int before = chunk->done;
        OG_TRY(dispatch_do(dispatch, dispatch_collect, chunk));
        const double now = og_clock_seconds();
        if (now - dispatch->looked > dispatch_look_seconds) {
            dispatch->looked = now;
            OG_TRY(dispatch_do(dispatch, dispatch_look, dispatch));
            OG_TRY(og_run_obey(dispatch->run));
            if (dispatch->crew && og_crew_ended(dispatch->crew)) {
                og_crew* crew = dispatch->crew;
                dispatch->crew = NULL;
                OG_TRY(og_crew_stop(crew, NULL));
            }
        }
        if (chunk->done == chunk->count || og_run_stops(dispatch->run)) {
            return OG_OK;
        }
        if (chunk->done == before) {
            dispatch_wait(chunk);
        }
    }
    return OG_OK;
}

// True for designs that this process evaluates in less time than it takes to hand them out.
static bool dispatch_is_short(const og_dispatch* dispatch, const og_evaluation* evaluation,
                              int count) {
    const double threads = og_workers_count(evaluation->workers);
    return dispatch->crew && evaluation->pace * count / threads < dispatch_worth_seconds;
}

static og_status dispatch_evaluate(void* context, og_evaluation* evaluation,
                                   og_evaluation_slot* const* slots, int count) {
    og_dispatch* dispatch = context;
    if (dispatch_is_short(dispatch, evaluation, count)) {
        og_evaluation_simulate(evaluation, slots, count);
        return OG_OK;
    }
    dispatch_chunk chunk = {.dispatch = dispatch,
                            .evaluation = evaluation,
                            .slots = slots,
                            .count = count,
                            .moved = og_clock_seconds()};
    OG_TRY(dispatch_do(dispatch, dispatch_publish, &chunk));
    if (dispatch->crew) {
        og_crew_wake(dispatch->crew);
    }
    OG_TRY(dispatch_until_done(&chunk));
    return chunk.done == count ? OG_OK : dispatch_do(dispatch, dispatch_withdraw, dispatch->run);
}

static bool dispatch_is_wanted(const og_run* run) {
    if (!run->store || run->company.evaluator.evaluate) {
        return false;
    }
    return run->plan->workers == OG_WORKERS_YES || run->options->coordinate ||
           (run->plan->workers == OG_WORKERS_DEFAULT && og_store_is_server(run->plan->store));
}

og_status og_dispatch_start(og_run* run) {
    const og_study_options* options = run->options;
    if (!dispatch_is_wanted(run)) {
        return options->coordinate
                   ? og_fail(OG_ERROR_VALUE, "to let workers evaluate, the study needs a store")
                   : OG_OK;
    }
    og_dispatch* dispatch = OG_NEW(run->work, og_dispatch, 1);
    *dispatch = (og_dispatch){
        .run = run,
        .arena = og_arena_create_within(run->work),
        .attempts = options->attempts > 0 ? options->attempts : DISPATCH_ATTEMPTS,
    };
    run->dispatch = dispatch;
    OG_TRY(og_queue_resume(run->store, run->entry.record.id, run->record->count));
    if (!options->coordinate) {
        const og_crew_setup setup = {
            .address = run->plan->store,
            .options = {.jobs = options->jobs,
                        .idle = -1,
                        .lost_after = options->lost_after,
                        .patience = options->patience},
            .study = run->entry.record.id,
            .model = &run->model,
        };
        OG_TRY(og_crew_start(&setup, &dispatch->crew));
    }
    run->evaluation.evaluator = (og_evaluator){dispatch, dispatch_evaluate};
    return OG_OK;
}

og_status og_dispatch_stop(og_run* run) {
    if (!run->dispatch || !run->dispatch->crew) {
        return OG_OK;
    }
    og_crew* crew = run->dispatch->crew;
    run->dispatch->crew = NULL;
    return og_crew_stop(crew, NULL);
}
