// The table of problems, and those over reals or levels.

#include "env/function/problem.h"

#include <math.h>

#include "ogive/random.h"

#define PROBLEM_PI 3.14159265358979323846
#define PROBLEM_REACH 0.8  // reals: targets keep a tenth of the range from either end, as in BBOB

// Coordinate i relative to the optimum's place.
static double problem_offset(const og_function* function, const double* x, int i) {
    return x[i] - function->target[i];
}

static og_outcome problem_finish(double value, double* y) {
    y[0] = value;
    y[1] = value;
    return OG_FEASIBLE;
}

static og_outcome problem_sphere(const og_function* function, const double* x, double* y,
                                 const char** reason) {
    (void)reason;
    double sum = 0;
    for (int i = 0; i < function->dimensions; i++) {
        const double z = problem_offset(function, x, i);
        sum += z * z;
    }
    return problem_finish(sum, y);
}

static og_outcome problem_rosenbrock(const og_function* function, const double* x, double* y,
                                     const char** reason) {
    (void)reason;
    double sum = 0;
    for (int i = 0; i + 1 < function->dimensions; i++) {
        const double z = problem_offset(function, x, i) + 1;
        const double next = problem_offset(function, x, i + 1) + 1;
        sum += 100 * (next - z * z) * (next - z * z) + (z - 1) * (z - 1);
    }
    return problem_finish(sum, y);
}

static og_outcome problem_rastrigin(const og_function* function, const double* x, double* y,
                                    const char** reason) {
    (void)reason;
    double sum = 0;
    for (int i = 0; i < function->dimensions; i++) {
        const double z = problem_offset(function, x, i);
        sum += z * z + 10 * (1 - cos(2 * PROBLEM_PI * z));
    }
    return problem_finish(sum, y);
}

static og_outcome problem_ackley(const og_function* function, const double* x, double* y,
                                 const char** reason) {
    (void)reason;
    double squares = 0;
    double waves = 0;
    for (int i = 0; i < function->dimensions; i++) {
        const double z = problem_offset(function, x, i);
        squares += z * z;
        waves += 1 - cos(2 * PROBLEM_PI * z);
    }
    // expm1 keeps the value exactly 0 at the optimum
    const double n = function->dimensions;
    const double bowl = -20 * expm1(-0.2 * sqrt(squares / n));
    return problem_finish(bowl - exp(1) * expm1(-waves / n), y);
}

// g - 1 of ZDT1 to ZDT3, also what that of ZDT6 is made from: 9 times the mean of the coordinates
// after the first.
static double problem_zdt_distance(const og_function* function, const double* x) {
    double sum = 0;
    for (int i = 1; i < function->dimensions; i++) {
        sum += x[i];
    }
    return 9 * sum / (function->dimensions - 1);
}

static og_outcome problem_zdt1(const og_function* function, const double* x, double* y,
                               const char** reason) {
    (void)reason;
    y[2] = problem_zdt_distance(function, x);
    const double g = 1 + y[2];
    y[0] = x[0];
    y[1] = g * (1 - sqrt(x[0] / g));
    return OG_FEASIBLE;
}

static og_outcome problem_zdt2(const og_function* function, const double* x, double* y,
                               const char** reason) {
    (void)reason;
    y[2] = problem_zdt_distance(function, x);
    const double g = 1 + y[2];
    y[0] = x[0];
    y[1] = g * (1 - (x[0] / g) * (x[0] / g));
    return OG_FEASIBLE;
}

static og_outcome problem_zdt3(const og_function* function, const double* x, double* y,
                               const char** reason) {
    (void)reason;
    y[2] = problem_zdt_distance(function, x);
    const double g = 1 + y[2];
    const double share = x[0] / g;
    y[0] = x[0];
    y[1] = g * (1 - sqrt(share) - share * sin(10 * PROBLEM_PI * x[0]));
    return OG_FEASIBLE;
}

