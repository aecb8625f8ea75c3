#include "cli/proxy_table.h"

#include <math.h>

#include "cli/number.h"
#include "cli/table.h"

static const char* proxy_table_percent(og_arena* arena, double share) {
    return isnan(share) ? "-" : og_text_format(arena, "%.2f", 100 * share);
}

static const char* proxy_table_part(og_arena* arena, double value) {
    return isnan(value) ? "-" : og_text_format(arena, "%.4f", value);
}

// An error and its interval: ratios as percentages.
static const char* proxy_table_error(og_arena* arena, const og_proxy_error* error, bool ratio) {
    const double unit = ratio ? 100 : 1;
    return og_text_format(arena, "%s (%s .. %s)", og_number_text(arena, unit * error->value, ""),
                          og_number_text(arena, unit * error->low, ""),
                          og_number_text(arena, unit * error->high, ""));
}

static const char* proxy_table_coverage(og_arena* arena, const double* shares) {
    return og_text_format(arena, "%.0f/%.0f/%.0f", 100 * shares[0], 100 * shares[1],
                          100 * shares[2]);
}

static void proxy_table_metric(const og_proxy_learnt* learnt, int columns, bool color,
                               og_buffer* out) {
    og_arena* arena = out->arena;
    const char* unit = learnt->metric.unit;
    const og_proxy_candidate* chosen = &learnt->candidates[learnt->chosen];
    og_buffer_print(out, "\n%s%s%s%s: %s%s\n\n", og_text_printable(arena, learnt->metric.name),
                    unit[0] ? " (" : "", og_text_printable(arena, unit), unit[0] ? ")" : "",
                    og_proxy_model_names[chosen->model],
                    chosen->logarithm ? " of the logarithm" : "");
    og_table table =
        og_table_make(arena, 9,
                      (const char*[]){"", "model", "RMSE (95 %)", "of mean, %", "ratio, % (95 %)",
                                      "R2", "Spearman", "within 50/80/95 %", "calibrated"});
    for (int c = 0; c < learnt->candidate_count; c++) {
        const og_proxy_candidate* row = &learnt->candidates[c];
        og_table_add(
            &table,
            (const char*[]){
                c == learnt->chosen ? "*" : "",
                og_text_format(arena, "%s%s", og_proxy_model_names[row->model],
                               row->logarithm ? ", log" : ""),
                proxy_table_error(arena, &row->rmse, false),
                proxy_table_percent(arena, row->relative),
                isnan(row->ratio.value) ? "-" : proxy_table_error(arena, &row->ratio, true),
                proxy_table_part(arena, row->explained), proxy_table_part(arena, row->spearman),
                proxy_table_coverage(arena, row->raw),
                proxy_table_coverage(arena, row->calibrated)});
    }
    og_table_print(&table, 2, columns, color, out);
    og_buffer_print(out, "  Chosen by %s; without the luck of the choice: %s%s%s\n",
                    learnt->by_ratio ? "ratio" : "RMSE",
                    proxy_table_error(arena, &learnt->error, learnt->by_ratio),
                    learnt->by_ratio ? " %"
                    : unit[0]        ? " "
                                     : "",
                    learnt->by_ratio ? "" : og_text_printable(arena, unit));
}

static void proxy_table_feasibility(const og_proxy* proxy, og_buffer* out) {
    const og_proxy_feasibility* known = &proxy->feasibility;
    og_arena* arena = out->arena;
    const char* count = og_count_text(arena, known->infeasible, "design");
    if (known->infeasible == 0) {
        og_buffer_print(out,
                        "\nFeasibility: every design had metrics, so nothing is known of designs "
                        "that would have none.\n");
    } else if (isnan(known->skill)) {
        og_buffer_print(out,
                        "\nFeasibility: %s without metrics, of a kind that is too rare to learn "
                        "from: every design is predicted.\n",
                        count);
    } else {
        og_buffer_print(out,
                        "\nFeasibility: %s without metrics; skill %.2f, area under ROC %.3f: %s.\n",
                        count, known->skill, known->ranking,
                        known->known ? "designs that are likely to have no metrics are infeasible"
                                     : "too little to tell them, every design is predicted");
    }
}

void og_proxy_table_show(const og_proxy* proxy, int columns, bool color, og_buffer* out) {
    og_arena* arena = out->arena;
    og_buffer_print(out, "Proxy of %s, learnt from %s",
                    og_text_printable(arena, proxy->environment),
                    og_count_text(arena, proxy->designs, "design"));
    if (proxy->designs < proxy->distinct) {
        og_buffer_print(out, " drawn from %s", og_number_text(arena, (double)proxy->distinct, ""));
    }
    og_buffer_print(out, " (%s of %s; %s with metrics of their own).\n",
                    og_count_text(arena, proxy->trials, "trial"),
                    proxy->study_count == 1
                        ? "1 study"
                        : og_text_format(arena, "%d studies", proxy->study_count),
                    og_number_text(arena, (double)proxy->groups, ""));
    for (int m = 0; m < proxy->metric_count; m++) {
        proxy_table_metric(&proxy->metrics[m], columns, color, out);
    }
    proxy_table_feasibility(proxy, out);
}
