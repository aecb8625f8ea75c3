// A program that is run once for each design, described in a file.

#include "env/command/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "env/command/folder.h"
#include "env/command/reading.h"
#include "env/description/declaration.h"
#include "env/description/dependency.h"
#include "env/description/launch.h"
#include "ogive/text.h"

enum { COMMAND_FILE };

enum { COMMAND_FILES = 256, COMMAND_KEEP = 10000 };

#define COMMAND_DESCRIPTION_LIMIT ((size_t)1 << 20)  // bytes of the description, and of templates

static const og_parameter command_options[] = {
    {OG_TEXT_ROW("file", NULL,
                 "Description of the program, its parameters and metrics (YAML or JSON).")},
};

// A file that the design's folder gets.
typedef struct command_input {
    const char* name;
    og_template text;
} command_input;

typedef struct command_data {
    og_launch launch;
    og_space_table space;
    command_input* inputs;  // list: [input_count]
    int input_count;
    og_reading* readings;  // list: [metric_count]
    int metric_count;
    int retries;
    int infeasible;    // exit status that says so, 0 = none
    const char* work;  // folder of working directories
    int keep;          // failed ones that stay there
} command_data;

// What one run gave.
typedef struct command_run {
    og_outcome outcome;
    const char* reason;
    og_child_result result;
} command_run;

// The template of a file: a text, or {template: FILE}.
static og_status command_input_read(og_yaml* yaml, const og_document_node* node, command_data* data,
                                    command_input* input, uint64_t* hash) {
    static const char* const keys[] = {"template"};
    const char* text = og_yaml_scalar(node);
    char* content = NULL;
    size_t size = 0;
    if (text) {
        content = og_text_copy(yaml->arena, text, strlen(text));
        size = strlen(content);
    } else {
        const char* path = NULL;
        OG_TRY(og_yaml_check(yaml, node, "a text or {template: FILE}", keys, 1));
        OG_TRY(og_yaml_text(yaml, node, "template", &path));
        if (!path) {
            return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "template: a file expected");
        }
        OG_TRY(og_dependency_read(yaml, node, data->launch.here, path, COMMAND_DESCRIPTION_LIMIT,
                                  &content, &size, hash));
    }
    if (strlen(content) != size) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "a template may hold no zero bytes");
    }
    const og_status status =
        og_template_compile(yaml->arena, content, data->launch.here, data->space.parameters,
                            data->space.count, &input->text);
    return status == OG_OK ? OG_OK : og_yaml_fail_at(yaml, node, status);
}

static og_status command_inputs(og_yaml* yaml, const og_document_node* map, command_data* data,
                                uint64_t* hash) {
    const og_document_node* files = og_yaml_find(map, "files");
    if (!files) {
        return OG_OK;
    }
    if (!og_yaml_is_map(files) || og_yaml_count(files) > COMMAND_FILES) {
        return og_yaml_fail(yaml, files, OG_ERROR_VALUE,
                            "files: a map from names to texts expected, at most %d", COMMAND_FILES);
    }
    data->input_count = og_yaml_count(files);
    data->inputs = OG_NEW(yaml->arena, command_input, data->input_count);
    for (int i = 0; i < data->input_count; i++) {
        const og_document_node* key = og_yaml_key(files, i);
        const char* name = og_yaml_scalar(key);
        if (name[0] == '\0' || strchr(name, '/') || strcmp(name, ".") == 0 ||
            strcmp(name, "..") == 0) {
            return og_yaml_fail(yaml, key, OG_ERROR_VALUE, "'%s': a name without folder expected",
                                name);
        }
        data->inputs[i].name = og_text_copy(yaml->arena, name, strlen(name));
        OG_TRY(command_input_read(yaml, og_yaml_item(files, i), data, &data->inputs[i], hash));
    }
    return OG_OK;
}

