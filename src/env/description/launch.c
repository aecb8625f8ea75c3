#include "env/description/launch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ogive/file.h"
#include "ogive/text.h"

enum { LAUNCH_WORDS = 4096, LAUNCH_VARIABLES = 1024 };

#define LAUNCH_SECONDS 60.0  // time limit where none is stated
#define LAUNCH_OUTPUT_KIB 1024.0
#define LAUNCH_FILE_MIB 1024.0

// Absolute folder of the file `path`.
static og_status launch_folder(og_arena* arena, const char* path, const char** folder) {
    const char* slash = strrchr(path, '/');
    const char* name = !slash          ? "."
                       : slash == path ? "/"
                                       : og_text_copy(arena, path, (size_t)(slash - path));
    char real[PATH_MAX];
    if (!realpath(name, real)) {
        return og_fail(OG_ERROR_FILE, "%s: %s", name, strerror(errno));
    }
    *folder = og_text_copy(arena, real, strlen(real));
    return OG_OK;
}

og_status og_launch_open(og_arena* arena, const char* path, size_t limit, og_launch_opener* open,
                         og_model* model) {
    char* text = NULL;
    size_t size = 0;
    const char* here = NULL;
    OG_TRY(og_file_read(arena, path, limit, &text, &size));
    OG_TRY(launch_folder(arena, path, &here));
    return open(arena, text, size, og_text_copy(arena, path, strlen(path)), here, model);
}

static bool launch_executable(const char* path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

// The path of program `name`, looked for as a shell does.
static og_status launch_find(og_arena* arena, const char* name, const char** program) {
    if (strchr(name, '/')) {
        if (name[0] != '/') {
            return og_fail(OG_ERROR_VALUE,
                           "'%s': designs run in folders of their own, write {here}/... for the "
                           "folder of this file",
                           name);
        }
        *program = name;
        return launch_executable(name)
                   ? OG_OK
                   : og_fail(OG_ERROR_FILE, "no program %s that may be executed", name);
    }
    const char* path = getenv("PATH");
    char** folders;
    const int count = og_text_split(arena, path ? path : "/usr/bin:/bin", ':', &folders);
    for (int i = 0; i < count; i++) {
        const char* candidate = og_text_format(arena, "%s/%s", folders[i], name);
        if (folders[i][0] == '/' && launch_executable(candidate)) {
            *program = candidate;
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_FILE, "no program '%s' in the folders of PATH", name);
}

static og_status launch_shell(og_yaml* yaml, const og_document_node* node, char** words, int count,
                              og_launch* launch) {
    if (count != 1) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "the command of a shell is one text");
    }
    const char* name =
        og_template_name(yaml->arena, words[0], launch->parameters, launch->parameter_count);
    if (name) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE,
                            "{%s}: in a shell's command, values are variables: write "
                            "\"$OGIVE_%s\"",
                            name, name);
    }
    launch->program = "/bin/sh";
    launch->word_count = 3;
    launch->words = OG_NEW(yaml->arena, og_template, 3);
    const char* const texts[] = {"sh", "-c", words[0]};
    for (int i = 0; i < 3; i++) {
        launch->words[i].count = 1;
        launch->words[i].pieces = OG_NEW(yaml->arena, og_template_piece, 1);
        launch->words[i].pieces[0] = (og_template_piece){texts[i], strlen(texts[i]), -1};
    }
    return OG_OK;
}

static og_status launch_words(og_yaml* yaml, const og_document_node* node, char** words, int count,
                              og_launch* launch) {
    launch->words = OG_NEW(yaml->arena, og_template, count);
    launch->word_count = count;
    for (int i = 0; i < count; i++) {
        const og_status status =
            og_template_compile(yaml->arena, words[i], launch->here, launch->parameters,
                                launch->parameter_count, &launch->words[i]);
        if (status != OG_OK) {
            return og_yaml_fail_at(yaml, og_yaml_item(node, i), status);
        }
    }
    const og_document_node* first = og_yaml_item(node, 0);
    if (og_template_varies(&launch->words[0])) {
        return og_yaml_fail(yaml, first, OG_ERROR_VALUE,
                            "the program may not depend on the design");
    }
    const char* name = og_template_fill(yaml->arena, &launch->words[0], NULL, NULL);
    const og_status status = launch_find(yaml->arena, name, &launch->program);
    return status == OG_OK ? OG_OK : og_yaml_fail_at(yaml, first, status);
}

static og_status launch_command(og_yaml* yaml, const og_document_node* map, og_launch* launch) {
    const og_document_node* node = og_yaml_find(map, "command");
    char** words = NULL;
    int count = 0;
    OG_TRY(og_yaml_boolean(yaml, map, "shell", &launch->shell));
    OG_TRY(og_yaml_texts(yaml, map, "command", &words, &count));
    if (count < 1 || count > LAUNCH_WORDS || words[0][0] == '\0') {
        return og_yaml_fail(yaml, node ? node : map, OG_ERROR_VALUE,
                            "command: a list of words, the program first, expected");
    }
    if (launch->shell) {
        return launch_shell(yaml, node, words, count, launch);
    }
    if (!og_yaml_is_list(node)) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE,
                            "command: a list of words expected ([program, argument, ...]); one "
                            "text needs shell: true");
    }
    return launch_words(yaml, node, words, count, launch);
}

static bool launch_variable(const char* name) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return name[0] != '\0' && (name[0] < '0' || name[0] > '9') &&
           name[strspn(name, letters)] == '\0';
}

