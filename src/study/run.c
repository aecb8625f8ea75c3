// The loop of a study. Batches have one size and are told only when complete, so that the sequence
// of designs depends on nothing but the problem, the agent and the seed; budget and interruptions
// only decide where it is cut, and going on from the cut gives what would have been.

#include "study/run.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "ogive/clock.h"
#include "ogive/text.h"
#include "study/control.h"
#include "study/diagnosis.h"
#include "study/dispatch.h"

enum { RUN_GROUP_TRIALS = 4096 };

static const double run_group_seconds = 0.2;
static const double run_progress_seconds = 0.1;

static double run_elapsed(const og_run* run) {
    return run->timing ? og_clock_seconds() - run->evaluation.origin : run->entry.elapsed;
}

static og_status run_write_trials(og_run* run) {
    const og_study_record* record = &run->entry.record;
    for (int64_t i = run->written; i < run->record->count; i++) {
        OG_TRY(og_store_write(run->store, record, og_record_at(run->record, i)));
    }
    if (run->dispatch) {
        OG_TRY(og_queue_forget(run->store, record->id, run->record->count));
    }
    OG_TRY(og_diagnosis_write(run));
    return og_store_update(run->store, &run->entry);
}

// A server that was lost while it committed may have done so.
static og_status run_check_written(const og_run* run, bool* written) {
    const og_study_record* record = &run->entry.record;
    const og_value id = og_value_integer(record->id);
    int64_t count;
    OG_TRY(
        og_store_integer(run->store, "SELECT trials FROM study WHERE id = $1", &id, 1, -1, &count));
    *written = count == run->record->count && count > run->written;
    return *written || count == run->written
               ? OG_OK
               : og_fail(OG_ERROR_STORE,
                         "%s: study '%s' was continued by another process while the server was "
                         "lost",
                         run->store->path, record->name);
}

// Write what the store does not have yet in one short transaction, so that other studies in the
// same store seldom wait.
static og_status run_write(og_store* store, void* context, int trial) {
    og_run* run = context;
    bool written = false;
    if (trial > 1) {
        OG_TRY(run_check_written(run, &written));
    }
    if (!written) {
        OG_TRY(og_store_begin(store));
        const og_status status = run_write_trials(run);
        if (status != OG_OK) {
            og_store_rollback(store);
            return status;
        }
        OG_TRY(og_store_commit(store));
    }
    run->written = run->record->count;
    run->diagnosis.count = 0;
    return OG_OK;
}

og_patience og_run_patience(const og_run* run) {
    static const double seconds = 300;
    const og_study_options* options = run->options;
    return (og_patience){.seconds = options->patience > 0 ? options->patience : seconds,
                         .interrupt = options->interrupt};
}

static og_status run_obey(og_store* store, void* context, int trial) {
    (void)store;
    (void)trial;
    return og_control_obey(context);
}

og_status og_run_obey(og_run* run) {
    const og_patience patience = og_run_patience(run);
    return og_store_persist(run->store, &patience, run_obey, run);
}

og_status og_run_flush(og_run* run, og_stop stop) {
    og_study_record* record = &run->entry.record;
    record->trial_count = run->record->count;
    record->best = run->record->best;
    record->stop = stop;
    run->entry.elapsed = run_elapsed(run);
    const double start = og_clock_seconds();
    run->flushed = start;
    if (!run->store) {
        return OG_OK;
    }
    const og_patience patience = og_run_patience(run);
    const og_status status = og_store_persist(run->store, &patience, run_write, run);
    run->store_seconds += og_clock_seconds() - start;
    return status;
}

static og_status run_flush_sometimes(og_run* run) {
    const int64_t waiting = run->record->count - run->written;
    if (waiting >= RUN_GROUP_TRIALS || og_clock_seconds() - run->flushed > run_group_seconds) {
        OG_TRY(og_run_flush(run, OG_STOP_NONE));
        return run->store ? og_run_obey(run) : OG_OK;
    }
    return OG_OK;
}

// Trials that the study may have, 0 = any number. Those evaluated elsewhere cost nothing here.
static int64_t run_limit(const og_run* run) {
    return run->plan->evaluations > 0 ? run->plan->evaluations + run->imported : 0;
}

// Trials before those of the agent.
static int64_t run_given(const og_run* run) {
    return run->imported + run->enqueued.count;
}

