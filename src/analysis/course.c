// The course of a search: best so far, fronts, hypervolumes, and which trials to draw.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "analysis/analysis.h"
#include "ogive/hypervolume.h"

enum { COURSE_SEED = 1 };
static const double course_margin = 0.1;  // of a box, beyond what is in it

void og_analysis_best_so_far(const og_analysis* analysis, og_arena* arena,
                             const og_quantity* quantity, og_course* course) {
    const int64_t count = analysis->record->trial_count;
    *course = (og_course){.trials = OG_NEW(arena, int64_t, count),
                          .values = OG_NEW(arena, double, count)};
    double best = NAN;
    for (int64_t i = 0; i < count; i++) {
        if (og_analysis_accepted(&analysis->trials[i]) &&
            og_quantity_better(quantity, quantity->values[i], best)) {
            best = quantity->values[i];
            course->trials[course->count] = i;
            course->values[course->count++] = best;
        }
    }
}

// Points of three objectives that none so far dominates in the second and third: the second rises,
// the third falls.
typedef struct course_stair {
    int64_t count;
    int64_t* points;     // rows, list: [count]
    const double* rows;  // shape: [..][3]
} course_stair;

// How many points have a second objective below `value`, or not above it when `also_equal`.
static int64_t course_stair_find(const course_stair* stair, double value, bool also_equal) {
    int64_t low = 0;
    for (int64_t high = stair->count; low < high;) {
        const int64_t middle = low + (high - low) / 2;
        const double at = stair->rows[3 * stair->points[middle] + 1];
        if (at < value || (also_equal && at == value)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// Put a point that follows all others in the first objective on the stair. False when it is
// dominated; equal ones do not dominate each other.
static bool course_stair_add(course_stair* stair, int64_t point) {
    const double* row = stair->rows + 3 * point;
    const int64_t before = course_stair_find(stair, row[1], true);
    if (before > 0) {
        const double* other = stair->rows + 3 * stair->points[before - 1];
        if (other[2] <= row[2]) {
            return other[0] == row[0] && other[1] == row[1] && other[2] == row[2];
        }
    }
    const int64_t at = course_stair_find(stair, row[1], false);
    int64_t end = at;
    while (end < stair->count && stair->rows[3 * stair->points[end] + 2] >= row[2]) {
        end++;
    }
    memmove(stair->points + at + 1, stair->points + end,
            sizeof *stair->points * (size_t)(stair->count - end));
    stair->points[at] = point;
    stair->count += 1 - (end - at);
    return true;
}

// og_front() of three objectives in time n log n (Kung, Luccio and Preparata, Journal of the ACM
// 1975), for fronts of many thousands.
static int64_t course_front_of_three(og_arena* arena, const double* rows, int64_t count,
                                     int64_t* front) {
    og_ranked* sorted = OG_NEW(arena, og_ranked, count);
    for (int64_t i = 0; i < count; i++) {
        sorted[i].index = i;
    }
    for (int k = 2; k >= 0; k--) {
        for (int64_t i = 0; i < count; i++) {
            sorted[i].key = rows[3 * sorted[i].index + k];
        }
        og_ranked_sort(arena, sorted, count);
    }
    course_stair stair = {.points = OG_NEW(arena, int64_t, count + 1), .rows = rows};
    bool* kept = OG_NEW(arena, bool, count);
    for (int64_t i = 0; i < count; i++) {
        kept[sorted[i].index] = course_stair_add(&stair, sorted[i].index);
    }
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        if (kept[i]) {
            front[found++] = i;
        }
    }
    return found;
}

// Keep those of `list` (list: [count], trials) that no other one dominates, in their order.
static int64_t course_thin(const og_analysis* analysis, og_arena* arena, int64_t* list,
                           int64_t count) {
    const int width = analysis->record->objective_count;
    const og_arena_mark mark = og_arena_here(arena);
    double* rows = OG_NEW(arena, double, (size_t)count*(size_t)width);
    bool* eligible = OG_NEW(arena, bool, count);
    int64_t* front = OG_NEW(arena, int64_t, count);
    for (int64_t i = 0; i < count; i++) {
        memcpy(rows + i * width, analysis->objectives + list[i] * width,
               sizeof *rows * (size_t)width);
        eligible[i] = true;
    }
    const int64_t kept = width == 3 ? course_front_of_three(arena, rows, count, front)
                                    : og_front(rows, count, width, eligible, front);
    for (int64_t i = 0; i < kept; i++) {
        list[i] = list[front[i]];
    }
    og_arena_rewind(arena, mark);
    return kept;
}

// Add the accepted trials in [first, end) that are the first of their design.
static int64_t course_append(const og_analysis* analysis, int64_t first, int64_t end, int64_t* list,
                             int64_t count) {
    for (int64_t i = first; i < end; i++) {
        if (analysis->first[i] == i && og_analysis_accepted(&analysis->trials[i])) {
            list[count++] = i;
        }
    }
    return count;
}

const int64_t* og_analysis_front(const og_analysis* analysis, og_arena* arena, int64_t* count) {
    const int64_t trials = analysis->record->trial_count;
    int64_t* list = OG_NEW(arena, int64_t, trials);
    *count = course_append(analysis, 0, trials, list, 0);
    *count = course_thin(analysis, arena, list, *count);
    return list;
}

// Merge two ascending lists.
static void course_merge(const int64_t* a, int64_t a_count, const int64_t* b, int64_t b_count,
                         int64_t* merged) {
    int64_t i = 0;
    int64_t j = 0;
    while (i < a_count || j < b_count) {
        const bool from_a = j == b_count || (i < a_count && a[i] < b[j]);
        merged[i + j] = from_a ? a[i] : b[j];
        i += from_a;
        j += !from_a;
    }
}

const int64_t* og_analysis_sample(const og_analysis* analysis, og_arena* arena, int64_t most,
                                  int64_t* count) {
    if (analysis->distinct_count <= most) {
        *count = analysis->distinct_count;
        return analysis->distinct;
    }
    int64_t front_count = 0;
    const int64_t* front = og_analysis_front(analysis, arena, &front_count);
    // of a large front every so many-th, no more than half of all
    const int64_t shown = front_count < most / 2 ? front_count : most / 2;
    int64_t* kept = OG_NEW(arena, int64_t, shown);
    bool* in_front = OG_NEW(arena, bool, analysis->record->trial_count);
    for (int64_t i = 0; i < shown; i++) {
        kept[i] = front[i * front_count / shown];
    }
    for (int64_t i = 0; i < front_count; i++) {
        in_front[front[i]] = true;
    }
    int64_t* others = OG_NEW(arena, int64_t, analysis->distinct_count);
    int64_t other_count = 0;
    for (int64_t i = 0; i < analysis->distinct_count; i++) {
        if (!in_front[analysis->distinct[i]]) {
            others[other_count++] = analysis->distinct[i];
        }
    }
    const int64_t room = most - shown;
    int64_t* drawn = og_analysis_draw(arena, other_count, room, COURSE_SEED);
    const int64_t drawn_count = other_count < room ? other_count : room;
    for (int64_t i = 0; i < drawn_count; i++) {
        drawn[i] = others[drawn[i]];
    }
    int64_t* merged = OG_NEW(arena, int64_t, shown + drawn_count);
    course_merge(kept, shown, drawn, drawn_count, merged);
    *count = shown + drawn_count;
    return merged;
}

static void course_widen(const double* objectives, int width, double* least, double* most) {
    for (int k = 0; k < width; k++) {
        if (isfinite(objectives[k])) {
            least[k] = fmin(least[k], objectives[k]);
            most[k] = fmax(most[k], objectives[k]);
        }
    }
}

bool og_analysis_box(const og_analysis* const* analyses, int count, og_arena* arena, double* ideal,
                     double* worst) {
    assert(count > 0);
    const int width = analyses[0]->record->objective_count;
    const og_arena_mark mark = og_arena_here(arena);
    double* unused = OG_NEW(arena, double, width);
    for (int k = 0; k < width; k++) {
        ideal[k] = INFINITY;
        worst[k] = -INFINITY;
    }
    bool any = false;
    for (int a = 0; a < count; a++) {
        int64_t front_count = 0;
        const int64_t* front = og_analysis_front(analyses[a], arena, &front_count);
        for (int64_t i = 0; i < front_count; i++) {
            course_widen(analyses[a]->objectives + front[i] * width, width, ideal, worst);
        }
        any = any || front_count > 0;
        course_widen(analyses[a]->internals->reference_minimal, width, unused, worst);
    }
    for (int k = 0; any && k < width; k++) {
        const double span = worst[k] - ideal[k];
        worst[k] += course_margin * (span > 0 ? span : fmax(fabs(worst[k]), 1));
    }
    og_arena_rewind(arena, mark);
    return any;
}

// The volume that trials (list: [count]) dominate in a box, as a part of it.
static double course_volume(const og_analysis* analysis, og_arena* arena, const int64_t* list,
                            int64_t count, const double* ideal, const double* worst) {
    const int width = analysis->record->objective_count;
    const og_arena_mark mark = og_arena_here(arena);
    double* points = OG_NEW(arena, double, (size_t)count*(size_t)width);
    double corner[OG_HYPERVOLUME_DIMENSIONS];
    for (int k = 0; k < width; k++) {
        corner[k] = 1;
        for (int64_t i = 0; i < count; i++) {
            const double value = analysis->objectives[list[i] * width + k];
            points[i * width + k] = fmax((value - ideal[k]) / (worst[k] - ideal[k]), 0);
        }
    }
    const double volume = og_hypervolume(arena, points, count, width, corner);
    og_arena_rewind(arena, mark);
    return volume;
}

void og_analysis_hypervolume(const og_analysis* analysis, og_arena* arena, const double* ideal,
                             const double* worst, int points, og_course* course) {
    assert(points >= 2);
    assert(analysis->record->objective_count <= OG_HYPERVOLUME_DIMENSIONS);
    const int64_t trials = analysis->record->trial_count;
    *course = (og_course){.trials = OG_NEW(arena, int64_t, points),
                          .values = OG_NEW(arena, double, points)};
    int64_t* front = OG_NEW(arena, int64_t, trials);
    int64_t count = 0;
    int64_t done = 0;
    for (int p = 0; p < points && trials > 0; p++) {
        const double at = pow((double)trials, (double)p / (points - 1));
        const int64_t end = p == points - 1 ? trials : (int64_t)llround(at);
        if (end <= done) {
            continue;
        }
        count = course_append(analysis, done, end, front, count);
        count = course_thin(analysis, arena, front, count);
        course->trials[course->count] = end - 1;
        course->values[course->count++] =
            course_volume(analysis, arena, front, count, ideal, worst);
        done = end;
    }
}
