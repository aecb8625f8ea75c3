// `ogive watch`: looks at a store again and again, and shows how its studies fare.

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/terminal.h"
#include "cli/watch_view.h"

static const double watch_interval_drawn = 0.5;  // seconds between looks, on a terminal
static const double watch_interval_lines = 5;    // and in a log

// one run of the command
typedef struct watch_job {
    const og_call* call;
    og_watch_study** studies;  // list: [count], in the arena of the call
    int count;
    int capacity;
    char note_text[256];  // why nothing new can be read, "" = all is well
    bool missing;         // a study that was named is not there yet
    bool drawn;           // on the terminal, in place
    bool raw;             // the terminal's settings were changed
    struct termios before;
} watch_job;

static volatile sig_atomic_t watch_ended;
static volatile sig_atomic_t watch_paused;

static void watch_handle(int signal_number) {
    if (signal_number == SIGTSTP) {
        watch_paused = 1;
    } else if (signal_number != SIGWINCH) {
        watch_ended = 1;
    }
}

// without SA_RESTART: a signal ends the wait
static void watch_catch(bool drawn) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH};
    struct sigaction action = {.sa_handler = watch_handle};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (drawn || signals[i] == SIGINT || signals[i] == SIGTERM) {
            sigaction(signals[i], &action, NULL);
        }
    }
}

static void watch_write(const char* text) {
    fputs(text, stdout);
    fflush(stdout);
}

// the alternate screen without cursor, and keys that come at once and are not shown
static void watch_enter(watch_job* job) {
    if (!job->drawn) {
        return;
    }
    job->raw = isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp() &&
               tcgetattr(STDIN_FILENO, &job->before) == 0;
    if (job->raw) {
        struct termios raw = job->before;
        raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    watch_write("\033[?1049h\033[?25l");
}

static void watch_leave(const watch_job* job) {
    if (!job->drawn) {
        return;
    }
    watch_write("\033[?25h\033[?1049l");
    if (job->raw) {
        tcsetattr(STDIN_FILENO, TCSANOW, &job->before);
    }
}

static bool watch_is_unicode(void) {
    static const char* const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char* value = getenv(names[i]);
        if (value && value[0]) {
            return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "UTF8") ||
                   strstr(value, "utf-8");
        }
    }
    return false;
}

static og_watch_screen watch_screen(bool in_place) {
    struct winsize size = {0};
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    const char* columns = getenv("COLUMNS");
    int64_t said = 0;
    const bool valid = columns && og_text_integer(columns, &said) && said >= 20 && said <= 10000;
    return (og_watch_screen){.columns = valid                      ? (int)said
                                        : known && size.ws_col > 0 ? size.ws_col
                                                                   : 80,
                             .rows = in_place && known ? size.ws_row : 0,
                             .color = og_terminal_color(stdout),
                             .unicode = watch_is_unicode()};
}

// the place of a study in the list, made when it is new
static og_watch_study** watch_find(watch_job* job, const og_study_record* record) {
    for (int i = 0; i < job->count; i++) {
        og_watch_study** place = &job->studies[i];
        if (strcmp((*place)->record.name, record->name) == 0) {
            // one that was removed and made again starts anew
            if (!og_watch_study_is(*place, record)) {
                og_watch_study_end(*place);
                *place = og_watch_study_make();
            }
            return place;
        }
    }
    if (job->count == job->capacity) {
        const int capacity = job->capacity ? 2 * job->capacity : 16;
        og_watch_study** grown = OG_NEW(job->call->arena, og_watch_study*, capacity);
        if (job->count > 0) {
            memcpy(grown, job->studies, sizeof *grown * (size_t)job->count);
        }
        job->studies = grown;
        job->capacity = capacity;
    }
    job->studies[job->count] = og_watch_study_make();
    return &job->studies[job->count++];
}

static bool watch_is_wanted(const watch_job* job, const char* name) {
    int count = 0;
    const char* const* names = og_call_texts(job->call, "study", &count);
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return count == 0;
}

// the first study that was named and is not among those known; NULL = all are
static const char* watch_find_missing(const watch_job* job) {
    int count = 0;
    const char* const* names = og_call_texts(job->call, "study", &count);
    for (int i = 0; i < count; i++) {
        bool known = false;
        for (int k = 0; k < job->count; k++) {
            known = known || strcmp(job->studies[k]->record.name, names[i]) == 0;
        }
        if (!known) {
            return names[i];
        }
    }
    return NULL;
}

static og_status watch_read(watch_job* job, og_store* store, og_arena* arena) {
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_store_studies(store, arena, &records, &count));
    for (int i = 0; i < count; i++) {
        if (watch_is_wanted(job, records[i].name)) {
            OG_TRY(og_watch_study_read(*watch_find(job, &records[i]), store, &records[i]));
        }
    }
    const char* missing = watch_find_missing(job);
    job->missing = missing != NULL;
    og_study_record record;
    return missing ? og_store_study(store, arena, missing, &record) : OG_OK;
}

// one look; the store is open during it only, so that it can be moved, removed and made again
static og_status watch_look(watch_job* job) {
    og_store* store = NULL;
    og_status status = og_store_open(og_call_argument(job->call, 0), OG_STORE_READ, &store);
    if (status == OG_OK) {
        og_arena* arena = og_arena_create();
        status = watch_read(job, store, arena);
        og_arena_destroy(arena);
        og_store_close(store);
    }
    snprintf(job->note_text, sizeof job->note_text, "%s", status == OG_OK ? "" : og_error_text());
    og_text_mask(job->note_text);
    return status;
}

