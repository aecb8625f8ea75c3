// What a study in a session has so far.

#include <math.h>
#include <string.h>

#include "study/session.h"

static og_study_record session_view_record(const og_session* session) {
    if (!session->run) {
        return session->result.record;
    }
    og_study_record record = session->run->entry.record;
    record.trial_count = session->run->record->count;
    record.best = session->run->record->best;
    return record;
}

og_status og_session_record(og_session* session, og_study_record* record) {
    OG_TRY(og_session_enter(session));
    const og_status status = og_session_settle(session);
    if (status == OG_OK) {
        *record = session_view_record(session);
    }
    pthread_mutex_unlock(&session->mutex);
    return status;
}

// The objectives of a trial, judged again from its metrics.
static void session_view_objectives(og_session* session, const og_trial* trial,
                                    double* objectives) {
    const og_problem* problem = session->problem;
    const og_arena_mark mark = og_arena_here(session->desk);
    double* y = OG_NEW(session->desk, double, problem->metric_count);
    memcpy(y, trial->y, (size_t)problem->metric_count * sizeof *y);
    og_judgement judgement = {
        .objectives = objectives, .outcome = trial->outcome, .reason = trial->reason};
    for (int i = 0; i < problem->objective_count; i++) {
        objectives[i] = NAN;
    }
    og_problem_judge(problem, trial->x, y, &judgement, session->desk);
    og_arena_rewind(session->desk, mark);
}

static void session_view_trials(og_session* session, int64_t first, int64_t most, og_trial* trials,
                                double* objectives, int64_t* count) {
    const int64_t all = session_view_record(session).trial_count;
    const int64_t left = first < 0 || first > all ? 0 : all - first;
    *count = left < most ? left : most;
    for (int64_t i = 0; i < *count; i++) {
        trials[i] = session->run ? *og_record_at(session->run->record, first + i)
                                 : session->result.trials[first + i];
        if (objectives) {
            session_view_objectives(session, &trials[i],
                                    objectives + i * session->problem->objective_count);
        }
    }
}

og_status og_session_trials(og_session* session, int64_t first, int64_t most, og_trial* trials,
                            double* objectives, int64_t* count) {
    *count = 0;
    OG_TRY(og_session_enter(session));
    const og_status status = og_session_settle(session);
    if (status == OG_OK) {
        session_view_trials(session, first, most, trials, objectives, count);
    }
    pthread_mutex_unlock(&session->mutex);
    return status;
}

void og_session_progress(og_session* session, int64_t* trials, double* value) {
    *trials = 0;
    *value = NAN;
    if (og_session_enter(session) == OG_OK) {
        *trials = session->shown_trials;
        *value = session->shown_value;
        pthread_mutex_unlock(&session->mutex);
    }
}

int og_session_metrics(const og_session* session) {
    return session->problem->model->metric_count;
}