// The second to last coordinates run over [-5, 5].
static og_outcome problem_zdt4(const og_function* function, const double* x, double* y,
                               const char** reason) {
    (void)reason;
    y[2] = 0;
    for (int i = 1; i < function->dimensions; i++) {
        const double z = 10 * x[i] - 5;
        y[2] += z * z + 10 * (1 - cos(4 * PROBLEM_PI * z));
    }
    const double g = 1 + y[2];
    y[0] = x[0];
    y[1] = g * (1 - sqrt(x[0] / g));
    return OG_FEASIBLE;
}

static og_outcome problem_zdt6(const og_function* function, const double* x, double* y,
                               const char** reason) {
    (void)reason;
    y[2] = 9 * pow(problem_zdt_distance(function, x) / 9, 0.25);
    const double g = 1 + y[2];
    y[0] = 1 - exp(-4 * x[0]) * pow(sin(6 * PROBLEM_PI * x[0]), 6);
    y[1] = g * (1 - (y[0] / g) * (y[0] / g));
    return OG_FEASIBLE;
}

static og_outcome problem_dtlz1(const og_function* function, const double* x, double* y,
                                const char** reason) {
    (void)reason;
    double g = 0;
    for (int i = 2; i < function->dimensions; i++) {
        const double z = x[i] - 0.5;
        g += 100 * (z * z + 1 - cos(20 * PROBLEM_PI * z));
    }
    y[0] = 0.5 * (1 + g) * x[0] * x[1];
    y[1] = 0.5 * (1 + g) * x[0] * (1 - x[1]);
    y[2] = 0.5 * (1 + g) * (1 - x[0]);
    y[3] = g;
    return OG_FEASIBLE;
}

static og_outcome problem_dtlz2(const og_function* function, const double* x, double* y,
                                const char** reason) {
    (void)reason;
    double g = 0;
    for (int i = 2; i < function->dimensions; i++) {
        g += (x[i] - 0.5) * (x[i] - 0.5);
    }
    const double first = x[0] * PROBLEM_PI / 2;
    const double second = x[1] * PROBLEM_PI / 2;
    y[0] = (1 + g) * cos(first) * cos(second);
    y[1] = (1 + g) * cos(first) * sin(second);
    y[2] = (1 + g) * sin(first);
    y[3] = g;
    return OG_FEASIBLE;
}

static og_outcome problem_dtlz7(const og_function* function, const double* x, double* y,
                                const char** reason) {
    (void)reason;
    double sum = 0;
    for (int i = 2; i < function->dimensions; i++) {
        sum += x[i];
    }
    y[3] = 9 * sum / (function->dimensions - 2);
    const double g = 1 + y[3];
    double height = 3;
    for (int i = 0; i < 2; i++) {
        y[i] = x[i];
        height -= x[i] / (1 + g) * (1 + sin(3 * PROBLEM_PI * x[i]));
    }
    y[2] = (1 + g) * height;
    return OG_FEASIBLE;
}

static og_outcome problem_all_infeasible(const og_function* function, const double* x, double* y,
                                         const char** reason) {
    (void)function, (void)x, (void)y;
    *reason = "every design of all_infeasible is infeasible";
    return OG_INFEASIBLE;
}

static og_outcome problem_one_value(const og_function* function, const double* x, double* y,
                                    const char** reason) {
    (void)function, (void)x, (void)reason;
    return problem_finish(0, y);
}

#define PROBLEM_BOX \
    .kind = OG_FUNCTION_LEVELLED, .low = -5, .high = 5, .shifted = true, .objectives = 1
#define PROBLEM_UNIT .kind = OG_FUNCTION_LEVELLED, .low = 0, .high = 1
#define PROBLEM_BITS                                                                   \
    .kind = OG_FUNCTION_BINARY, .low = 0, .high = 1, .shifted = true, .objectives = 1, \
    .least_dimensions = 1

