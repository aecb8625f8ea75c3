#include "cli/watch_view.h"

#include <math.h>
#include <string.h>

#include "cli/number.h"
#include "cli/result.h"
#include "cli/table.h"
#include "ogive/clock.h"

enum {
    WATCH_VIEW_FRONT_ROWS = 8,
    WATCH_VIEW_FRONT_COLUMNS = 48,
    WATCH_VIEW_METER = 32,  // most columns of a bar or a course
    WATCH_VIEW_HEAD = 2,
};

static const double watch_view_quiet = 30;  // seconds without news that are worth saying

static const char watch_view_bold[] = "\033[1m";
static const char watch_view_faint[] = "\033[2m";
static const char watch_view_green[] = "\033[32m";
static const char watch_view_yellow[] = "\033[33m";
static const char watch_view_reset[] = "\033[0m";

static void watch_view_style(const og_watch_screen* screen, const char* escape, og_buffer* out) {
    if (screen->color) {
        og_buffer_add(out, escape, strlen(escape));
    }
}

static const char* watch_view_objective(og_arena* arena, const og_watch_objective* objective) {
    const char* change =
        isfinite(objective->reference) && isfinite(objective->best)
            ? og_text_format(arena, " (%s)",
                             og_change_text(arena, objective->reference, objective->best))
            : "";
    return og_text_format(arena, "%s %s%s", objective->name,
                          og_number_text(arena, objective->best, objective->unit), change);
}

// all objectives at the best design
static const char* watch_view_best(og_arena* arena, const og_watch_study* study) {
    if (study->best < 0) {
        return "no design meets the constraints yet";
    }
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "best ");
    for (int k = 0; k < study->objective_count; k++) {
        og_buffer_print(&text, "%s%s", k ? ", " : "",
                        watch_view_objective(arena, &study->objectives[k]));
    }
    og_buffer_print(&text, " at %s", og_number_text(arena, (double)(study->best + 1), ""));
    return text.data;
}

static const char* watch_view_state(og_arena* arena, const og_watch_study* study) {
    if (study->record.stop != OG_STOP_NONE) {
        return og_text_format(arena, "ended: %s", og_stop_text(study->record.stop));
    }
    const double quiet = og_clock_seconds() - study->changed;
    return quiet < watch_view_quiet
               ? "running"
               : og_text_format(arena, "no news for %s", og_duration_text(arena, quiet));
}

static const char* watch_view_count(og_arena* arena, const og_watch_study* study) {
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "%s", og_number_text(arena, (double)study->seen, ""));
    if (study->budget > 0) {
        og_buffer_print(&text, " of %s", og_number_text(arena, (double)study->budget, ""));
    }
    og_buffer_print(&text, " trials");
    const double share = og_watch_study_share(study);
    if (isfinite(share)) {
        og_buffer_print(&text, " (%.0f %%)", floor(100 * share));
    }
    return text.data;
}

static const char* watch_view_speed(og_arena* arena, const og_watch_study* study) {
    og_buffer text = {.arena = arena};
    og_buffer_add(&text, "", 0);
    const double rate = og_watch_study_rate(study);
    if (isfinite(rate)) {
        og_buffer_print(&text, ", %s/s", og_number_text(arena, rate, ""));
    }
    const double left = og_watch_study_left(study);
    if (study->record.stop == OG_STOP_NONE && isfinite(left)) {
        og_buffer_print(&text, ", %s left", og_duration_text(arena, left));
    } else if (study->record.stop != OG_STOP_NONE) {
        og_buffer_print(&text, ", took %s", og_duration_text(arena, study->elapsed));
    }
    return text.data;
}

static const char* watch_view_outcomes(og_arena* arena, const og_watch_study* study) {
    return og_text_format(
        arena, "%s accepted, %s broke a constraint, %s infeasible, %s failed; %s repeated",
        og_number_text(arena, (double)study->accepted, ""),
        og_number_text(arena, (double)study->broken, ""),
        og_number_text(arena, (double)study->infeasible, ""),
        og_number_text(arena, (double)study->failed, ""),
        og_number_text(arena, (double)study->repeats, ""));
}