// The first objective as its expression says, of a trial in the record.
static double run_objective_value(const og_run* run, const og_trial* trial) {
    const og_problem* problem = run->problem;
    const int width = problem->table.count;
    const og_arena_mark mark = og_arena_here(run->evaluation.scratch);
    double* values = OG_NEW(run->evaluation.scratch, double, width + problem->metric_count);
    memcpy(values, trial->x, (size_t)width * sizeof *values);
    memcpy(values + width, trial->y, (size_t)problem->metric_count * sizeof *values);
    const double value = og_expression_evaluate(problem->objectives[0].expression, values);
    og_arena_rewind(run->evaluation.scratch, mark);
    return value;
}

static void run_show(og_run* run, bool always) {
    const og_study_options* options = run->options;
    const double now = og_clock_seconds();
    if (!options->progress || (!always && now - run->shown < run_progress_seconds)) {
        return;
    }
    run->shown = now;
    const og_record* record = run->record;
    const bool replaying = run->position < run->recorded;
    const og_trial* best = record->best < 0 ? NULL : og_record_at(record, record->best);
    const og_progress progress = {
        .study = run->entry.record.name,
        .trials = replaying ? run->position : record->count,
        .budget = run_limit(run),
        .evaluated = record->evaluated,
        .seconds = run_elapsed(run),
        .budget_seconds = run->plan->seconds,
        .best = best,
        .objective = run->plan->objectives[0].expression,
        .objective_value = best ? run_objective_value(run, best) : NAN,
        .replaying = replaying,
    };
    options->progress(options->progress_context, &progress);
}

// Why to stop before the next trial; OG_STOP_NONE = go on.
static og_stop run_stop(const og_run* run) {
    if (run_limit(run) > 0 && run->position >= run_limit(run)) {
        return OG_STOP_BUDGET;
    }
    if (run->stopped || og_interrupted(run->options->interrupt)) {
        return OG_STOP_USER;
    }
    const bool late = run->timing && og_clock_seconds() > run->evaluation.deadline;
    return late ? OG_STOP_BUDGET : OG_STOP_NONE;
}

bool og_run_stops(const og_run* run) {
    return run_stop(run) != OG_STOP_NONE;
}

// Likewise; who asks for more before a budget is used up is heard.
static og_status run_check(og_run* run, og_stop* stop) {
    *stop = run_stop(run);
    if (*stop == OG_STOP_BUDGET && run->store && run->timing) {
        OG_TRY(og_run_obey(run));
        *stop = run_stop(run);
    }
    return OG_OK;
}

// The study's own clock starts when all recorded trials are gone through.
static void run_time(og_run* run) {
    run->timing = true;
    run->evaluation.origin = og_clock_seconds() - run->entry.elapsed;
    if (run->plan->seconds > 0) {
        run->evaluation.deadline = run->evaluation.origin + run->plan->seconds;
    }
}

// Designs that the user gave must be those that were given before.
static og_status run_check_given(const og_run* run, const og_trial* trial, bool same) {
    const bool given = run->position < run_given(run);
    // asked for between batches
    const bool wished = run->position > run_given(run) && run->evaluation.source == OG_ENQUEUED &&
                        trial->source == OG_ENQUEUED && same;
    if (wished || (given == (trial->source != OG_PROPOSED) && (same || !given))) {
        return OG_OK;
    }
    return og_fail(OG_ERROR_STORE,
                   "%s: study '%s' cannot be resumed: trial %lld is not what %s gives, so other "
                   "designs are enqueued now; give this run another name",
                   run->store->path, run->entry.record.name, (long long)run->position,
                   run->plan->enqueue ? run->plan->enqueue : "a plan without enqueue");
}

// Go through one recorded trial: the agent must have proposed the same design.
static og_status run_replay(og_run* run, const double* x, double* objectives) {
    const og_trial* trial = og_record_at(run->record, run->position);
    const char* name = run->entry.record.name;
    const bool same = memcmp(x, trial->x, (size_t)run->problem->table.count * sizeof *x) == 0;
    OG_TRY(run_check_given(run, trial, same));
    if (!same) {
        return og_fail(OG_ERROR_STORE,
                       "%s: study '%s' cannot be resumed: at trial %lld agent %s proposes another "
                       "design than the recorded one, so it has changed or is not deterministic",
                       run->store->path, name, (long long)run->position, run->entry.record.agent);
    }
    if (!og_evaluation_replay(&run->evaluation, trial, objectives)) {
        return og_fail(OG_ERROR_STORE,
                       "%s: study '%s' cannot be resumed: trial %lld does not have the loss that "
                       "its metrics give",
                       run->store->path, name, (long long)run->position);
    }
    og_record_twin(run->record, run->position);
    run->position++;
    return OG_OK;
}

