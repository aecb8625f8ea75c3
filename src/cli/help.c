#include <ctype.h>
#include <string.h>

#include "cli/command.h"
#include "cli/table.h"

static void help_heading(const char* title, bool color, og_buffer* out) {
    og_buffer_print(out, "\n%s%s%s\n", color ? "\033[1m" : "", title, color ? "\033[0m" : "");
}

static const char* help_placeholder(const og_option* option) {
    switch (option->row.kind) {
    case OG_TEXT: return option->placeholder ? option->placeholder : "TEXT";
    case OG_INTEGER:
    case OG_ORDINAL: return "N";
    case OG_REAL: return "X";
    case OG_CHOICE: return "NAME";
    case OG_BOOLEAN: break;
    }
    return "";
}

// "-o, --output FILE"
static const char* help_left(og_arena* arena, const og_option* option) {
    og_buffer left = {.arena = arena};
    if (option->letter) {
        og_buffer_print(&left, "-%c, ", option->letter);
    }
    og_buffer_print(&left, "--%s", option->row.name);
    for (char* c = left.data; *c; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    const char* placeholder = help_placeholder(option);
    og_buffer_print(&left, "%s%s", placeholder[0] ? " " : "", placeholder);
    return left.data;
}

// the sentence, what is allowed, the unit and the default
static const char* help_right(og_arena* arena, const og_option* option) {
    const og_parameter* row = &option->row;
    og_buffer right = {.arena = arena};
    og_buffer_print(&right, "%s", row->doc);
    if (row->kind == OG_TEXT) {
        if (row->initial_text && row->initial_text[0]) {
            og_buffer_print(&right, " Default: %s.", row->initial_text);
        }
        if (option->repeated) {
            og_buffer_print(&right, " May be repeated.");
        }
        return right.data;
    }
    if (row->kind != OG_BOOLEAN) {
        og_buffer_print(&right, " (");
        og_parameter_print_range(row, &right);
        og_buffer_print(&right, "%s%s; default ", row->unit[0] ? " " : "", row->unit);
        og_parameter_print(row, row->initial, &right);
        og_buffer_print(&right, ")");
    }
    return right.data;
}

static og_table help_options(og_arena* arena, const og_command* command) {
    og_table table = og_table_make(arena, 2, (const char*[]){NULL, NULL});
    table.rows = 0;
    for (int i = 0; i < command->option_count; i++) {
        og_table_add(&table, (const char*[]){help_left(arena, &command->options[i]),
                                             help_right(arena, &command->options[i])});
    }
    og_table_add(&table, (const char*[]){"-h, --help", "Show this help."});
    return table;
}

static og_table help_parameters(og_arena* arena, const og_command* command) {
    og_table table = og_table_make(arena, 2, (const char*[]){NULL, NULL});
    table.rows = 0;
    int count = 0;
    const og_parameter* rows = command->parameters(&count);
    for (int i = 0; i < count; i++) {
        const og_option option = {.row = rows[i]};
        og_table_add(&table,
                     (const char*[]){help_left(arena, &option), help_right(arena, &option)});
    }
    return table;
}

static void help_usage(const og_command* command, og_buffer* out) {
    og_buffer_print(out, "ogive %s", command->name);
    for (int i = 0; i < command->argument_count; i++) {
        const og_argument* argument = &command->arguments[i];
        og_buffer_print(out, argument->optional ? " [%s]" : " %s", argument->name);
    }
    og_buffer_print(out, " [options]");
}

void og_help_command(const og_command* command, int columns, bool color, og_buffer* out) {
    og_arena* arena = out->arena;
    og_buffer_print(out, "%s\n", command->summary);
    help_heading("Usage", color, out);
    og_buffer_print(out, "  ");
    help_usage(command, out);
    og_buffer_print(out, "\n");
    if (command->doc) {
        og_buffer_print(out, "\n");
        og_text_wrap(command->doc, 0, columns, out);
        og_buffer_print(out, "\n");
    }
    if (command->argument_count > 0) {
        help_heading("Arguments", color, out);
        og_table table = og_table_make(arena, 2, (const char*[]){NULL, NULL});
        table.rows = 0;
        for (int i = 0; i < command->argument_count; i++) {
            const og_argument* argument = &command->arguments[i];
            og_table_add(&table, (const char*[]){argument->name, argument->doc});
        }
        og_table_print(&table, 2, columns, false, out);
    }
    help_heading("Options", color, out);
    const og_table options = help_options(arena, command);
    og_table_print(&options, 2, columns, false, out);
    if (command->parameters) {
        help_heading(command->parameters_title, color, out);
        const og_table parameters = help_parameters(arena, command);
        og_table_print(&parameters, 2, columns, false, out);
    }
    if (command->example) {
        help_heading("Examples", color, out);
        og_buffer_print(out, "  ");
        og_text_wrap(command->example, 2, 1 << 20, out);
        og_buffer_print(out, "\n");
    }
}

void og_help_program(og_buffer* out, bool color) {
    og_buffer_print(out, "ogive searches the design spaces of computer systems.\n");
    help_heading("Usage", color, out);
    og_buffer_print(out, "  ogive COMMAND [arguments] [options]\n  ogive COMMAND --help\n");
    help_heading("Commands", color, out);
    og_table table = og_table_make(out->arena, 2, (const char*[]){NULL, NULL});
    table.rows = 0;
    for (int i = 0; og_command_at(i); i++) {
        og_table_add(&table, (const char*[]){og_command_at(i)->name, og_command_at(i)->summary});
    }
    og_table_print(&table, 2, 100, false, out);
    help_heading("Begin with", color, out);
    og_buffer_print(out,
                    "  ogive list environments\n"
                    "  ogive describe dram\n"
                    "  ogive run --environment dram --option workload=gemm --agent genetic \\\n"
                    "      --minimize read_latency_p99_ns --constraint 'power_mw <= 1500' "
                    "--budget 500\n");
}

// scdoc takes _ and * for markup
static void help_escape(const char* text, og_buffer* out) {
    for (const char* c = text; *c; c++) {
        if (strchr("_*\\<>[]#`", *c)) {
            og_buffer_add(out, "\\", 1);
        }
        og_buffer_add(out, c, 1);
    }
}

static void help_manual_row(const char* left, const char* right, og_buffer* out) {
    og_buffer_print(out, "*");
    help_escape(left, out);
    og_buffer_print(out, "*\n\t");
    help_escape(right, out);
    og_buffer_print(out, "\n\n");
}

static void help_manual_table(const og_table* table, og_buffer* out) {
    for (int row = 0; row < table->rows; row++) {
        help_manual_row(table->cells[2 * row], table->cells[2 * row + 1], out);
    }
}

void og_help_manual(og_buffer* out) {
    for (int i = 0; og_command_at(i); i++) {
        const og_command* command = og_command_at(i);
        og_buffer usage = {.arena = out->arena};
        help_usage(command, &usage);
        og_buffer_print(out, "## ");
        help_escape(usage.data, out);
        og_buffer_print(out, "\n\n");
        help_escape(command->summary, out);
        og_buffer_print(out, "\n\n");
        if (command->doc) {
            help_escape(command->doc, out);
            og_buffer_print(out, "\n\n");
        }
        for (int a = 0; a < command->argument_count; a++) {
            help_manual_row(command->arguments[a].name, command->arguments[a].doc, out);
        }
        const og_table options = help_options(out->arena, command);
        help_manual_table(&options, out);
        if (command->parameters) {
            const og_table parameters = help_parameters(out->arena, command);
            help_manual_table(&parameters, out);
        }
    }
}

void og_help_markdown(og_buffer* out) {
    og_buffer_print(
        out,
        "# Commands\n\nThis page is the help of the program (`ogive COMMAND --help`), "
        "written by `./dev format`.\n\n"
        "Messages go to standard error and begin with `ogive:`. Exit codes: 0 done, 1 no "
        "feasible design or a check found violations, 2 wrong input, 130 interrupted. "
        "Colours are used on terminals only, and never when `NO_COLOR` is set.\n");
    for (int i = 0; og_command_at(i); i++) {
        og_buffer_print(out, "\n## ogive %s\n\n```text\n", og_command_at(i)->name);
        og_help_command(og_command_at(i), 100, false, out);
        og_buffer_print(out, "```\n");
    }
}
