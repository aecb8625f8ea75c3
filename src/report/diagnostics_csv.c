#include "ogive/report.h"
#include "report/csv.h"

void og_report_diagnostics_csv(const og_recorded_diagnostic* list, int64_t count, og_buffer* out) {
    og_buffer_print(out, "trials,name,part,value\n");
    for (int64_t i = 0; i < count; i++) {
        og_buffer_print(out, "%lld,", (long long)list[i].trials);
        og_csv_cell(list[i].name, out);
        og_buffer_add(out, ",", 1);
        og_csv_cell(list[i].part, out);
        og_buffer_add(out, ",", 1);
        og_csv_number(list[i].value, out);
        og_buffer_add(out, "\n", 1);
    }
}