void og_watch_line(const og_watch_study* study, og_buffer* out) {
    og_arena* arena = out->arena;
    og_buffer_print(out, "%s: %s%s, %s, %s, %s\n", og_text_printable(arena, study->record.name),
                    watch_view_count(arena, study), watch_view_speed(arena, study),
                    watch_view_best(arena, study), watch_view_outcomes(arena, study),
                    watch_view_state(arena, study));
}

// columns of bars and courses
static int watch_view_meter(const og_watch_screen* screen) {
    const int quarter = screen->columns / 4;
    return quarter < 8 ? 8 : quarter > WATCH_VIEW_METER ? WATCH_VIEW_METER : quarter;
}

static void watch_view_bar(const og_watch_screen* screen, double share, og_buffer* out) {
    const int width = watch_view_meter(screen) - 2;
    const int full = isfinite(share) ? (int)(share * width) : 0;
    og_buffer_print(out, "[");
    watch_view_style(screen, watch_view_green, out);
    for (int i = 0; i < width; i++) {
        if (i == full) {
            watch_view_style(screen, watch_view_reset, out);
            watch_view_style(screen, watch_view_faint, out);
        }
        og_buffer_print(out, "%s",
                        i < full ? (screen->unicode ? "\xE2\x96\x88" : "#")
                                 : (screen->unicode ? "\xE2\x96\x91" : "."));
    }
    watch_view_style(screen, watch_view_reset, out);
    og_buffer_print(out, "]");
}

// best so far at trial `trial`, NaN before there was one
static double watch_view_value_at(const og_watch_study* study, int64_t trial) {
    int at = -1;
    while (at + 1 < study->step_count && study->steps[at + 1] <= trial) {
        at++;
    }
    return at >= 0 ? study->values[at] : NAN;
}

static void watch_view_spark(const og_watch_screen* screen, const og_watch_study* study,
                             og_buffer* out) {
    static const char* const blocks[] = {"\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83",
                                         "\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86",
                                         "\xE2\x96\x87", "\xE2\x96\x88"};
    static const char* const letters[] = {"_", ".", "-", "=", "+", "*", "%", "#"};
    double low = INFINITY;
    double high = -INFINITY;
    for (int i = 0; i < study->step_count; i++) {
        low = fmin(low, study->values[i]);
        high = fmax(high, study->values[i]);
    }
    const int width = watch_view_meter(screen);
    for (int i = 0; i < width; i++) {
        const int64_t trial = (study->seen - 1) * i / (width - 1);
        const double value = watch_view_value_at(study, trial);
        const int level = high > low ? (int)fmin((value - low) / (high - low) * 8, 7) : 0;
        og_buffer_print(out, "%s",
                        isnan(value)      ? " "
                        : screen->unicode ? blocks[level]
                                          : letters[level]);
    }
}

// place of a value on `count` cells
static int watch_view_cell(double value, double low, double high, int count) {
    const int cell = high > low ? (int)((value - low) / (high - low) * count) : 0;
    return cell < 0 ? 0 : cell >= count ? count - 1 : cell;
}

static void watch_view_range(const og_watch_study* study, int axis, double* low, double* high) {
    *low = INFINITY;
    *high = -INFINITY;
    const bool negated = study->objectives[axis].sense == OG_MAXIMIZE;
    for (int i = 0; i < study->point_count; i++) {
        *low = fmin(*low, study->points[2 * i + axis]);
        *high = fmax(*high, study->points[2 * i + axis]);
    }
    for (int i = 0; i < study->front_count; i++) {
        const double value = study->front[2 * i + axis];
        *low = fmin(*low, negated ? -value : value);
        *high = fmax(*high, negated ? -value : value);
    }
}