// Set or replace a variable; there is room.
static void launch_set(og_arena* arena, og_launch* launch, const char* name, const char* value) {
    const size_t length = strlen(name);
    int at = 0;
    while (at < launch->environment_count && (strncmp(launch->environment[at], name, length) != 0 ||
                                              launch->environment[at][length] != '=')) {
        at++;
    }
    launch->environment[at] = og_text_format(arena, "%s=%s", name, value);
    launch->environment_count += at == launch->environment_count;
}

static og_status launch_environment(og_yaml* yaml, const og_document_node* map, og_launch* launch) {
    const og_document_node* stated = og_yaml_find(map, "environment");
    const og_document_node* list = og_yaml_find(map, "inherit");
    char** names = NULL;
    int count = 0;
    OG_TRY(og_yaml_texts(yaml, map, "inherit", &names, &count));
    const int more = stated ? og_yaml_count(stated) : 0;
    if ((stated && !og_yaml_is_map(stated)) || count + more > LAUNCH_VARIABLES) {
        return og_yaml_fail(yaml, stated ? stated : list, OG_ERROR_VALUE,
                            "environment: a map of at most %d variables expected",
                            LAUNCH_VARIABLES);
    }
    launch->environment = OG_NEW(yaml->arena, char*, count + more + 4);
    const char* path = getenv("PATH");
    const char* home = getenv("HOME");
    launch_set(yaml->arena, launch, "PATH", path ? path : "/usr/bin:/bin");
    launch_set(yaml->arena, launch, "HOME", home ? home : "/");
    // numbers are printed with a point
    launch_set(yaml->arena, launch, "LC_ALL", "C");
    for (int i = 0; i < count; i++) {
        const char* value = launch_variable(names[i]) ? getenv(names[i]) : NULL;
        if (!launch_variable(names[i])) {
            return og_yaml_fail(yaml, list, OG_ERROR_NAME, "'%s' is no name of a variable",
                                names[i]);
        }
        if (value) {
            launch_set(yaml->arena, launch, names[i], value);
        }
    }
    for (int i = 0; i < more; i++) {
        const og_document_node* key = og_yaml_key(stated, i);
        const char* value = og_yaml_scalar(og_yaml_item(stated, i));
        if (!launch_variable(og_yaml_scalar(key)) || !value) {
            return og_yaml_fail(yaml, key, OG_ERROR_NAME, "'%s' is no variable with a text",
                                og_yaml_scalar(key));
        }
        launch_set(yaml->arena, launch, og_yaml_scalar(key), value);
    }
    return OG_OK;
}

static og_status launch_limits(og_yaml* yaml, const og_document_node* map, og_launch* launch) {
    static const char* const keys[] = {"seconds", "memory_mib", "file_mib", "output_kib"};
    const og_document_node* limits = og_yaml_find(map, "limits");
    double memory = 0;
    double file = LAUNCH_FILE_MIB;
    double output = LAUNCH_OUTPUT_KIB;
    launch->seconds = LAUNCH_SECONDS;
    if (limits) {
        OG_TRY(og_yaml_check(yaml, limits, "a map of limits", keys, 4));
        OG_TRY(og_yaml_number(yaml, limits, "seconds", 0.001, 1e7, false, &launch->seconds));
        OG_TRY(og_yaml_number(yaml, limits, "memory_mib", 1, 1 << 30, false, &memory));
        OG_TRY(og_yaml_number(yaml, limits, "file_mib", 0.001, 1 << 30, false, &file));
        OG_TRY(og_yaml_number(yaml, limits, "output_kib", 0.1, 1 << 20, false, &output));
    }
    launch->memory = (size_t)(memory * 0x1p20);
    launch->file = (size_t)(file * 0x1p20);
    launch->output = (size_t)(output * 0x1p10);
    return OG_OK;
}

og_status og_launch_read(og_yaml* yaml, const og_document_node* map, const char* here,
                         const og_parameter* parameters, int parameter_count, og_launch* launch) {
    *launch =
        (og_launch){.parameters = parameters, .parameter_count = parameter_count, .here = here};
    OG_TRY(launch_command(yaml, map, launch));
    OG_TRY(launch_environment(yaml, map, launch));
    return launch_limits(yaml, map, launch);
}

og_child_plan og_launch_plan(og_arena* arena, const og_launch* launch, const double* x,
                             const char* directory) {
    char** words = OG_NEW(arena, char*, launch->word_count + 1);
    for (int i = 0; i < launch->word_count; i++) {
        words[i] = og_template_fill(arena, &launch->words[i], launch->parameters, x);
    }
    const int values = launch->shell ? launch->parameter_count : 0;
    int count = launch->environment_count;
    char** variables = OG_NEW(arena, char*, count + values + 3);
    memcpy(variables, launch->environment, sizeof *variables * (size_t)count);
    for (int i = 0; i < values; i++) {
        og_buffer text = {.arena = arena};
        og_buffer_print(&text, "OGIVE_%s=", launch->parameters[i].name);
        og_parameter_print(&launch->parameters[i], x[i], &text);
        variables[count++] = text.data;
    }
    if (launch->shell) {
        variables[count++] = og_text_format(arena, "OGIVE_here=%s", launch->here);
    }
    bool stated = false;
    for (int i = 0; i < launch->environment_count; i++) {
        stated = stated || strncmp(launch->environment[i], "TMPDIR=", 7) == 0;
    }
    if (directory && !stated) {
        // what it leaves in the folder of temporary files goes with its own
        variables[count++] = og_text_format(arena, "TMPDIR=%s", directory);
    }
    return (og_child_plan){
        .program = launch->program,
        .arguments = words,
        .environment = variables,
        .directory = directory,
        .memory = launch->memory,
        .file = launch->file,
    };
}