static og_status command_work(og_yaml* yaml, const og_document_node* map, command_data* data) {
    static const char* const keys[] = {"folder", "keep"};
    const char* temporary = getenv("TMPDIR");
    data->work =
        temporary && temporary[0] == '/' ? og_text_format(yaml->arena, "%s", temporary) : "/tmp";
    const og_document_node* work = og_yaml_find(map, "work");
    if (!work) {
        return OG_OK;
    }
    const char* folder = NULL;
    double keep = 0;
    OG_TRY(og_yaml_check(yaml, work, "a map with folder and keep", keys, 2));
    OG_TRY(og_yaml_text(yaml, work, "folder", &folder));
    OG_TRY(og_yaml_number(yaml, work, "keep", 0, COMMAND_KEEP, true, &keep));
    data->keep = (int)keep;
    if (folder) {
        data->work = folder[0] == '/'
                         ? folder
                         : og_text_format(yaml->arena, "%s/%s", data->launch.here, folder);
        struct stat info;
        if (stat(data->work, &info) != 0 || !S_ISDIR(info.st_mode)) {
            return og_yaml_fail(yaml, og_yaml_find(work, "folder"), OG_ERROR_FILE,
                                "%s: no such folder", data->work);
        }
    } else if (keep > 0) {
        return og_yaml_fail(yaml, work, OG_ERROR_VALUE, "keep needs a folder");
    }
    return OG_OK;
}

// True when the program, or what says whether another parameter is active, gets the parameter.
static bool command_uses(const command_data* data, int parameter) {
    for (int i = 0; i < data->launch.word_count; i++) {
        if (og_template_reads(&data->launch.words[i], parameter)) {
            return true;
        }
    }
    for (int i = 0; i < data->input_count; i++) {
        if (og_template_reads(&data->inputs[i].text, parameter)) {
            return true;
        }
    }
    const char* name = data->space.parameters[parameter].name;
    for (int i = 0; i < data->space.count; i++) {
        const char* active = data->space.parameters[i].active;
        if (active && strstr(active, name)) {
            return true;
        }
    }
    return false;
}

// A parameter that nobody gets costs evaluations, and is a slip of the pen.
static og_status command_check_uses(og_yaml* yaml, const og_document_node* map,
                                    const command_data* data) {
    const og_document_node* parameters = og_yaml_find(map, "parameters");
    for (int i = 0; i < data->space.count && !data->launch.shell; i++) {
        if (!command_uses(data, i)) {
            const char* name = data->space.parameters[i].name;
            return og_yaml_fail(yaml, og_yaml_item(parameters, i), OG_ERROR_VALUE,
                                "%s: the program does not get it: write {%s} into the command or "
                                "into a file",
                                name, name);
        }
    }
    return OG_OK;
}

static og_status command_read(og_yaml* yaml, const char* here, og_model* model, uint64_t* hash) {
    static const char* const keys[] = {"parameters", "constraints", "metrics", OG_LAUNCH_KEYS,
                                       "files",      "depends",     "retries", "infeasible_status",
                                       "work",       "version"};
    static const char* const more[] = {OG_READING_KEYS};
    const og_document_node* map = og_yaml_root(yaml);
    OG_TRY(og_yaml_check(yaml, map, "a map that describes a program", keys,
                         sizeof keys / sizeof *keys));
    OG_TRY(og_declaration_read(yaml, map, more, sizeof more / sizeof *more, model));
    command_data* data = OG_NEW(yaml->arena, command_data, 1);
    data->space = model->space;
    data->metric_count = model->metric_count;
    OG_TRY(
        og_launch_read(yaml, map, here, data->space.parameters, data->space.count, &data->launch));
    OG_TRY(command_inputs(yaml, map, data, hash));
    data->readings = OG_NEW(yaml->arena, og_reading, data->metric_count);
    const og_document_node* metrics = og_yaml_find(map, "metrics");
    for (int i = 0; i < data->metric_count; i++) {
        OG_TRY(og_reading_compile(yaml, og_yaml_item(metrics, i), &model->metrics[i],
                                  &data->readings[i]));
    }
    double retries = 0;
    double infeasible = 0;
    OG_TRY(og_yaml_number(yaml, map, "retries", 0, 100, true, &retries));
    OG_TRY(og_yaml_number(yaml, map, "infeasible_status", 1, 255, true, &infeasible));
    data->retries = (int)retries;
    data->infeasible = (int)infeasible;
    OG_TRY(command_work(yaml, map, data));
    OG_TRY(og_dependencies_read(yaml, map, &data->launch, hash));
    OG_TRY(command_check_uses(yaml, map, data));
    model->data = data;
    return OG_OK;
}