// A program went wrong: what was evaluated is kept.
static og_status run_keep(og_run* run, og_status status) {
    const char* message = og_text_format(run->work, "%s", og_error_text());
    const og_status kept = og_run_flush(run, OG_STOP_NONE);
    return kept == OG_OK ? og_fail(status, "%s", message) : kept;
}

// Make trials of the batch from design `from` on, until it is complete or the study must stop.
// Returns through `*done` how many designs of the batch are trials.
static og_status run_batch(og_run* run, int count, int* done, og_stop* stop) {
    const size_t width = (size_t)run->problem->table.count;
    const size_t objective_count = (size_t)run->problem->objective_count;
    for (*done = 0; *done < count;) {
        const double* x = run->x + (size_t)*done * width;
        double* objectives = run->objectives + (size_t)*done * objective_count;
        OG_TRY(run_check(run, stop));
        if (*stop != OG_STOP_NONE) {
            return OG_OK;
        }
        if (run->position < run->recorded) {
            OG_TRY(run_replay(run, x, objectives));
            (*done)++;
            continue;
        }
        if (!run->timing) {
            run_time(run);
        }
        int64_t left = count - *done;
        if (run_limit(run) > 0 && run_limit(run) - run->position < left) {
            left = run_limit(run) - run->position;
        }
        if (run->company.admit) {
            OG_TRY(run->company.admit(run->company.context, run, &left));
            *stop = run_stop(run);
            if (*stop != OG_STOP_NONE) {
                return OG_OK;
            }
        }
        int made;
        const og_status status = og_evaluation_run(
            &run->evaluation, og_evaluation_chunk(&run->evaluation, left), x, objectives, &made);
        *done += made;
        run->position += made;
        if (status != OG_OK) {
            return run_keep(run, status);
        }
        run_show(run, false);
        OG_TRY(run_flush_sometimes(run));
    }
    return OG_OK;
}

static int run_ask_agent(og_run* run, int batch) {
    const int count = run->agent->type->ask(run->agent, batch, run->x);
    assert(count >= 0 && count <= batch);
    for (int i = 0; i < count; i++) {
        assert(og_space_contains(run->problem->space,
                                 run->x + (size_t)i * (size_t)run->problem->table.count));
    }
    return count;
}

// Ask for the next batch: `*count` designs, 0 = there are no more, -1 = the study has to stop.
static og_status run_ask(og_run* run, int* count) {
    const double start = og_clock_seconds();
    const int batch = run->entry.record.batch;
    og_status status = OG_OK;
    if (run->outsider) {
        status = og_outsider_ask(run->outsider, batch, run->evaluation.deadline, run->x, count);
    } else {
        *count = run_ask_agent(run, batch);
    }
    run->agent_seconds += og_clock_seconds() - start;
    return status == OG_OK ? OG_OK : run_keep(run, status);
}

static void run_tell_agent(og_run* run, int count) {
    for (int i = 0; i < count; i++) {
        const og_trial* trial = og_record_at(run->record, run->position - count + i);
        run->told[i] = (og_told){
            .x = trial->x,
            .objectives = run->objectives + (size_t)i * (size_t)run->problem->objective_count,
            .loss = trial->loss,
            .violation = trial->violation,
            .failed = trial->outcome != OG_FEASIBLE,
        };
    }
    run->agent->type->tell(run->agent, count, run->told);
}

static og_status run_tell(og_run* run, int count) {
    const double start = og_clock_seconds();
    og_status status = OG_OK;
    if (run->outsider) {
        status = og_outsider_tell(run->outsider, run->record, run->position - count, count);
    } else if (run->agent->type->tell) {
        run_tell_agent(run, count);
    }
    run->agent_seconds += og_clock_seconds() - start;
    return status == OG_OK ? OG_OK : run_keep(run, status);
}

// True when a budget ended between batches and the agent has nothing left to propose either. Only
// an agent that could have seen all designs is asked.
static bool run_is_exhausted(og_run* run) {
    const double size = run->problem->space->size;
    return size > 0 && (double)run->position >= size && run->agent &&
           run_ask_agent(run, run->entry.record.batch) == 0;
}

