// A function of the caller in place of the simulator.

#include <string.h>

#include "study/session.h"

typedef struct session_run_callback {
    og_evaluate_designs* evaluate;
    void* context;
} session_run_callback;

static og_status session_run_call(void* context, og_evaluation* evaluation,
                                  og_evaluation_slot* const* slots, int count) {
    const session_run_callback* callback = context;
    const size_t width = (size_t)evaluation->problem->table.count;
    const size_t height = (size_t)evaluation->problem->model->metric_count;
    og_arena* scratch = evaluation->scratch;
    const og_arena_mark mark = og_arena_here(scratch);
    int64_t* numbers = OG_NEW(scratch, int64_t, count);
    double* x = OG_NEW(scratch, double, (size_t)count* width);
    double* y = OG_NEW(scratch, double, (size_t)count* height);
    og_outcome* outcomes = OG_NEW(scratch, og_outcome, count);
    const char** reasons = OG_NEW(scratch, const char*, count);
    for (int i = 0; i < count; i++) {
        numbers[i] = slots[i]->trial->number;
        memcpy(x + (size_t)i * width, slots[i]->trial->x, width * sizeof *x);
        reasons[i] = "";
    }
    const og_status status =
        callback->evaluate(callback->context, count, numbers, x, y, outcomes, reasons);
    for (int i = 0; i < count && status == OG_OK; i++) {
        og_evaluation_answer(evaluation, slots[i], outcomes[i], y + (size_t)i * height, reasons[i],
                             scratch);
    }
    og_arena_rewind(scratch, mark);
    return status;
}

og_status og_study_run_by(og_arena* arena, const og_plan* plan, og_evaluate_designs* evaluate,
                          void* context, const og_study_options* options, og_study_result* result) {
    const og_environment* environment;
    const og_agent_type* type;
    OG_TRY(og_session_find_environment(plan, &environment));
    OG_TRY(og_run_find_agent(plan, &type));
    session_run_callback callback = {evaluate, context};
    const og_run_company company = {.evaluator = {&callback, session_run_call}};
    return og_study_run_among(arena, plan, environment, type, &company, options, result);
}
