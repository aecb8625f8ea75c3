// Evaluators that stay: programs that read designs and write their metrics, a line each.

#include "env/process/process.h"

#include <string.h>

#include "base/hash.h"
#include "env/description/dependency.h"
#include "env/description/launch.h"
#include "env/process/evaluator.h"
#include "env/process/message.h"
#include "ogive/text.h"

enum { PROCESS_FILE };

enum { PROCESS_MOST = 256 };

#define PROCESS_DESCRIPTION_LIMIT ((size_t)1 << 20)  // bytes

static const og_parameter process_options[] = {
    {OG_TEXT_ROW("file", NULL, "Description of the program to start (YAML or JSON).")},
};

typedef struct process_data {
    og_launch launch;
    og_model model;  // space and metrics
    og_message_values values;
    og_evaluator_client client;
    int retries;
    uint64_t hello;  // hash of the evaluator's
} process_data;

// Start an evaluator in its place and let it introduce itself. False with a reason in `scratch`.
static bool process_start(const process_data* data, og_evaluator* evaluator, og_arena* scratch,
                          og_evaluator_question* hello) {
    *hello = (og_evaluator_question){.text = og_message_hello, .size = strlen(og_message_hello)};
    if (og_evaluator_start(evaluator, &data->launch) != OG_OK) {
        hello->reason = og_text_format(scratch, "%s", og_error_text());
        return false;
    }
    og_evaluator_ask(evaluator, &data->launch, hello, scratch);
    return hello->line != NULL;
}

// The first evaluator says what the space is.
static og_status process_meet(og_arena* arena, process_data* data, og_model* model,
                              const char** version) {
    og_evaluator* evaluator = og_evaluator_take(&data->client, true);
    og_evaluator_question hello;
    og_message_model said = {.version = ""};
    og_status status = OG_OK;
    if (!process_start(data, evaluator, arena, &hello)) {
        status = og_fail(OG_ERROR_VALUE, "%s: %s", data->launch.program, hello.reason);
    } else {
        const char* name = og_text_format(arena, "hello of %s", data->launch.program);
        data->hello = og_hash(OG_HASH_START, hello.line, hello.length);
        status = og_message_read_hello(arena, hello.line, hello.length, name, model, &said);
    }
    og_evaluator_give(evaluator, status != OG_OK);
    *version = said.version;
    return status;
}

static og_status process_read(og_yaml* yaml, const char* here, og_model* model, uint64_t* hash) {
    static const char* const keys[] = {OG_LAUNCH_KEYS, "depends", "retries", "processes", "batch"};
    const og_document_node* map = og_yaml_root(yaml);
    OG_TRY(og_yaml_check(yaml, map, "a map that describes a program", keys,
                         sizeof keys / sizeof *keys));
    process_data* data = OG_NEW(yaml->arena, process_data, 1);
    double retries = 0;
    double most = PROCESS_MOST;
    double batch = 1;
    OG_TRY(og_launch_read(yaml, map, here, NULL, 0, &data->launch));
    OG_TRY(og_dependencies_read(yaml, map, &data->launch, hash));
    OG_TRY(og_yaml_number(yaml, map, "retries", 0, 100, true, &retries));
    OG_TRY(og_yaml_number(yaml, map, "processes", 1, PROCESS_MOST, true, &most));
    OG_TRY(og_yaml_number(yaml, map, "batch", 1, PROCESS_MOST, true, &batch));
    data->retries = (int)retries;
    data->client.processes = (int)most;
    data->client.batch = (int)batch;
    model->data = data;
    return OG_OK;
}

og_status og_process_open_text(og_arena* arena, const char* text, size_t size, const char* name,
                               const char* here, og_model* model) {
    og_yaml yaml;
    uint64_t hash = og_hash(OG_HASH_START, text, size);
    OG_TRY(og_yaml_begin(arena, text, size, name, &yaml));
    const og_status status = process_read(&yaml, here, model, &hash);
    OG_TRY(status);
    // the model is read-only once it is open
    process_data data = *(const process_data*)model->data;
    const char* version = "";
    data.client.owner = og_evaluator_owner();
    OG_TRY(process_meet(arena, &data, model, &version));
    data.model = *model;
    data.values = og_message_prepare(arena, model->space.parameters, model->space.count);
    process_data* kept = OG_NEW(arena, process_data, 1);
    *kept = data;
    model->data = kept;
    model->identity = og_text_format(arena, "process 1: content=%016llx hello=%016llx version=%s",
                                     (unsigned long long)hash, (unsigned long long)data.hello,
                                     og_text_printable(arena, version));
    return OG_OK;
}