og_status og_command_open_text(og_arena* arena, const char* text, size_t size, const char* name,
                               const char* here, og_model* model) {
    og_yaml yaml;
    uint64_t hash = og_hash(OG_HASH_START, text, size);
    OG_TRY(og_yaml_begin(arena, text, size, name, &yaml));
    const og_status status = command_read(&yaml, here, model, &hash);
    model->identity = og_text_format(arena, "command 1: content=%016llx", (unsigned long long)hash);
    return status;
}

static og_status command_open(og_arena* arena, const og_settings* options, og_model* model) {
    return og_launch_open(arena, options->texts[COMMAND_FILE], COMMAND_DESCRIPTION_LIMIT,
                          og_command_open_text, model);
}

// What a reading reads: standard output or a file, each one read once.
static og_reading_source* command_find(const command_data* data, const og_reading* reading,
                                       const char* folder, const og_child_result* result,
                                       og_reading_source* sources, int* count, og_arena* scratch,
                                       const char** reason) {
    for (int i = 0; i < *count; i++) {
        const char* file = sources[i].file;
        if (file == reading->file || (file && reading->file && strcmp(file, reading->file) == 0)) {
            return &sources[i];
        }
    }
    og_reading_source* source = &sources[*count];
    *source = (og_reading_source){.file = reading->file};
    char* text = result->output;
    source->length = result->output_length;
    if (reading->file && og_folder_read(scratch, folder, reading->file, data->launch.output, &text,
                                        &source->length) != OG_OK) {
        *reason = og_text_format(scratch, "metric %s: %s", reading->metric->name, og_error_text());
        return NULL;
    }
    for (size_t i = 0; i < source->length; i++) {
        text[i] = text[i] == '\0' ? ' ' : text[i];
    }
    source->text = text;
    (*count)++;
    return source;
}

static void command_measure(const command_data* data, const char* folder, command_run* run,
                            double* y, og_arena* scratch) {
    og_reading_source* sources = OG_NEW(scratch, og_reading_source, data->metric_count);
    int count = 0;
    for (int i = 0; i < data->metric_count && run->outcome == OG_FEASIBLE; i++) {
        const og_reading* reading = &data->readings[i];
        og_reading_source* source = command_find(data, reading, folder, &run->result, sources,
                                                 &count, scratch, &run->reason);
        if (!source || !og_reading_take(reading, source, scratch, &y[i], &run->reason)) {
            run->outcome = OG_FAILED;
        }
    }
    for (int i = 0; i < count; i++) {
        json_decref(sources[i].json);
    }
}

// The reason without the name of the working directory, which is another one each time.
static const char* command_reason(og_arena* scratch, const char* reason, const char* folder) {
    og_buffer text = {.arena = scratch};
    og_buffer_add(&text, "", 0);
    const size_t length = strlen(folder);
    for (const char* found; (found = strstr(reason, folder)) != NULL; reason = found + length) {
        og_buffer_add(&text, reason, (size_t)(found - reason));
        og_buffer_add(&text, ".", 1);
    }
    og_buffer_add(&text, reason, strlen(reason));
    return text.data;
}

