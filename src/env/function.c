// Analytic test problems with known optimum. Coordinates are shifted so that the optimum lies at a
// place chosen by the seed, always on the grid when the coordinates have levels (after BBOB: Hansen
// et al., Real-Parameter Black-Box Optimization Benchmarking 2009).

#include "env/function/problem.h"
#include "ogive/environment.h"
#include "ogive/text.h"

enum {
    FUNCTION_PROBLEM,
    FUNCTION_DIMENSIONS,
    FUNCTION_LEVELS,
    FUNCTION_SEED,
    FUNCTION_GROUPS,
    FUNCTION_INTERACTIONS,
    FUNCTION_CAPACITY,
};

// in the order of og_function_problems
static const char* const function_names[] = {
    "sphere",       "rosenbrock", "rastrigin", "ackley", "onemax",         "deceptive_trap",
    "nk_landscape", "knapsack",   "zdt1",      "zdt2",   "zdt3",           "zdt4",
    "zdt6",         "dtlz1",      "dtlz2",     "dtlz7",  "all_infeasible", "one_value",
};
_Static_assert(sizeof function_names / sizeof *function_names == OG_FUNCTION_PROBLEM_COUNT,
               "one name for each problem");

static const char* const function_capacity_names[] = {"constraint", "outcome", "metric"};

static const og_parameter function_options[] = {
    {OG_CHOICE_ROW("function", function_names, 0, "The problem, see its page for the formulas.")},
    {OG_INTEGER_ROW("dimensions", "", 1, 200, 10, "Parameters of the space.")},
    {OG_INTEGER_ROW("levels", "", 0, 1024, 21,
                    "Levels of each parameter, 0 for reals; problems over bits have none.")},
    {OG_INTEGER_ROW("seed", "", 0, 1000000, 1,
                    "Chooses the place of the optimum and the tables of nk_landscape and knapsack; "
                    "0 puts the optimum at its textbook place.")},
    {OG_INTEGER_ROW("groups", "", 0, 200, 0,
                    "Parts of equal size that the parameters belong to, 0 for a part of each.")},
    {OG_INTEGER_ROW("interactions", "", 0, 8, 2,
                    "K of nk_landscape: how many following bits a bit's contribution depends on.")},
    {OG_CHOICE_ROW("capacity", function_capacity_names, 0,
                   "Where knapsack has its limit: a constraint of the space, the outcome of the "
                   "evaluation, or only the metric excess.")},
};

enum { FUNCTION_OPTION_COUNT = sizeof function_options / sizeof *function_options };

#define FUNCTION_VALUE(name_, doc_) \
    { .name = name_, .unit = "", .doc = doc_, .better = -1 }
#define FUNCTION_REGRET FUNCTION_VALUE("regret", "Value above the known optimum, 0 at the optimum.")
#define FUNCTION_DISTANCE                                                         \
    FUNCTION_VALUE("distance",                                                    \
                   "Distance to the Pareto front in g of the problem's paper, 0 " \
                   "on the front.")

static const og_metric function_single[] = {
    FUNCTION_VALUE("value", "Value of the function."),
    FUNCTION_REGRET,
};
static const og_metric function_knapsack[] = {
    FUNCTION_VALUE("value", "Profit of the items left out."),
    FUNCTION_REGRET,
    {.name = "weight", .unit = "", .doc = "Weight of the items taken.", .better = 0},
    {.name = "excess",
     .unit = "",
     .doc = "Weight above the capacity, at most 0 when all fits.",
     .better = -1},
};
static const og_metric function_two[] = {
    FUNCTION_VALUE("value", "First objective."),
    FUNCTION_VALUE("value2", "Second objective."),
    FUNCTION_DISTANCE,
};
static const og_metric function_three[] = {
    FUNCTION_VALUE("value", "First objective."),
    FUNCTION_VALUE("value2", "Second objective."),
    FUNCTION_VALUE("value3", "Third objective."),
    FUNCTION_DISTANCE,
};

static void function_metrics(const og_function* function, og_model* model) {
    const int objectives = function->problem->objectives;
    if (function->weights != NULL) {
        model->metrics = function_knapsack;
        model->metric_count = 4;
    } else if (objectives == 1) {
        model->metrics = function_single;
        model->metric_count = 2;
    } else {
        model->metrics = objectives == 2 ? function_two : function_three;
        model->metric_count = objectives + 1;
    }
}

static og_status function_check(const og_settings* options, const og_function* function) {
    const char* name = function->problem->name;
    if (function->dimensions < function->problem->least_dimensions) {
        return og_fail(OG_ERROR_VALUE, "dimensions: %d is too few, %s needs at least %d",
                       function->dimensions, name, function->problem->least_dimensions);
    }
    if (options->given[FUNCTION_LEVELS] && function->problem->kind != OG_FUNCTION_LEVELLED) {
        return og_fail(OG_ERROR_VALUE, "levels: the parameters of %s have no levels to choose",
                       name);
    }
    if (options->values[FUNCTION_GROUPS] > function->dimensions) {
        return og_fail(OG_ERROR_VALUE, "groups: %g is out of range, allowed: 0 .. %d (dimensions)",
                       options->values[FUNCTION_GROUPS], function->dimensions);
    }
    if (function->problem->prepare == og_function_nk_prepare &&
        function->interactions >= function->dimensions) {
        return og_fail(OG_ERROR_VALUE,
                       "interactions: %d is out of range, allowed: 0 .. %d (dimensions - 1)",
                       function->interactions, function->dimensions - 1);
    }
    return OG_OK;
}

