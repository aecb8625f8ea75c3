#include "cli/command.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ogive/store.h"

#define OG_COMMAND(name) extern const og_command og_command_##name;
#include "cli/commands.def"
#undef OG_COMMAND

#define OG_COMMAND(name) &og_command_##name,
static const og_command* const command_table[] = {
#include "cli/commands.def"
};
#undef OG_COMMAND

enum { COMMAND_COUNT = sizeof command_table / sizeof *command_table };

/// What was given for one option.
typedef struct og_call_value {
    int count;           // occurrences
    double number;       // of the last one, or the default
    const char** texts;  // list: [count]
} og_call_value;

const og_command* og_command_at(int index) {
    return index >= 0 && index < COMMAND_COUNT ? command_table[index] : NULL;
}

// number of words of `name` when argv begins with them, else 0
static int command_match(const char* name, int argc, char* const* argv) {
    const char* space = strchr(name, ' ');
    if (!space) {
        return argc >= 1 && strcmp(argv[0], name) == 0 ? 1 : 0;
    }
    const size_t length = (size_t)(space - name);
    const bool first = argc >= 1 && strlen(argv[0]) == length && !strncmp(argv[0], name, length);
    return first && argc >= 2 && strcmp(argv[1], space + 1) == 0 ? 2 : 0;
}

og_status og_command_find(int argc, char* const* argv, const og_command** command, int* words) {
    assert(argc >= 1);
    const char* names[COMMAND_COUNT];
    for (int i = 0; i < COMMAND_COUNT; i++) {
        names[i] = command_table[i]->name;
        *words = command_match(names[i], argc, argv);
        if (*words > 0) {
            *command = command_table[i];
            return OG_OK;
        }
    }
    // "sim" or "sim ddr": a name of two words is meant
    char typed[128];
    snprintf(typed, sizeof typed, "%s %s", argv[0], argc > 1 ? argv[1] : "");
    const char* nearest = NULL;
    for (int i = 0; i < COMMAND_COUNT && !nearest; i++) {
        const size_t length = strlen(argv[0]);
        const bool begins = !strncmp(names[i], argv[0], length) && names[i][length] == ' ';
        nearest = begins ? names[i] : NULL;
    }
    nearest = nearest ? nearest : og_text_nearest(argv[0], names, COMMAND_COUNT);
    nearest = nearest ? nearest : og_text_nearest(typed, names, COMMAND_COUNT);
    if (nearest) {
        return og_fail(OG_ERROR_NAME,
                       "no command '%s', did you mean '%s'? (ogive --help lists all)", argv[0],
                       nearest);
    }
    return og_fail(OG_ERROR_NAME, "no command '%s' (ogive --help lists all)", argv[0]);
}

static bool command_is_flag(const og_parameter* row) {
    return row->kind == OG_BOOLEAN;
}

static int command_option_index(const og_command* command, const char* name) {
    for (int i = 0; i < command->option_count; i++) {
        if (strcmp(command->options[i].row.name, name) == 0) {
            return i;
        }
    }
    return -1;
}

const char* og_option_text(og_arena* arena, const char* name) {
    char* text = og_text_format(arena, "--%s", name);
    for (char* c = text; *c; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    return text;
}

static og_status command_unknown_option(const og_call* call, const char* typed, const char* name) {
    const og_command* command = call->command;
    const int total = command->option_count + call->settings.count + 1;
    const char** names = OG_NEW(call->arena, const char*, total);
    int count = 0;
    for (int i = 0; i < command->option_count; i++) {
        names[count++] = command->options[i].row.name;
    }
    for (int i = 0; i < call->settings.count; i++) {
        names[count++] = call->settings.table[i].name;
    }
    names[count++] = "help";
    const char* nearest = og_text_nearest(name, names, count);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "%s: no option '%s', did you mean %s?", command->name, typed,
                       og_option_text(call->arena, nearest));
    }
    return og_fail(OG_ERROR_NAME, "%s: no option '%s' (ogive %s --help lists all)", command->name,
                   typed, command->name);
}

static og_status command_set_option(og_call* call, int index, const char* text) {
    const og_option* option = &call->command->options[index];
    og_call_value* value = &call->values[index];
    if (option->row.kind == OG_TEXT) {
        const char** texts = OG_NEW(call->arena, const char*, value->count + 1);
        if (value->count > 0) {
            memcpy(texts, value->texts, sizeof *texts * (size_t)value->count);
        }
        texts[value->count] = text;
        value->texts = texts;
    } else if (og_parameter_parse(&option->row, text, &value->number) != OG_OK) {
        return og_fail(OG_ERROR_VALUE, "--%s", og_error_text());  // it begins with the row's name
    }
    if (value->count > 0 && !option->repeated) {
        return og_fail(OG_ERROR_VALUE, "%s is given twice",
                       og_option_text(call->arena, option->row.name));
    }
    value->count++;
    return OG_OK;
}

// a row of the command's parameter table
static og_status command_set_parameter(og_call* call, const char* name, const char* text) {
    if (og_settings_set(&call->settings, name, text) != OG_OK) {
        return og_fail(OG_ERROR_VALUE, "--%s", og_error_text());
    }
    return OG_OK;
}