// Trials before those that are asked for. A program is asked nothing again: it is told of all that
// earlier runs recorded.
static int64_t run_known(const og_run* run) {
    const int64_t given = run_given(run);
    return run->outsider && run->recorded > given ? run->recorded : given;
}

static void run_make_room(og_run* run) {
    const size_t batch = (size_t)run->entry.record.batch;
    const size_t known = (size_t)run_known(run);
    const size_t room = known > batch ? known : batch;
    run->x = OG_NEW(run->work, double, room*(size_t)run->problem->table.count);
    run->objectives = OG_NEW(run->work, double, room*(size_t)run->problem->objective_count);
    run->told = OG_NEW(run->work, og_told, room);
}

// What is known comes first, and is told to who can learn from it.
static og_status run_begin(og_run* run, bool* complete, og_stop* stop) {
    const int known = (int)run_known(run);
    int done = 0;
    if (known > 0) {
        og_run_fill_given(run, run->x, known);
        run->evaluation.source = OG_ENQUEUED;
        OG_TRY(run_batch(run, known, &done, stop));
        run->evaluation.source = OG_PROPOSED;
    }
    *complete = done == known;
    const bool learns = run->outsider || run->agent->type->learns_from_given;
    return *complete && known > 0 && learns ? run_tell(run, known) : OG_OK;
}

// Between batches: designs that somebody asked for meanwhile. They are told to nobody, so that the
// agent goes on as if they had not been.
static og_status run_wishes(og_run* run, og_stop* stop) {
    const double* x;
    int done = 1;
    while (done == 1 && (x = og_control_design(run))) {
        memcpy(run->x, x, (size_t)run->problem->table.count * sizeof *x);
        run->evaluation.source = OG_ENQUEUED;
        const og_status status = run_batch(run, 1, &done, stop);
        run->evaluation.source = OG_PROPOSED;
        OG_TRY(status);
        if (done == 1) {
            og_control_designed(run);
        }
    }
    return OG_OK;
}

static og_status run_start_outsider(og_run* run) {
    static const double seconds = 600;
    const og_plan* plan = run->plan;
    if (plan->proposer_word_count == 0) {
        return OG_OK;
    }
    const og_outsider_setup setup = {
        .problem = run->problem,
        .command = plan->proposer,
        .word_count = plan->proposer_word_count,
        .seconds = plan->proposer_seconds > 0 ? plan->proposer_seconds : seconds,
        .study = run->entry.record.name,
        .seed = plan->seed,
        .batch = run->entry.record.batch,
        .interrupt = run->options->interrupt,
        .proposer = run->company.proposer,
        .searched = &run->entry.record,
    };
    return og_outsider_start(run->work, &setup, &run->outsider);
}

static og_status run_loop(og_run* run, og_stop* stop) {
    bool complete;
    OG_TRY(run_start_outsider(run));
    run_make_room(run);
    if (run->recorded == 0) {
        run_time(run);
    }
    OG_TRY(run_begin(run, &complete, stop));
    while (complete) {
        OG_TRY(run_wishes(run, stop));
        OG_TRY(run_check(run, stop));
        if (*stop != OG_STOP_NONE) {
            *stop = *stop == OG_STOP_BUDGET && run_is_exhausted(run) ? OG_STOP_EXHAUSTED : *stop;
            return OG_OK;
        }
        int count;
        OG_TRY(run_ask(run, &count));
        if (count <= 0) {
            *stop = count == 0 ? OG_STOP_EXHAUSTED : run_stop(run);
            return OG_OK;
        }
        int done;
        OG_TRY(run_batch(run, count, &done, stop));
        complete = done == count;
        if (complete) {
            OG_TRY(run_tell(run, count));
            og_diagnosis_take(run);
            run_show(run, false);
        }
    }
    return OG_OK;
}

// A record that has what the plan asks for is not gone through again.
static bool run_is_over(const og_run* run, og_stop* stop) {
    if (run->entry.record.stop == OG_STOP_EXHAUSTED) {
        *stop = OG_STOP_EXHAUSTED;
        return true;
    }
    *stop = OG_STOP_BUDGET;
    const double seconds = run->plan->seconds;
    return run->recorded > 0 && ((run_limit(run) > 0 && run->recorded >= run_limit(run)) ||
                                 (seconds > 0 && run->entry.elapsed >= seconds));
}