static bool watch_is_over(const watch_job* job) {
    for (int i = 0; i < job->count; i++) {
        if (job->studies[i]->record.stop == OG_STOP_NONE) {
            return false;
        }
    }
    return job->count > 0 && !job->missing;
}

static void watch_draw(const watch_job* job, bool in_place) {
    og_arena* arena = og_arena_create();
    const og_watch_screen screen = watch_screen(in_place);
    og_buffer text = {.arena = arena};
    og_watch_view(&screen,
                  og_text_format(arena, "ogive watch %s",
                                 og_text_printable(arena, og_call_argument(job->call, 0))),
                  job->note_text, job->studies, job->count, &text);
    if (!in_place) {
        watch_write(text.data);
        og_arena_destroy(arena);
        return;
    }
    // every line ends what stood there, the last one all below
    og_buffer frame = {.arena = arena};
    og_buffer_print(&frame, "\033[H");
    int row = 0;
    for (const char* line = text.data; *line && row < screen.rows - 1; row++) {
        const size_t length = strcspn(line, "\n");
        og_buffer_add(&frame, line, length);
        og_buffer_print(&frame, "\033[K\r\n");
        line += length + (line[length] == '\n');
    }
    og_buffer_print(&frame, "\033[J");
    watch_write(frame.data);
    og_arena_destroy(arena);
}

static void watch_print_lines(const watch_job* job) {
    og_arena* arena = og_arena_create();
    og_buffer text = {.arena = arena};
    og_buffer_add(&text, "", 0);
    for (int i = 0; i < job->count; i++) {
        og_watch_line(job->studies[i], &text);
    }
    if (job->note_text[0]) {
        og_buffer_print(&text, "waiting: %s\n", job->note_text);
    }
    watch_write(text.data);
    og_arena_destroy(arena);
}

static void watch_show(const watch_job* job) {
    if (job->drawn) {
        watch_draw(job, true);
    } else {
        watch_print_lines(job);
    }
}

// until the next look; q ends
static void watch_wait(const watch_job* job, double seconds) {
    struct pollfd keys = {.fd = job->raw ? STDIN_FILENO : -1, .events = POLLIN};
    if (poll(&keys, 1, (int)(seconds * 1000)) > 0) {
        char key = 0;
        const ssize_t count = read(STDIN_FILENO, &key, 1);
        if (count <= 0 || key == 'q') {
            watch_ended = 2;
        }
    }
}

static void watch_pause(watch_job* job) {
    watch_leave(job);
    watch_paused = 0;
    raise(SIGSTOP);
    watch_enter(job);
}

static og_status watch_loop(watch_job* job) {
    const double given = og_call_number(job->call, "interval");
    const double interval = given > 0    ? given
                            : job->drawn ? watch_interval_drawn
                                         : watch_interval_lines;
    watch_catch(job->drawn);
    watch_enter(job);
    while (!watch_ended) {
        watch_look(job);
        watch_show(job);
        if (watch_is_over(job) || ferror(stdout)) {
            break;
        }
        watch_wait(job, interval);
        if (watch_paused) {
            watch_pause(job);
        }
    }
    watch_leave(job);
    if (job->drawn) {
        watch_draw(job, false);
    }
    return OG_OK;
}

static og_status watch_once(watch_job* job) {
    OG_TRY(watch_look(job));
    if (isatty(STDOUT_FILENO)) {
        watch_draw(job, false);
    } else {
        watch_print_lines(job);
    }
    return job->count > 0
               ? OG_OK
               : og_fail(OG_ERROR_STORE, "%s: holds no study yet", og_call_argument(job->call, 0));
}

static og_status watch_run(og_call* call) {
    watch_job job = {.call = call};
    const char* type = getenv("TERM");
    const bool dumb = !type || type[0] == '\0' || strcmp(type, "dumb") == 0;
    job.drawn = isatty(STDOUT_FILENO) && !dumb;
    og_status status = OG_OK;
    if (og_call_number(call, "once") != 0) {
        status = watch_once(&job);
    } else {
        status = watch_loop(&job);
        call->code = watch_ended == 1 ? OG_EXIT_INTERRUPT : OG_EXIT_DONE;
    }
    for (int i = 0; i < job.count; i++) {
        og_watch_study_end(job.studies[i]);
    }
    return status;
}

static const og_argument watch_arguments[] = {
    {"STORE", "Store of studies, also one that is still to be made.", false}};

static const og_option watch_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_REAL_ROW("interval", "s", 0, 86400, 0,
                         "Time between looks; 0: half a second on a terminal, else 5 s.")}},
    {.row = {OG_BOOLEAN_ROW("once", 0, "Show what is known now and end.")}},
};

const og_command og_command_watch = {
    .name = "watch",
    .summary = "Show how running studies fare, until they end.",
    .doc =
        "On a terminal the view is drawn in place, half a second apart: progress, rate, time left, "
        "the best design against the default, its course, what became of the trials, and with two "
        "objectives the front; q or Ctrl-C ends it. Elsewhere every look is one line a study. Only "
        "the store is read, so that studies of any process can be watched, and nothing is "
        "disturbed. NO_COLOR, TERM=dumb and COLUMNS are respected.",
    .example = "ogive watch demo/demo.ogive --once",
    .arguments = watch_arguments,
    .argument_count = 1,
    .options = watch_options,
    .option_count = sizeof watch_options / sizeof *watch_options,
    .run = watch_run,
};