static const og_parameter* command_parameter(const og_call* call, const char* name) {
    for (int i = 0; i < call->settings.count; i++) {
        if (strcmp(call->settings.table[i].name, name) == 0) {
            return &call->settings.table[i];
        }
    }
    return NULL;
}

// The option with the letter that `typed` begins with, -1 without one. What is behind the letter,
// "-j4", becomes `*value`; flags have nothing there.
static int command_letter(const og_command* command, const char* typed, char** value) {
    for (int i = 0; i < command->option_count; i++) {
        const og_option* option = &command->options[i];
        if (option->letter == typed[0] && (!typed[1] || !command_is_flag(&option->row))) {
            *value = typed[1] ? (char*)typed + 1 : NULL;
            return i;
        }
    }
    return -1;
}

// one option in argv[0]; *used receives how many words it took
static og_status command_read_option(og_call* call, int argc, char* const* argv, int* used) {
    const char* typed = argv[0];
    const bool is_short = typed[1] != '-';
    char* name =
        og_text_copy(call->arena, typed + (is_short ? 1 : 2), strlen(typed) - (is_short ? 1 : 2));
    char* value = is_short ? NULL : strchr(name, '=');
    if (value) {
        *value++ = '\0';
    }
    for (char* c = name; *c; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    const int index = is_short ? command_letter(call->command, typed + 1, &value)
                               : command_option_index(call->command, name);
    const og_parameter* row = index >= 0  ? &call->command->options[index].row
                              : !is_short ? command_parameter(call, name)
                                          : NULL;
    if (!row) {
        return command_unknown_option(call, typed, name);
    }
    *used = 1;
    if (!value && command_is_flag(row)) {
        value = (char*)"true";
    } else if (!value) {
        if (argc < 2) {
            return og_fail(OG_ERROR_VALUE, "%s: a value is missing after it", typed);
        }
        value = argv[1];
        *used = 2;
    }
    return index >= 0 ? command_set_option(call, index, value)
                      : command_set_parameter(call, row->name, value);
}

static og_status command_check_arguments(const og_call* call) {
    const og_command* command = call->command;
    int required = 0;
    while (required < command->argument_count && !command->arguments[required].optional) {
        required++;
    }
    if (call->argument_count < required) {
        const og_argument* missing = &command->arguments[call->argument_count];
        return og_fail(OG_ERROR_VALUE, "%s: %s is missing: %s (ogive %s --help)", command->name,
                       missing->name, missing->doc, command->name);
    }
    return OG_OK;
}

static void command_start(og_call* call) {
    const og_command* command = call->command;
    call->values = OG_NEW(call->arena, og_call_value, command->option_count);
    for (int i = 0; i < command->option_count; i++) {
        call->values[i].number = command->options[i].row.initial;
    }
    if (command->parameters) {
        int count = 0;
        const og_parameter* table = command->parameters(&count);
        call->settings = og_settings_make(call->arena, table, count);
    }
}

og_status og_call_parse(og_call* call, int argc, char* const* argv, bool* help) {
    const og_command* command = call->command;
    command_start(call);
    *help = false;
    const char** arguments = OG_NEW(call->arena, const char*, argc);
    bool only_arguments = false;
    for (int i = 0; i < argc;) {
        const char* word = argv[i];
        if (!only_arguments && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            *help = true;
            return OG_OK;
        }
        if (!only_arguments && strcmp(word, "--") == 0) {
            only_arguments = true;
            i++;
        } else if (!only_arguments && word[0] == '-' && word[1] != '\0') {
            int used = 0;
            OG_TRY(command_read_option(call, argc - i, argv + i, &used));
            i += used;
        } else if (call->argument_count == command->argument_count) {
            return og_fail(OG_ERROR_VALUE, "%s: unexpected argument '%s' (ogive %s --help)",
                           command->name, og_store_name(call->arena, word), command->name);
        } else {
            arguments[call->argument_count++] = word;
            i++;
        }
    }
    call->arguments = arguments;
    return command_check_arguments(call);
}

const char* og_call_argument(const og_call* call, int index) {
    assert(index >= 0 && index < call->command->argument_count);
    return index < call->argument_count ? call->arguments[index] : NULL;
}

static const og_call_value* command_value(const og_call* call, const char* name) {
    const int index = command_option_index(call->command, name);
    assert(index >= 0);
    return &call->values[index];
}

bool og_call_given(const og_call* call, const char* name) {
    return command_value(call, name)->count > 0;
}

double og_call_number(const og_call* call, const char* name) {
    return command_value(call, name)->number;
}

const char* og_call_text(const og_call* call, const char* name) {
    const og_call_value* value = command_value(call, name);
    const int index = command_option_index(call->command, name);
    return value->count > 0 ? value->texts[value->count - 1]
                            : call->command->options[index].row.initial_text;
}

const char* og_call_placeholder(const og_call* call, const char* name) {
    const char* placeholder =
        call->command->options[command_option_index(call->command, name)].placeholder;
    return placeholder ? placeholder : "TEXT";
}

const char* const* og_call_texts(const og_call* call, const char* name, int* count) {
    const og_call_value* value = command_value(call, name);
    *count = value->count;
    return value->texts;
}