// a field of cells: 0 = empty, 1 = designs, 2 = of the front; the second objective upwards
static void watch_view_fill(const og_watch_study* study, const double* low, const double* high,
                            int width,
                            char cells[WATCH_VIEW_FRONT_ROWS][WATCH_VIEW_FRONT_COLUMNS]) {
    for (int i = 0; i < study->point_count + study->front_count; i++) {
        const bool front = i >= study->point_count;
        double point[2];
        for (int axis = 0; axis < 2; axis++) {
            const double value = front ? study->front[2 * (i - study->point_count) + axis]
                                       : study->points[2 * i + axis];
            point[axis] = front && study->objectives[axis].sense == OG_MAXIMIZE ? -value : value;
        }
        const int column = watch_view_cell(point[0], low[0], high[0], width);
        const int row = watch_view_cell(point[1], low[1], high[1], WATCH_VIEW_FRONT_ROWS);
        char* cell = &cells[WATCH_VIEW_FRONT_ROWS - 1 - row][column];
        *cell = front ? 2 : *cell ? *cell : 1;
    }
}

static void watch_view_front(const og_watch_screen* screen, const og_watch_study* study,
                             og_buffer* out) {
    og_arena* arena = out->arena;
    char cells[WATCH_VIEW_FRONT_ROWS][WATCH_VIEW_FRONT_COLUMNS] = {{0}};
    double low[2];
    double high[2];
    for (int axis = 0; axis < 2; axis++) {
        watch_view_range(study, axis, &low[axis], &high[axis]);
    }
    const int room = screen->columns - 46;
    const int width = room < 16                         ? 16
                      : room > WATCH_VIEW_FRONT_COLUMNS ? WATCH_VIEW_FRONT_COLUMNS
                                                        : room;
    watch_view_fill(study, low, high, width, cells);
    for (int row = 0; row < WATCH_VIEW_FRONT_ROWS; row++) {
        const bool edge = row == 0 || row == WATCH_VIEW_FRONT_ROWS - 1;
        const char* label = edge ? og_number_text(arena, row == 0 ? high[1] : low[1], "") : "";
        og_buffer_print(out, "  %12s %s", label, screen->unicode ? "\xE2\x94\x82" : "|");
        for (int column = 0; column < width; column++) {
            const char cell = cells[row][column];
            watch_view_style(screen, cell == 2 ? watch_view_yellow : "", out);
            og_buffer_print(out, "%s",
                            cell == 0   ? " "
                            : cell == 1 ? (screen->unicode ? "\xC2\xB7" : ".")
                                        : (screen->unicode ? "\xE2\x97\x8F" : "o"));
            watch_view_style(screen, cell == 2 ? watch_view_reset : "", out);
        }
        if (row == 0) {
            og_buffer_print(out, " up: %s", study->objectives[1].name);
        } else if (row == 1) {
            og_buffer_print(out, " across: %s", study->objectives[0].name);
        } else if (row == 2) {
            og_buffer_print(out, " front of %s",
                            og_count_text(arena, study->front_count, "design"));
        }
        og_buffer_print(out, "\n");
    }
    const char* end = og_number_text(arena, high[0], "");
    og_buffer_print(out, "  %12s  %-*s%s\n", "", width - og_text_width(end),
                    og_number_text(arena, low[0], ""), end);
}

static void watch_view_full(const og_watch_screen* screen, const og_watch_study* study, bool front,
                            og_buffer* out) {
    og_arena* arena = out->arena;
    watch_view_style(screen, watch_view_bold, out);
    og_buffer_print(out, "%s", og_text_printable(arena, study->record.name));
    watch_view_style(screen, watch_view_reset, out);
    og_buffer_print(out, "  %s, %s, seed %llu: %s\n",
                    og_text_printable(arena, study->record.environment),
                    og_text_printable(arena, study->record.agent),
                    (unsigned long long)study->record.seed, watch_view_state(arena, study));
    og_buffer_print(out, "  ");
    watch_view_bar(screen, og_watch_study_share(study), out);
    const int indent = watch_view_meter(screen) + 3;
    og_buffer_print(out, " ");
    og_text_wrap(og_text_format(arena, "%s%s", watch_view_count(arena, study),
                                watch_view_speed(arena, study)),
                 indent, screen->columns, out);
    og_buffer_print(out, "\n  ");
    watch_view_spark(screen, study, out);
    og_buffer_print(out, " ");
    og_text_wrap(watch_view_best(arena, study), indent, screen->columns, out);
    og_buffer_print(out, "\n  ");
    og_text_wrap(watch_view_outcomes(arena, study), 2, screen->columns, out);
    og_buffer_print(out, "\n");
    if (front && study->record.objective_count == 2 && study->front_count > 0) {
        watch_view_front(screen, study, out);
    }
}