static void command_judge(const command_data* data, command_run* run, og_arena* scratch) {
    const og_child_end end = run->result.end;
    run->outcome = OG_FEASIBLE;
    if (end.ending == OG_CHILD_EXITED && end.number == 0) {
        return;
    }
    if (end.ending == OG_CHILD_EXITED && end.number == data->infeasible) {
        const char* line = og_child_last_line(scratch, &run->result.errors);
        run->outcome = OG_INFEASIBLE;
        run->reason =
            line[0] != '\0' ? line : og_text_format(scratch, "exit status %d", end.number);
        return;
    }
    run->outcome = OG_FAILED;
    run->reason = og_child_describe(scratch, end, &run->result.errors, data->launch.seconds,
                                    data->launch.output);
}

static og_status command_execute(const command_data* data, const double* x, const char* folder,
                                 og_arena* scratch, og_child_result* result) {
    for (int i = 0; i < data->input_count; i++) {
        const char* text =
            og_template_fill(scratch, &data->inputs[i].text, data->space.parameters, x);
        OG_TRY(og_folder_write(scratch, folder, data->inputs[i].name, text, strlen(text)));
    }
    const og_child_plan plan = og_launch_plan(scratch, &data->launch, x, folder);
    return og_child_run(scratch, &plan, data->launch.seconds, data->launch.output, result);
}

// Leave a failed design's folder with what the program said, named after the design.
static void command_keep(const command_data* data, const double* x, const char* folder,
                         const command_run* run, og_arena* scratch) {
    og_buffer text = {.arena = scratch};
    og_buffer_print(&text, "%s\n", run->reason);
    for (int i = 0; i < data->space.count; i++) {
        og_buffer_print(&text, "%s: ", data->space.parameters[i].name);
        og_parameter_print(&data->space.parameters[i], x[i], &text);
        og_buffer_add(&text, "\n", 1);
    }
    const og_child_result* result = &run->result;
    og_folder_write(scratch, folder, "ogive.txt", text.data, text.length);
    og_folder_write(scratch, folder, "ogive.stdout", result->output ? result->output : "",
                    result->output_length);
    og_folder_write(scratch, folder, "ogive.stderr", result->errors.text, result->errors.length);
    const uint64_t hash = og_hash(OG_HASH_START, x, sizeof *x * (size_t)data->space.count);
    og_folder_keep(scratch, folder, data->work,
                   og_text_format(scratch, "%016llx", (unsigned long long)hash), data->keep);
}

static command_run command_try(const command_data* data, const double* x, double* y, bool last,
                               og_arena* scratch) {
    command_run run = {.outcome = OG_FAILED};
    const char* folder = NULL;
    if (og_folder_make(scratch, data->work, &folder) != OG_OK) {
        run.reason = og_text_format(scratch, "%s", og_error_text());
        return run;
    }
    if (command_execute(data, x, folder, scratch, &run.result) != OG_OK) {
        run.reason = og_text_format(scratch, "%s", og_error_text());
    } else {
        command_judge(data, &run, scratch);
        command_measure(data, folder, &run, y, scratch);
    }
    if (run.reason) {
        run.reason = command_reason(scratch, run.reason, folder);
    }
    if (run.outcome == OG_FAILED && last && data->keep > 0) {
        command_keep(data, x, folder, &run, scratch);
    } else {
        og_folder_remove(folder);
    }
    return run;
}

static og_outcome command_evaluate(const void* opened, const double* x, double* y,
                                   og_arena* scratch, const char** reason) {
    const command_data* data = opened;
    command_run run = {.outcome = OG_FAILED};
    for (int i = 0; i <= data->retries && run.outcome == OG_FAILED; i++) {
        run = command_try(data, x, y, i == data->retries, scratch);
    }
    *reason = run.reason;
    return run.outcome;
}

const og_environment og_environment_command = {
    .name = "command",
    .doc =
        "Any program, run once for each design with the design's values in its arguments and input "
        "files, in a fresh folder, under limits of time, memory and output. The parameters and "
        "metrics, the command line and how metrics are found in what it writes are said in a file.",
    .source = "the program's own",
    .options = command_options,
    .option_count = sizeof command_options / sizeof *command_options,
    .foreign = true,
    .open = command_open,
    .evaluate = command_evaluate,
};
