#include "study/crew_study.h"

#include "ogive/study.h"
#include "ogive/text.h"

static bool crew_study_is_wanted(const og_crew_setup* setup, int64_t id, const char* name) {
    if (setup->study) {
        return setup->study == id;
    }
    const og_worker_options* options = &setup->options;
    for (int i = 0; i < options->study_count; i++) {
        if (strcmp(options->studies[i], name) == 0) {
            return true;
        }
    }
    return options->study_count == 0;
}

static og_status crew_study_model(og_arena* arena, const og_crew_setup* setup,
                                  const og_study_record* record, og_model* model) {
    og_plan plan;
    const og_environment* environment = setup->environment;
    OG_TRY(og_plan_parse(arena, record->plan, strlen(record->plan), "its plan", &plan));
    if (!environment) {
        OG_TRY(og_environment_find(record->environment, &environment));
    }
    og_settings settings = og_settings_make(arena, environment->options, environment->option_count);
    for (int i = 0; i < plan.environment_option_count; i++) {
        const og_assignment* option = &plan.environment_options[i];
        OG_TRY(og_settings_set(&settings, option->key, option->value));
    }
    return og_environment_open(arena, environment, &settings, model);
}

// Why results of this host cannot be those of the study; fails with the reason.
static og_status crew_study_check(og_arena* arena, const og_crew_setup* setup,
                                  const og_study_record* record, const og_model* model) {
    if (strcmp(model->identity, record->identity) != 0) {
        return og_fail(OG_ERROR_VALUE,
                       "the environment is another one here (other files, or another version): "
                       "recorded %s; here %s",
                       record->identity, model->identity);
    }
    if (model->space.count != record->space.count || model->metric_count > record->metric_count) {
        return og_fail(OG_ERROR_VALUE, "the environment has other parameters or metrics here");
    }
    if (setup->options.trust) {
        return OG_OK;
    }
    double* y = OG_NEW(arena, double, model->metric_count);
    const char* reason = "";
    const og_outcome outcome =
        model->type->evaluate(model->data, record->reference_x, y, arena, &reason);
    const bool feasible =
        record->metric_count > 0 && record->reference_y[0] == record->reference_y[0];
    const size_t bytes = (size_t)model->metric_count * sizeof *y;
    if (feasible && (outcome != OG_FEASIBLE || memcmp(y, record->reference_y, bytes) != 0)) {
        return og_fail(OG_ERROR_VALUE,
                       "the default design has other metrics here than recorded: another "
                       "processor, another library, or a simulator that is not deterministic");
    }
    return OG_OK;
}

static og_status crew_study_try(og_crew_studies* studies, const og_study_record* record,
                                og_crew_study* study) {
    const og_crew_setup* setup = studies->setup;
    study->width = record->space.count;
    if (setup->model) {
        study->model = setup->model;
        return OG_OK;
    }
    study->arena = og_arena_create();
    og_model* model = OG_NEW(study->arena, og_model, 1);
    OG_TRY(crew_study_model(study->arena, setup, record, model));
    OG_TRY(crew_study_check(study->arena, setup, record, model));
    study->model = model;
    return OG_OK;
}

static void crew_study_say(const og_crew_studies* studies, const char* name) {
    const og_worker_options* options = &studies->setup->options;
    if (options->say) {
        og_arena* arena = og_arena_create();
        options->say(options->say_context,
                     og_text_format(arena, "study '%s' is left to others: %s",
                                    og_text_printable(arena, name), og_error_text()));
        og_arena_destroy(arena);
    }
}

og_status og_crew_study_open(og_crew_studies* studies, og_store* store, int64_t id,
                             og_crew_study** found) {
    for (og_crew_study* study = studies->first; study; study = study->next) {
        if (study->id == id) {
            *found = study;
            return OG_OK;
        }
    }
    og_store_entry entry;
    og_arena* arena = og_arena_create();
    const og_status status = og_store_find_number(store, arena, id, &entry);
    og_crew_study* study = OG_NEW(studies->arena, og_crew_study, 1);
    *study = (og_crew_study){.id = id};
    const bool wanted =
        status == OG_OK && crew_study_is_wanted(studies->setup, id, entry.record.name);
    if (wanted && crew_study_try(studies, &entry.record, study) != OG_OK) {
        studies->result->refused++;
        crew_study_say(studies, entry.record.name);
    }
    if (study->model) {
        studies->result->studies++;
        study->height = study->model->metric_count;
    }
    og_arena_destroy(arena);
    *found = study;
    // one that was removed meanwhile has no tasks either
    if (status == OG_OK) {
        study->next = studies->first;
        studies->first = study;
    }
    return status == OG_ERROR_NAME ? OG_OK : status;
}

void og_crew_studies_close(og_crew_studies* studies) {
    for (og_crew_study* study = studies->first; study; study = study->next) {
        og_arena_destroy(study->arena);
    }
}