static og_status process_open(og_arena* arena, const og_settings* options, og_model* model) {
    return og_launch_open(arena, options->texts[PROCESS_FILE], PROCESS_DESCRIPTION_LIMIT,
                          og_process_open_text, model);
}

// Start an evaluator again: it has to be the same as before.
static bool process_restart(const process_data* data, og_evaluator* evaluator, og_arena* scratch,
                            const char** reason) {
    og_evaluator_question hello;
    if (!process_start(data, evaluator, scratch, &hello)) {
        *reason = hello.reason;
        return false;
    }
    *reason = "started again, the evaluator says another hello";
    return og_hash(OG_HASH_START, hello.line, hello.length) == data->hello;
}

// Ask an evaluator for a design. `*useless` says that it cannot be asked again; `*doubtful`, that
// it was asked for others too, which may be why it ended or said something else.
static og_outcome process_ask(const process_data* data, og_evaluator* evaluator, const double* x,
                              double* y, og_arena* scratch, const char** reason, bool* useless,
                              bool* doubtful) {
    og_buffer text = {.arena = scratch};
    og_evaluator_question question = {.id = og_evaluator_next(evaluator)};
    og_message_evaluate(&text, &data->values, question.id, x);
    question.text = text.data;
    question.size = text.length;
    og_evaluator_ask(evaluator, &data->launch, &question, scratch);
    if (!question.line) {
        *useless = true;
        *doubtful = question.doubtful;
        *reason = question.reason;
        return OG_FAILED;
    }
    bool understood = true;
    const og_outcome outcome = og_message_read_result(question.line, question.length, &data->model,
                                                      question.id, y, scratch, reason, &understood);
    *useless = !understood;
    *doubtful = !understood && question.id > 1;
    return outcome;
}

static og_outcome process_try(const process_data* data, const double* x, double* y,
                              og_arena* scratch, const char** reason) {
    og_outcome outcome = OG_FAILED;
    bool doubtful = true;
    // the second time the evaluator is fresh, so that no design fails for another one's fault
    for (int i = 0; i < 2 && doubtful; i++) {
        og_evaluator* evaluator = og_evaluator_take(&data->client, i > 0);
        bool useless = false;
        doubtful = false;
        if (!og_evaluator_running(evaluator)) {
            useless = !process_restart(data, evaluator, scratch, reason);
            if (!useless && i == 0 && data->client.batch > 1) {
                og_evaluator_share(evaluator);
            }
        }
        if (!useless) {
            outcome = process_ask(data, evaluator, x, y, scratch, reason, &useless, &doubtful);
        }
        og_evaluator_give(evaluator, useless);
    }
    return outcome;
}

static og_outcome process_evaluate(const void* opened, const double* x, double* y,
                                   og_arena* scratch, const char** reason) {
    const process_data* data = opened;
    og_outcome outcome = OG_FAILED;
    for (int i = 0; i <= data->retries && outcome == OG_FAILED; i++) {
        outcome = process_try(data, x, y, scratch, reason);
    }
    return outcome;
}

static void process_close(const void* opened) {
    const process_data* data = opened;
    og_evaluator_close(data->client.owner);
}

const og_environment og_environment_process = {
    .name = "process",
    .doc =
        "Any program that stays and is asked: it says its parameters and metrics, then reads "
        "designs and writes what they cost, a line of JSON each, in any language. One runs for "
        "each thread; one that crashes, hangs or babbles fails its design and is started again.",
    .source = "the program's own",
    .options = process_options,
    .option_count = sizeof process_options / sizeof *process_options,
    .foreign = true,
    .open = process_open,
    .evaluate = process_evaluate,
    .close = process_close,
};