// One row for each dimension: a bit, a real, one of the levels, or a single value.
static void function_parameters(og_arena* arena, const og_settings* options,
                                const og_function* function, og_model* model) {
    const int count = function->dimensions;
    const int groups = (int)options->values[FUNCTION_GROUPS];
    og_parameter* rows = OG_NEW(arena, og_parameter, count);
    for (int i = 0; i < count; i++) {
        rows[i] = (og_parameter){
            .name = og_text_format(arena, "x%d", i + 1),
            .unit = "",
            .doc = og_text_format(arena, "Coordinate %d.", i + 1),
            .kind = OG_REAL,
            .minimum = function->problem->low,
            .maximum = function->problem->high,
            .initial = (function->problem->low + function->problem->high) / 2,
        };
        if (groups > 0) {
            rows[i].group = og_text_format(arena, "part%d", i * groups / count + 1);
        }
        if (function->problem->kind == OG_FUNCTION_BINARY) {
            rows[i].kind = OG_BOOLEAN;
            rows[i].initial = 0;
        } else if (function->level_count > 0) {
            rows[i].kind = OG_ORDINAL;
            rows[i].values = function->levels;
            rows[i].level_count = function->level_count;
            rows[i].initial = function->levels[(function->level_count - 1) / 2];
        }
    }
    model->space = (og_space_table){.parameters = rows, .count = count};
}

// "x1 * 3 + x2 * 5 ... <= 40"
static void function_constraint(og_arena* arena, const og_function* function, og_model* model) {
    og_buffer text = {.arena = arena};
    for (int i = 0; i < function->dimensions; i++) {
        og_buffer_print(&text, "%s%g * x%d", i > 0 ? " + " : "", function->weights[i], i + 1);
    }
    og_buffer_print(&text, " <= %g", function->capacity);
    const char** constraints = OG_NEW(arena, const char*, 1);
    constraints[0] = text.data;
    model->space.constraints = constraints;
    model->space.constraint_count = 1;
}

static void function_describe(og_arena* arena, const og_settings* options,
                              const og_function* function, og_model* model) {
    og_feature* features = OG_NEW(arena, og_feature, 2);
    features[0] = (og_feature){"dimensions", "", function->dimensions};
    features[1] = (og_feature){"levels", "", function->level_count};
    model->features = features;
    model->feature_count = 2;
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "function 1:");
    for (int i = 0; i < FUNCTION_OPTION_COUNT; i++) {
        og_buffer_print(&text, " %s=", function_options[i].name);
        og_parameter_print(&function_options[i], options->values[i], &text);
    }
    model->identity = text.data;
}

static og_status function_open(og_arena* arena, const og_settings* options, og_model* model) {
    const double* values = options->values;
    og_function* function = OG_NEW(arena, og_function, 1);
    *function = (og_function){
        .problem = &og_function_problems[(int)values[FUNCTION_PROBLEM]],
        .dimensions = (int)values[FUNCTION_DIMENSIONS],
        .interactions = (int)values[FUNCTION_INTERACTIONS],
        .seed = (uint64_t)values[FUNCTION_SEED],
        .limit = (og_function_limit)values[FUNCTION_CAPACITY],
    };
    OG_TRY(function_check(options, function));
    og_function_prepare(arena, function, (int)values[FUNCTION_LEVELS]);
    function_parameters(arena, options, function, model);
    if (function->weights != NULL && function->limit == OG_FUNCTION_LIMIT_CONSTRAINT) {
        function_constraint(arena, function, model);
    }
    function_metrics(function, model);
    function_describe(arena, options, function, model);
    model->data = function;
    return OG_OK;
}

static og_outcome function_evaluate(const void* data, const double* x, double* y, og_arena* scratch,
                                    const char** reason) {
    (void)scratch;
    const og_function* function = data;
    return function->problem->evaluate(function, x, y, reason);
}

const og_environment og_environment_function = {
    .name = "function",
    .doc =
        "Analytic test problems with known optimum, over bits, levels or reals, with one to three "
        "objectives. For trying agents out and for measuring them: an evaluation costs less than "
        "a microsecond, and the metric regret says how far a design is from the optimum.",
    .source =
        "De Jong 1975; Rosenbrock 1960; Muehlenbein, Schomisch and Born 1991; Ackley 1987; "
        "Deb and Goldberg 1993; Kauffman 1993; Pisinger 2005; Zitzler, Deb and Thiele 2000; "
        "Deb, Thiele, Laumanns and Zitzler 2002; Hansen et al. 2009",
    .options = function_options,
    .option_count = FUNCTION_OPTION_COUNT,
    .open = function_open,
    .evaluate = function_evaluate,
};