const og_function_problem og_function_problems[OG_FUNCTION_PROBLEM_COUNT] = {
    {"sphere", PROBLEM_BOX, .least_dimensions = 1, .evaluate = problem_sphere},
    {"rosenbrock", PROBLEM_BOX, .least_dimensions = 2, .evaluate = problem_rosenbrock},
    {"rastrigin", PROBLEM_BOX, .least_dimensions = 1, .evaluate = problem_rastrigin},
    {"ackley", PROBLEM_BOX, .least_dimensions = 1, .evaluate = problem_ackley},
    {"onemax", PROBLEM_BITS, .evaluate = og_function_onemax},
    {"deceptive_trap", PROBLEM_BITS, .evaluate = og_function_trap},
    {"nk_landscape", PROBLEM_BITS, .prepare = og_function_nk_prepare, .evaluate = og_function_nk},
    {"knapsack", PROBLEM_BITS, .prepare = og_function_knapsack_prepare,
     .evaluate = og_function_knapsack},
    {"zdt1", PROBLEM_UNIT, .objectives = 2, .least_dimensions = 2, .evaluate = problem_zdt1},
    {"zdt2", PROBLEM_UNIT, .objectives = 2, .least_dimensions = 2, .evaluate = problem_zdt2},
    {"zdt3", PROBLEM_UNIT, .objectives = 2, .least_dimensions = 2, .evaluate = problem_zdt3},
    {"zdt4", PROBLEM_UNIT, .objectives = 2, .least_dimensions = 2, .evaluate = problem_zdt4},
    {"zdt6", PROBLEM_UNIT, .objectives = 2, .least_dimensions = 2, .evaluate = problem_zdt6},
    {"dtlz1", PROBLEM_UNIT, .objectives = 3, .least_dimensions = 3, .evaluate = problem_dtlz1},
    {"dtlz2", PROBLEM_UNIT, .objectives = 3, .least_dimensions = 3, .evaluate = problem_dtlz2},
    {"dtlz7", PROBLEM_UNIT, .objectives = 3, .least_dimensions = 3, .evaluate = problem_dtlz7},
    {"all_infeasible", PROBLEM_BOX, .least_dimensions = 1, .evaluate = problem_all_infeasible},
    {"one_value", .kind = OG_FUNCTION_SINGLE, .objectives = 1, .least_dimensions = 1,
     .evaluate = problem_one_value},
};

// `count` equally spaced values of a coordinate; one value is the middle.
static const double* problem_levels(og_arena* arena, const og_function_problem* problem,
                                    int count) {
    double* levels = OG_NEW(arena, double, count);
    for (int i = 0; i < count; i++) {
        levels[i] = count == 1 ? (problem->low + problem->high) / 2
                               : problem->low + (problem->high - problem->low) * i / (count - 1);
    }
    return levels;
}

// Where the optimum lies in one dimension.
static double problem_target(const og_function* function, og_random* random) {
    const og_function_problem* problem = function->problem;
    const bool chosen = function->seed > 0;
    if (problem->kind == OG_FUNCTION_BINARY) {
        return chosen ? (double)og_random_below(random, 2) : 1;
    }
    if (function->level_count > 0) {
        const uint64_t count = (uint64_t)function->level_count;
        return function->levels[chosen ? og_random_below(random, count) : (count - 1) / 2];
    }
    const double middle = (problem->low + problem->high) / 2;
    const double reach = PROBLEM_REACH * (problem->high - problem->low);
    return chosen ? middle + reach * (og_random_uniform(random) - 0.5) : middle;
}

void og_function_prepare(og_arena* arena, og_function* function, int levels) {
    const og_function_problem* problem = function->problem;
    if (problem->kind != OG_FUNCTION_BINARY) {
        function->level_count = problem->kind == OG_FUNCTION_SINGLE ? 1 : levels;
        function->levels = problem_levels(arena, problem, function->level_count);
    }
    function->target = OG_NEW(arena, double, function->dimensions);
    og_random random = og_random_make(function->seed, 1);
    for (int i = 0; i < function->dimensions && problem->shifted; i++) {
        function->target[i] = problem_target(function, &random);
    }
    if (problem->prepare != NULL) {
        problem->prepare(arena, function);
    }
}
