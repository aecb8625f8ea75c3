#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/number.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "ogive/clock.h"

static const double progress_line_seconds = 5;  // between lines when they are kept, as in a log

og_progress_line og_progress_line_start(bool quiet) {
    const double now = og_clock_seconds();
    return (og_progress_line){.quiet = quiet,
                              .terminal = isatty(STDERR_FILENO),
                              .printed = now,
                              .started = now,
                              .first = -1};
}

bool og_progress_line_due(const og_progress_line* line) {
    const double passed = og_clock_seconds() - line->printed;
    return !line->quiet && (line->terminal || passed >= progress_line_seconds);
}

void og_progress_line_show(og_progress_line* line, const char* text) {
    if (!og_progress_line_due(line)) {
        return;
    }
    line->printed = og_clock_seconds();
    if (!line->terminal) {
        fprintf(stderr, "%s\n", text);
        return;
    }
    const int room = og_terminal_columns(stderr) - 1;
    const int width = og_text_width(text) < room ? og_text_width(text) : room;
    fprintf(stderr, "\r%.*s%*s", room, text, line->width > width ? line->width - width : 0, "");
    line->width = width;
    fflush(stderr);
}

void og_progress_line_end(og_progress_line* line) {
    if (line->terminal && line->width > 0) {
        fprintf(stderr, "\r%*s\r", line->width, "");
        fflush(stderr);
    }
    line->width = 0;
}

static const char* progress_line_left(og_arena* arena, const og_progress* progress, double rate) {
    double left = -1;
    if (progress->budget > 0 && rate > 0) {
        left = (double)(progress->budget - progress->trials) / rate;
    }
    if (progress->budget_seconds > 0) {
        const double by_time = progress->budget_seconds - progress->seconds;
        left = left < 0 || by_time < left ? by_time : left;
    }
    return left <= 0 ? "" : og_text_format(arena, ", %s left", og_duration_text(arena, left));
}

void og_progress_line_study(void* context, const og_progress* progress) {
    og_progress_line* line = context;
    if (line->first < 0 || progress->replaying) {
        line->first = progress->trials;
        line->started = og_clock_seconds();
    }
    if (!og_progress_line_due(line)) {
        return;
    }
    og_arena* arena = og_arena_create();
    og_buffer text = {.arena = arena};
    const double seconds = og_clock_seconds() - line->started;
    const double rate = seconds > 0 ? (double)(progress->trials - line->first) / seconds : 0;
    og_buffer_print(&text, "%s: ", progress->study);
    og_number_print((double)progress->trials, &text);
    if (progress->budget > 0) {
        og_buffer_print(&text, " of ");
        og_number_print((double)progress->budget, &text);
    }
    if (progress->replaying) {
        og_buffer_print(&text, " trials, resuming");
    } else {
        og_buffer_print(&text, " trials, ");
        og_number_print(rate, &text);
        og_buffer_print(&text, "/s");
    }
    if (progress->best) {
        og_buffer_print(&text, ", best %s ", progress->objective);
        og_number_print(progress->objective_value, &text);
        og_buffer_print(&text, "%s", progress->best->violation > 0 ? " (breaks a constraint)" : "");
    }
    og_buffer_print(&text, "%s", progress_line_left(arena, progress, rate));
    og_progress_line_show(line, text.data);
    og_arena_destroy(arena);
}
