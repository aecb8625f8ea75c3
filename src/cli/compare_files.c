#include "cli/compare_files.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/number.h"
#include "cli/progress.h"
#include "ogive/file.h"
#include "ogive/report.h"

og_status og_directory_make(const char* directory) {
    struct stat info;
    if (mkdir(directory, 0777) == 0 ||
        (errno == EEXIST && stat(directory, &info) == 0 && S_ISDIR(info.st_mode))) {
        return OG_OK;
    }
    return og_fail(OG_ERROR_FILE, "%s: cannot make the folder: %s", directory,
                   errno == EEXIST ? "a file of this name exists" : strerror(errno));
}

static og_status compare_files_write(og_arena* arena, const char* directory, const char* name,
                                     const og_buffer* text) {
    return og_file_write(og_text_format(arena, "%s/%s", directory, name), text->data, text->length);
}

// A label as part of a file's name; what had to be changed gets the number of the environment.
static const char* compare_files_name(og_arena* arena, const char* label, int number) {
    char* name = og_text_copy(arena, label, strlen(label));
    bool changed = false;
    for (char* c = name; *c; c++) {
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c)) {
            *c = '_';
            changed = true;
        }
    }
    return changed ? og_text_format(arena, "convergence-%s-%d.svg", name, number)
                   : og_text_format(arena, "convergence-%s.svg", name);
}

og_status og_compare_write(og_arena* arena, const og_compare_result* result,
                           const char* directory) {
    static const struct {
        const char* name;
        void (*print)(const og_compare_result* result, og_buffer* out);
    } tables[] = {{"results.csv", og_report_compare_csv},
                  {"summary.csv", og_report_compare_summary_csv},
                  {"overall.csv", og_report_compare_overall_csv},
                  {"timing.csv", og_report_compare_timing_csv}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        og_buffer text = {.arena = arena};
        tables[i].print(result, &text);
        OG_TRY(compare_files_write(arena, directory, tables[i].name, &text));
    }
    for (int e = 0; e < result->plan->environment_count; e++) {
        og_buffer picture = {.arena = arena};
        og_report_compare_progress_svg(arena, result, e, &picture);
        const char* name = compare_files_name(arena, result->tables[e].label, e + 1);
        OG_TRY(compare_files_write(arena, directory, name, &picture));
    }
    og_buffer overall = {.arena = arena};
    og_report_compare_overall_svg(arena, result, &overall);
    OG_TRY(compare_files_write(arena, directory, "overall.svg", &overall));
    if (!result->mean_ranks) {
        return OG_OK;
    }
    og_buffer picture = {.arena = arena};
    og_report_compare_ranks_svg(arena, result, &picture);
    return compare_files_write(arena, directory, "ranks.svg", &picture);
}

void og_compare_show(void* context, const og_compare_progress* progress) {
    og_progress_line* line = context;
    if (!og_progress_line_due(line)) {
        return;
    }
    og_arena* arena = og_arena_create();
    og_buffer text = {.arena = arena};
    og_number_print((double)progress->runs_done, &text);
    og_buffer_print(&text, " of ");
    og_number_print((double)progress->runs, &text);
    og_buffer_print(&text, " runs, ");
    og_number_print(100.0 * (double)progress->evaluations / (double)progress->evaluations_all,
                    &text);
    og_buffer_print(&text, " %% of evaluations, now %s", progress->doing);
    og_progress_line_show(line, text.data);
    og_arena_destroy(arena);
}