static og_status run_all(og_run* run, const og_environment* environment, const og_agent_type* type,
                         og_study_result* result) {
    run->began = run->flushed = og_clock_seconds();
    OG_TRY(og_run_start(run, environment, type));
    OG_TRY(og_run_load_given(run));
    run->record = og_record_create(run->arena, run->work, run->problem);
    OG_TRY(og_run_resume(run));
    OG_TRY(og_evaluation_start(run->work, run->problem, run->record, run->options->jobs,
                               &run->evaluation));
    run->evaluating = true;
    run->evaluation.interrupt = run->options->interrupt;
    run->evaluation.evaluator = run->company.evaluator;
    OG_TRY(og_dispatch_start(run));
    if (run->company.begin) {
        run->company.begin(run->company.context, run);
    }
    og_stop stop;
    if (!run_is_over(run, &stop)) {
        OG_TRY(run_loop(run, &stop));
        // an interrupted replay leaves more in the record than was gone through
        if (run->position < run->recorded) {
            run->position = run->recorded;
        }
    }
    OG_TRY(og_dispatch_stop(run));
    OG_TRY(og_run_flush(run, stop));
    run->position = run->record->count;
    run_show(run, true);
    *result = (og_study_result){
        .record = run->entry.record,
        .trials = og_record_list(run->record),
        .resumed = run->recorded,
        .evaluated = run->record->evaluated - run->simulated_before,
        .seconds = og_clock_seconds() - run->began,
        .agent_seconds = run->agent_seconds,
        .store_seconds = run->store_seconds,
    };
    return OG_OK;
}

og_status og_study_run_among(og_arena* arena, const og_plan* plan,
                             const og_environment* environment, const og_agent_type* type,
                             const og_run_company* company, const og_study_options* options,
                             og_study_result* result) {
    static const og_study_options defaults = {0};
    og_arena* work = og_arena_create();
    og_run run = {.arena = arena,
                  .work = work,
                  .plan = plan,
                  .options = options ? options : &defaults,
                  .company = *company};
    og_status status = run_all(&run, environment, type, result);
    if (status != OG_OK) {
        // its message is the one to keep
        const char* message = og_text_format(work, "%s", og_error_text());
        (void)og_dispatch_stop(&run);
        status = og_fail(status, "%s", message);
    }
    if (run.evaluating) {
        og_evaluation_stop(&run.evaluation);
    }
    og_outsider_stop(run.outsider);
    og_store_close(run.store);
    og_arena_destroy(work);
    return status;
}

og_status og_study_run_with(og_arena* arena, const og_plan* plan, const og_environment* environment,
                            const og_agent_type* type, const og_study_options* options,
                            og_study_result* result) {
    return og_study_run_among(arena, plan, environment, type, &(og_run_company){0}, options,
                              result);
}

og_status og_run_find_agent(const og_plan* plan, const og_agent_type** type) {
    *type = NULL;
    const bool proposer = plan->proposer_word_count > 0;
    if (proposer && plan->agent) {
        return og_fail(OG_ERROR_VALUE, "agent, proposer: only one of them can propose designs");
    }
    if (!plan->agent && !proposer) {
        return og_fail(OG_ERROR_VALUE, "agent: a name needed, such as agent: genetic");
    }
    const og_status status = proposer ? OG_OK : og_agent_find(plan->agent, type);
    return status == OG_OK
               ? OG_OK
               : og_fail_context(status, "%s", plan->agent_where ? plan->agent_where : "agent");
}

og_status og_study_run(og_arena* arena, const og_plan* plan, const og_study_options* options,
                       og_study_result* result) {
    if (!plan->environment) {
        return og_fail(OG_ERROR_VALUE, "environment: a name needed, such as environment: dram");
    }
    if (strcmp(plan->environment, OG_RUN_CALLER) == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "environment " OG_RUN_CALLER
                       ": only the program that evaluates its designs can run this study");
    }
    const og_environment* environment;
    const og_agent_type* type;
    const og_status status = og_environment_find(plan->environment, &environment);
    if (status != OG_OK) {
        return og_fail_context(status, "%s",
                               plan->environment_where ? plan->environment_where : "environment");
    }
    OG_TRY(og_run_find_agent(plan, &type));
    return og_study_run_with(arena, plan, environment, type, options, result);
}
