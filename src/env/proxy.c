// A cost model learnt from a record, as an environment with the same space and metrics.

#include "ogive/proxy.h"

#include <math.h>
#include <string.h>

#include "ogive/environment.h"
#include "ogive/text.h"

enum { PROXY_FILE, PROXY_UNCERTAINTY, PROXY_OPTIMISM };

static const og_parameter proxy_options[] = {
    {OG_TEXT_ROW("file", NULL, "What `ogive proxy fit` wrote.")},
    {OG_BOOLEAN_ROW("uncertainty", 1,
                    "A metric NAME_uncertainty beside each metric; without them some models are "
                    "many times faster.")},
    {OG_REAL_ROW("optimism", "", 0, 10, 0,
                 "Uncertainties by which each metric is taken to be better than predicted (lower "
                 "or upper confidence bound), so that a search looks where little is known.")},
};

enum { PROXY_OPTION_COUNT = sizeof proxy_options / sizeof *proxy_options };

typedef struct proxy_data {
    const og_proxy* proxy;
    bool uncertainty;  // metrics of their own
    double optimism;
} proxy_data;

static void proxy_describe_metrics(og_arena* arena, const proxy_data* data, og_model* model) {
    const og_proxy* proxy = data->proxy;
    const int count = proxy->metric_count;
    og_metric* metrics = OG_NEW(arena, og_metric, 2 * count);
    for (int m = 0; m < count; m++) {
        const og_proxy_metric* from = &proxy->metrics[m].metric;
        metrics[m] = (og_metric){
            .name = from->name, .unit = from->unit, .doc = from->doc, .better = from->better};
        metrics[count + m] = (og_metric){
            .name = og_text_format(arena, "%s_uncertainty", from->name),
            .unit = from->unit,
            .doc = og_text_format(arena, "One standard deviation of what %s may differ by.",
                                  from->name),
        };
    }
    model->metrics = metrics;
    model->metric_count = data->uncertainty ? 2 * count : count;
}

// `latency` and `latency_uncertainty` cannot both be metrics with uncertainties of their own.
static og_status proxy_check_names(const og_model* model) {
    for (int i = 0; i < model->metric_count; i++) {
        const char* name = model->metrics[i].name;
        for (int k = 0; k < i; k++) {
            if (strcmp(model->metrics[k].name, name) == 0) {
                return og_fail(OG_ERROR_VALUE, "two metrics are named %s, uncertainty=false helps",
                               name);
            }
        }
        for (int k = 0; k < model->space.count; k++) {
            if (strcmp(model->space.parameters[k].name, name) == 0) {
                return og_fail(OG_ERROR_VALUE,
                               "a parameter and a metric are named %s, uncertainty=false helps",
                               name);
            }
        }
    }
    return OG_OK;
}

static og_status proxy_open(og_arena* arena, const og_settings* options, og_model* model) {
    proxy_data* data = OG_NEW(arena, proxy_data, 1);
    uint64_t hash = 0;
    OG_TRY(og_proxy_load(arena, options->texts[PROXY_FILE], &data->proxy, &hash));
    data->uncertainty = options->values[PROXY_UNCERTAINTY] > 0;
    data->optimism = options->values[PROXY_OPTIMISM];
    model->data = data;
    model->space = data->proxy->table;
    proxy_describe_metrics(arena, data, model);
    char optimism[32];
    model->identity =
        og_text_format(arena, "proxy 1: content=%016llx uncertainty=%d optimism=%s of %s",
                       (unsigned long long)hash, data->uncertainty,
                       og_text_real(data->optimism, optimism), data->proxy->environment);
    return proxy_check_names(model);
}

static og_outcome proxy_evaluate(const void* opened, const double* x, double* y, og_arena* scratch,
                                 const char** reason) {
    const proxy_data* data = opened;
    const og_proxy* proxy = data->proxy;
    const double chance = og_proxy_feasible(proxy, scratch, x);
    if (chance < 0.5) {
        *reason = og_text_format(scratch, "metrics are expected with probability %.2f", chance);
        return OG_INFEASIBLE;
    }
    if (!data->uncertainty && !(data->optimism > 0)) {
        og_proxy_predict(proxy, scratch, x, y, NULL);
        return OG_FEASIBLE;
    }
    double* unsure =
        data->uncertainty ? y + proxy->metric_count : OG_NEW(scratch, double, proxy->metric_count);
    og_proxy_predict(proxy, scratch, x, y, unsure);
    for (int m = 0; m < proxy->metric_count; m++) {
        y[m] += proxy->metrics[m].metric.better * data->optimism * unsure[m];
    }
    return OG_FEASIBLE;
}

const og_environment og_environment_proxy = {
    .name = "proxy",
    .doc =
        "What a cost model predicts that was learnt from evaluated designs: the space and the "
        "metrics of the environment that they were evaluated in, in microseconds. For searches "
        "that a slow simulator does not allow, whose best designs are then simulated.",
    .source = "the record it was learnt from; docs/proxy.md tells how and how well",
    .options = proxy_options,
    .option_count = PROXY_OPTION_COUNT,
    .open = proxy_open,
    .evaluate = proxy_evaluate,
};
