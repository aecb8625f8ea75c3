/// The program: finds the command, runs it, turns failures into a message and an exit code.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/terminal.h"

static int main_fail(void) {
    const bool color = og_terminal_color(stderr);
    fprintf(stderr, "%sogive:%s %s\n", color ? "\033[31m" : "", color ? "\033[0m" : "",
            og_error_text());
    return OG_EXIT_BAD_INPUT;
}

static int main_end(int code) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        og_fail(OG_ERROR_FILE, "standard output cannot be written");
        return main_fail();
    }
    return code;
}

static int main_print(const og_buffer* text) {
    fwrite(text->data, 1, text->length, stdout);
    return main_end(OG_EXIT_DONE);
}

static int main_help_program(og_arena* arena) {
    og_buffer text = {.arena = arena};
    og_help_program(&text, og_terminal_color(stdout));
    return main_print(&text);
}

// wide terminals get no wider lines than people like to read
static int main_help_command(og_arena* arena, const og_command* command) {
    const int columns = og_terminal_columns(stdout);
    og_buffer text = {.arena = arena};
    og_help_command(command, columns < 100 ? columns : 100, og_terminal_color(stdout), &text);
    return main_print(&text);
}

// `ogive help`, `ogive help COMMAND`, and the forms that the documents are made from
static int main_help(og_arena* arena, int argc, char** argv) {
    og_buffer text = {.arena = arena};
    if (argc == 0) {
        return main_help_program(arena);
    }
    if (strcmp(argv[0], "--scdoc") == 0) {
        og_help_manual(&text);
        return main_print(&text);
    }
    if (strcmp(argv[0], "--markdown") == 0) {
        og_help_markdown(&text);
        return main_print(&text);
    }
    const og_command* command = NULL;
    int words = 0;
    if (og_command_find(argc, argv, &command, &words) != OG_OK) {
        return main_fail();
    }
    return main_help_command(arena, command);
}

static int main_run(og_arena* arena, int argc, char** argv) {
    og_call call = {.arena = arena};
    int words = 0;
    if (og_command_find(argc, argv, &call.command, &words) != OG_OK) {
        return main_fail();
    }
    bool help = false;
    if (og_call_parse(&call, argc - words, argv + words, &help) != OG_OK) {
        return main_fail();
    }
    if (help) {
        return main_help_command(arena, call.command);
    }
    if (call.command->run(&call) != OG_OK) {
        return main_fail();
    }
    return main_end((int)call.code);
}

int main(int argc, char** argv) {
    // a file that grows beyond its limit is a failed write with a message, not the end
    signal(SIGXFSZ, SIG_IGN);
    og_arena* arena = og_arena_create();
    const char* first = argc > 1 ? argv[1] : "--help";
    int code = OG_EXIT_DONE;
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        code = main_help_program(arena);
    } else if (strcmp(first, "help") == 0) {
        code = main_help(arena, argc - 2, argv + 2);
    } else if (strcmp(first, "--version") == 0) {
        char* version[] = {(char*)"version"};
        code = main_run(arena, 1, version);
    } else {
        code = main_run(arena, argc - 1, argv + 1);
    }
    og_arena_destroy(arena);
    return code;
}