// how much of each study is shown
typedef enum watch_view_size {
    WATCH_VIEW_LINE,
    WATCH_VIEW_FULL,
    WATCH_VIEW_WITH_FRONT,
} watch_view_size;

static int watch_view_lines(const char* text) {
    int lines = 0;
    for (const char* c = text; *c; c++) {
        lines += *c == '\n';
    }
    return lines;
}

// the running ones first where not all fit
static void watch_view_short(const og_watch_screen* screen, og_watch_study* const* studies,
                             int count, og_buffer* out) {
    const int room = screen->rows > 0 ? screen->rows - WATCH_VIEW_HEAD - 3 : count;
    int shown = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < count && shown < room; i++) {
            const bool running = studies[i]->record.stop == OG_STOP_NONE;
            if (running == (pass == 0)) {
                og_watch_line(studies[i], out);
                shown++;
            }
        }
    }
    if (shown < count) {
        og_buffer_print(out, "and %d more\n", count - shown);
    }
}

// `text` with each line cut to `columns`; escapes take no room
static void watch_view_cut(const char* text, int columns, bool color, og_buffer* out) {
    int column = 0;
    for (const char* c = text; *c;) {
        size_t length = 1;
        if (*c == '\033') {
            length = strcspn(c, "m") + 1;
            og_buffer_add(out, c, length);
        } else if (*c == '\n') {
            if (column >= columns && color) {
                og_buffer_add(out, watch_view_reset, strlen(watch_view_reset));
            }
            og_buffer_add(out, "\n", 1);
            column = 0;
        } else {
            while (((unsigned char)c[length] & 0xC0) == 0x80) {
                length++;
            }
            if (column++ < columns) {
                og_buffer_add(out, c, length);
            }
        }
        c += length;
    }
}

static void watch_view_body(const og_watch_screen* screen, og_watch_study* const* studies,
                            int count, watch_view_size size, og_buffer* out) {
    if (size == WATCH_VIEW_LINE) {
        watch_view_short(screen, studies, count, out);
        return;
    }
    for (int i = 0; i < count; i++) {
        watch_view_full(screen, studies[i], size == WATCH_VIEW_WITH_FRONT, out);
        og_buffer_add(out, "\n", i + 1 < count ? 1 : 0);
    }
}

void og_watch_view(const og_watch_screen* screen, const char* heading, const char* note,
                   og_watch_study* const* studies, int count, og_buffer* out) {
    int running = 0;
    for (int i = 0; i < count; i++) {
        running += studies[i]->record.stop == OG_STOP_NONE;
    }
    og_buffer head = {.arena = out->arena};
    og_buffer_print(&head, "%s: %s, %d running%s%s\n\n", heading,
                    count == 1 ? "1 study" : og_text_format(out->arena, "%d studies", count),
                    running, note[0] ? "; waiting: " : "", note);
    og_buffer body = {.arena = out->arena};
    for (int size = WATCH_VIEW_WITH_FRONT; size >= WATCH_VIEW_LINE; size--) {
        body = (og_buffer){.arena = out->arena};
        og_buffer_add(&body, "", 0);
        watch_view_body(screen, studies, count, (watch_view_size)size, &body);
        if (screen->rows <= 0 || watch_view_lines(body.data) + WATCH_VIEW_HEAD < screen->rows) {
            break;
        }
    }
    watch_view_cut(head.data, screen->columns, screen->color, out);
    watch_view_cut(body.data, screen->columns, screen->color, out);
}
