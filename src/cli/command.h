/// Commands of the program. Each is one file with one `const` descriptor and one line in
/// commands.def; parsing, help and the man page come from the descriptor's tables.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/parameter.h"
#include "ogive/status.h"

/// A positional argument.
typedef struct og_argument {
    const char* name;  ///< as help shows it, "STUDY.yaml"
    const char* doc;
    bool optional;
} og_argument;

/// An option, `--name VALUE`; a boolean row is a flag, `--name`. Underscores in names may be typed
/// as hyphens.
typedef struct og_option {
    og_parameter row;  ///< name, unit, range, default, meaning; OG_TEXT rows have no required form
    const char* placeholder;  ///< of a text value in help; NULL = TEXT
    char letter;              ///< short form, `-o VALUE`; 0 = none
    bool repeated;            ///< text options only: every occurrence counts
} og_option;

/// Rows of options that are texts: one, and one that may be repeated.
#define OG_TEXT_OPTION(name_, placeholder_, doc_) \
    { .row = {OG_TEXT_ROW(name_, NULL, doc_)}, .placeholder = placeholder_ }
#define OG_TEXTS_OPTION(name_, placeholder_, doc_) \
    { .row = {OG_TEXT_ROW(name_, NULL, doc_)}, .placeholder = placeholder_, .repeated = true }

typedef struct og_call og_call;

/// A command. Immutable.
typedef struct og_command {
    const char* name;              ///< one or two words, "sim dram"
    const char* summary;           ///< one line
    const char* doc;               ///< paragraphs for help, separated by newlines
    const char* example;           ///< lines that work as typed; NULL = none
    const og_argument* arguments;  ///< list: [argument_count]
    int argument_count;
    const og_option* options;  ///< list: [option_count]
    int option_count;
    /// Optional: a table that is defined elsewhere and whose rows are options as well.
    const og_parameter* (*parameters)(int* count);
    const char* parameters_title;  ///< its heading in help

    /// Do it. A failing status becomes a message on standard error and exit code 2.
    og_status (*run)(og_call* call);
} og_command;

/// Exit codes of the program.
typedef enum og_exit {
    OG_EXIT_DONE = 0,
    OG_EXIT_NOTHING = 1,      ///< no feasible design found, or a check found violations
    OG_EXIT_BAD_INPUT = 2,    ///< wrong arguments or files
    OG_EXIT_INTERRUPT = 130,  ///< ended by Ctrl-C before there was a result
} og_exit;

/// A command being run.
struct og_call {
    const og_command* command;
    og_arena* arena;
    const char* const* arguments;  ///< list: [argument_count]
    int argument_count;
    og_settings settings;          ///< of command->parameters; empty without it
    og_exit code;                  ///< what the process exits with when run() succeeds
    struct og_call_value* values;  ///< list: [command->option_count]
};

/// Registered command number `index`, NULL past the end.
const og_command* og_command_at(int index);

/// Find the command that the words `argv` (list: [argc]) begin with; `*words` receives how many of
/// them are its name. Unknown: OG_ERROR_NAME with the nearest one.
og_status og_command_find(int argc, char* const* argv, const og_command** command, int* words);

/// Read the arguments `argv` (list: [argc], without the command's name) into `call`, whose command
/// and arena are set. `*help` receives true when help was asked for; the rest is not read then.
og_status og_call_parse(og_call* call, int argc, char* const* argv, bool* help);

/// Argument number `index`, NULL when it was not given.
const char* og_call_argument(const og_call* call, int index);

/// True when option `name` was given.
bool og_call_given(const og_call* call, const char* name);

/// Value of an option that is no text: as given, or its default.
double og_call_number(const og_call* call, const char* name);

/// Text of an option as given, or its default, which may be NULL.
const char* og_call_text(const og_call* call, const char* name);

/// What stands for the value of a text option in help: "KEY=VALUE".
const char* og_call_placeholder(const og_call* call, const char* name);

/// All texts given for a repeated option (list: [*count]), in order.
const char* const* og_call_texts(const og_call* call, const char* name, int* count);

/// The option of row `name` as help shows it: "--agent-option".
const char* og_option_text(og_arena* arena, const char* name);

/// Names of all commands, one a line with their summaries.
void og_help_program(og_buffer* out, bool color);

/// Help of one command. `columns`: width to wrap to.
void og_help_command(const og_command* command, int columns, bool color, og_buffer* out);

/// All commands with their options in scdoc form, for the man page.
void og_help_manual(og_buffer* out);

/// Help of all commands as a Markdown page, docs/commands.md.
void og_help_markdown(og_buffer* out);
