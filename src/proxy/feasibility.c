#include "proxy/feasibility.h"

#include <math.h>
#include <string.h>

enum { FEASIBILITY_LEAST = 10 };  // designs of either kind
#define FEASIBILITY_SKILL 0.1     // from which on the classifier is used

const og_forest* og_feasibility_learn(og_arena* arena, const og_lesson* lesson, uint64_t seed) {
    const og_forest_options options = {.trees = 100, .columns = 0.5, .least_rows = 2, .seed = seed};
    return og_forest_fit(arena, lesson->columns, lesson->width, lesson->rows, lesson->targets,
                         lesson->count, &options);
}

typedef struct feasibility_job {
    const og_exam* exam;
    double* answers;
} feasibility_job;

static void feasibility_work(void* context, int fold, int worker, og_arena* scratch) {
    (void)worker;
    const feasibility_job* job = context;
    const og_lesson* all = &job->exam->lesson;
    double* rows = OG_NEW(scratch, double, (size_t)all->count*(size_t)all->width);
    double* targets = OG_NEW(scratch, double, all->count);
    og_lesson lesson = {all->columns, all->width, rows, targets, 0};
    for (int i = 0; i < all->count; i++) {
        if (job->exam->fold[i] != fold) {
            memcpy(rows + (long)lesson.count * all->width, all->rows + (long)i * all->width,
                   sizeof(double) * (size_t)all->width);
            targets[lesson.count++] = all->targets[i];
        }
    }
    if (lesson.count == 0) {
        return;
    }
    const og_forest* forest = og_feasibility_learn(scratch, &lesson, job->exam->seed);
    for (int i = 0; i < all->count; i++) {
        if (job->exam->fold[i] == fold) {
            og_forest_predict(forest, all->rows + (long)i * all->width, 1, &job->answers[i], NULL);
        }
    }
}

// Probability that a design with metrics is given the higher answer of a pair, ties counting half.
static double feasibility_ranking(const double* targets, const double* answers, int count) {
    double wins = 0;
    double pairs = 0;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count && targets[i] > 0; k++) {
            if (!(targets[k] > 0)) {
                wins += answers[i] > answers[k] ? 1 : answers[i] < answers[k] ? 0 : 0.5;
                pairs++;
            }
        }
    }
    return wins / pairs;
}

og_proxy_feasibility og_feasibility_judge(og_arena* arena, og_workers* workers,
                                          const og_exam* exam) {
    const int count = exam->lesson.count;
    const double* targets = exam->lesson.targets;
    double feasible = 0;
    for (int i = 0; i < count; i++) {
        feasible += targets[i];
    }
    og_proxy_feasibility found = {
        .infeasible = count - (int64_t)feasible, .skill = NAN, .ranking = NAN};
    if (feasible < FEASIBILITY_LEAST || found.infeasible < FEASIBILITY_LEAST) {
        return found;
    }
    const og_arena_mark mark = og_arena_here(arena);
    feasibility_job job = {exam, OG_NEW(arena, double, count)};
    og_workers_run(workers, exam->folds, feasibility_work, &job);
    const double base = feasible / count;
    double brier = 0;
    for (int i = 0; i < count; i++) {
        brier += (job.answers[i] - targets[i]) * (job.answers[i] - targets[i]) / count;
    }
    found.skill = 1 - brier / (base * (1 - base));
    found.ranking = feasibility_ranking(targets, job.answers, count);
    found.known = found.skill >= FEASIBILITY_SKILL;
    og_arena_rewind(arena, mark);
    return found;
}
