#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/template_bundle.h"
#include "ogive/environment.h"
#include "ogive/file.h"
#include "ogive/text.h"

#define NEW_ENVIRONMENT_LENGTH ((size_t)40)  // of a name

static const char* const new_environment_kinds[] = {"plugin", "process", "command"};

// The name becomes part of names in C and of files.
static og_status new_environment_check(const char* name) {
    const size_t legal = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (name[legal] || strspn(name, "abcdefghijklmnopqrstuvwxyz") == 0 ||
        legal > NEW_ENVIRONMENT_LENGTH) {
        return og_fail(OG_ERROR_NAME,
                       "'%s' cannot be the name of an environment: 1 to %zu lower-case letters, "
                       "digits and _, a letter first",
                       name, NEW_ENVIRONMENT_LENGTH);
    }
    for (int i = 0; og_environment_at(i); i++) {
        if (strcmp(name, og_environment_at(i)->name) == 0) {
            return og_fail(OG_ERROR_NAME, "'%s' is an environment of the program", name);
        }
    }
    return OG_OK;
}

// `text` with `name` wherever `mark` stands.
static const char* new_environment_fill(og_arena* arena, const char* text, const char* mark,
                                        const char* name) {
    og_buffer out = {.arena = arena};
    for (const char* found; (found = strstr(text, mark)); text = found + strlen(mark)) {
        og_buffer_add(&out, text, (size_t)(found - text));
        og_buffer_print(&out, "%s", name);
    }
    og_buffer_print(&out, "%s", text);
    return out.data;
}

// Where a file of the environment goes.
static const char* new_environment_path(og_arena* arena, const og_template* file,
                                        const char* folder, const char* name) {
    const bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
    return og_text_format(arena, "%s%s%s", folder, slash ? "" : "/",
                          new_environment_fill(arena, file->name, "NAME", name));
}

static og_status new_environment_folder(const char* folder) {
    struct stat state;
    if (mkdir(folder, 0777) == 0 ||
        (errno == EEXIST && stat(folder, &state) == 0 && S_ISDIR(state.st_mode))) {
        return OG_OK;
    }
    return og_fail(OG_ERROR_FILE, "%s: cannot be made a folder: %s", folder, strerror(errno));
}

static og_status new_environment_write(og_arena* arena, const char* path, const char* text,
                                       const char* name) {
    const char* filled = new_environment_fill(arena, text, "@NAME@", name);
    OG_TRY(og_file_write(path, filled, strlen(filled)));
    if (strncmp(filled, "#!", 2) != 0) {
        return OG_OK;
    }
    struct stat state;
    // whoever may read a script may run it
    if (stat(path, &state) != 0 ||
        chmod(path, (state.st_mode | (state.st_mode & 0444) >> 2) & 07777) != 0) {
        return og_fail(OG_ERROR_FILE, "%s: cannot be made executable: %s", path, strerror(errno));
    }
    return OG_OK;
}

// All files, or none: what was there before is not touched.
static og_status new_environment_make(og_arena* arena, const char* kind, const char* folder,
                                      const char* name) {
    for (int i = 0; i < og_template_count; i++) {
        const char* path = new_environment_path(arena, &og_templates[i], folder, name);
        struct stat state;
        if (strcmp(og_templates[i].kind, kind) == 0 && lstat(path, &state) == 0) {
            return og_fail(OG_ERROR_FILE,
                           "%s: is there already, and would be overwritten: remove it, or take "
                           "another --folder",
                           path);
        }
    }
    OG_TRY(new_environment_folder(folder));
    og_status status = OG_OK;
    int done = 0;
    for (; done < og_template_count && status == OG_OK; done++) {
        const og_template* file = &og_templates[done];
        if (strcmp(file->kind, kind) == 0) {
            const char* path = new_environment_path(arena, file, folder, name);
            status = new_environment_write(arena, path, file->text, name);
        }
    }
    for (int i = 0; i < done; i++) {
        const char* path = new_environment_path(arena, &og_templates[i], folder, name);
        if (strcmp(og_templates[i].kind, kind) == 0 && status == OG_OK) {
            printf("%s\n", path);
        } else if (strcmp(og_templates[i].kind, kind) == 0) {
            unlink(path);
        }
    }
    return status;
}

static og_status new_environment_run(og_call* call) {
    const char* name = og_call_argument(call, 0);
    const char* folder = og_call_given(call, "folder") ? og_call_text(call, "folder") : name;
    const char* kind = new_environment_kinds[(int)og_call_number(call, "kind")];
    OG_TRY(new_environment_check(name));
    if (!folder[0]) {
        return og_fail(OG_ERROR_VALUE, "--folder: needs a name");
    }
    OG_TRY(new_environment_make(call->arena, kind, folder, name));
    printf("next: cd %s && ./test.sh; then read README.md there\n", folder);
    return OG_OK;
}

static const og_argument new_environment_arguments[] = {
    {"NAME", "Name of the environment: lower-case letters, digits and _.", false},
};

static const og_option new_environment_options[] = {
    {.row = {OG_CHOICE_ROW("kind", new_environment_kinds, 0,
                           "What it is: a library in C (plugin), an evaluator in Python that stays "
                           "(process), or a program run for each design (command).")}},
    {.row = {OG_TEXT_ROW("folder", NULL, "Where the files go; default: a new folder NAME.")},
     .placeholder = "FOLDER"},
};

const og_command og_command_new_environment = {
    .name = "new environment",
    .summary = "Write the start of an environment of your own.",
    .doc =
        "Writes a small model that works, with a study, a test and a README: change it step by "
        "step into yours. A file that is there already is not overwritten, and nothing is "
        "written then.",
    .example =
        "ogive new environment router\n"
        "ogive new environment router --kind process --folder models",
    .arguments = new_environment_arguments,
    .argument_count = 1,
    .options = new_environment_options,
    .option_count = sizeof new_environment_options / sizeof *new_environment_options,
    .run = new_environment_run,
};
