/// Environment @NAME@: a toy model of a router with a queue. Put your own model in its place; every
/// part says what it is for.
///
/// Build: `make`. Look at it: `ogive describe plugin --option file=./@NAME@.so`. Test: `./test.sh`.
#include <ogive/plugin.h>
#include <ogive/text.h>

/// The parameters of a design: evaluate() gets their values in this order, as numbers. A choice is
/// the number of its name.
enum { @NAME@_LANES, @NAME@_DEPTH, @NAME@_POLICY, @NAME@_PARAMETERS };

static const char* const @NAME@_policies[] = {"fifo", "priority"};

static const og_parameter @NAME@_parameters[@NAME@_PARAMETERS] = {
    {OG_POWER_ROW("lanes", "", 1, 16, 4, "Lanes that work side by side.")},
    {OG_INTEGER_ROW("depth", "", 1, 64, 8, "Entries of a lane's queue.")},
    {OG_CHOICE_ROW("policy", @NAME@_policies, 0, "Who is served next.")},
};

/// What is known before evaluating: designs that break these are never evaluated.
static const char* const @NAME@_constraints[] = {"lanes * depth <= 512"};

/// What an evaluation tells. `better`: -1 smaller, +1 larger, 0 just information.
enum { @NAME@_LATENCY, @NAME@_AREA, @NAME@_METRICS };

static const og_metric @NAME@_metrics[@NAME@_METRICS] = {
    {.name = "latency_ns", .unit = "ns", .doc = "Mean time in the router.", .better = -1},
    {.name = "area_um2", .unit = "um^2", .doc = "Area.", .better = -1},
};

/// What stays the same during a study: `--option options=load=80`.
enum { @NAME@_LOAD, @NAME@_OPTIONS };

static const og_parameter @NAME@_options[@NAME@_OPTIONS] = {
    {OG_INTEGER_ROW("load", "%", 1, 100, 50, "Load of the network.")},
};

/// The opened model: what evaluate() needs to know. Nobody writes to it after open().
typedef struct @NAME@_model {
    double load;  // of 1
} @NAME@_model;

/// Read options and files, build the model. Memory comes from `arena` and lives as long as the
/// model. What is wrong is reported by og_fail(OG_ERROR_VALUE, "what, and what is allowed").
static og_status @NAME@_open(og_arena* arena, const og_settings* options, og_model* model) {
    @NAME@_model* data = OG_NEW(arena, @NAME@_model, 1);
    data->load = options->values[@NAME@_LOAD] / 100;
    model->data = data;
    model->space = (og_space_table){
        .parameters = @NAME@_parameters,
        .count = @NAME@_PARAMETERS,
        .constraints = @NAME@_constraints,
        .constraint_count = sizeof @NAME@_constraints / sizeof *@NAME@_constraints,
    };
    model->metrics = @NAME@_metrics;
    model->metric_count = @NAME@_METRICS;
    // equal for models that give equal numbers: name what changes them, and raise the version
    model->identity = og_text_format(arena, "@NAME@ 1: load=%g", data->load);
    return OG_OK;
}

/// The metrics `y` of design `x`. Called from any thread, so it depends on `data` and `x` alone.
/// Memory that is not needed afterwards, the text of a reason too, comes from `scratch`.
static og_outcome @NAME@_evaluate(const void* data, const double* x, double* y, og_arena* scratch,
                                  const char** reason) {
    const @NAME@_model* model = data;
    const double lanes = x[@NAME@_LANES];
    const double depth = x[@NAME@_DEPTH];
    if (depth < lanes) {
        *reason = og_text_format(scratch, "%g lanes need queues of %g entries", lanes, lanes);
        return OG_INFEASIBLE;
    }
    const bool priority = x[@NAME@_POLICY] > 0;
    y[@NAME@_LATENCY] = 10 + 128 * model->load / lanes + 32 / depth + (priority ? 0 : 2);
    y[@NAME@_AREA] = 100 * lanes + 12 * lanes * depth + (priority ? 300 : 0);
    return OG_FEASIBLE;
}

static const og_environment @NAME@_environment = {
    .name = "@NAME@",
    .doc = "A toy model of a router with a queue.",
    .source = "made up",
    .options = @NAME@_options,
    .option_count = @NAME@_OPTIONS,
    .open = @NAME@_open,
    .evaluate = @NAME@_evaluate,
};

OG_PLUGIN(@NAME@_environment);
