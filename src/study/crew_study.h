/// The studies that a crew works for, opened once each.
#pragma once

#include "study/crew.h"
#include "study/evaluation.h"

typedef struct og_crew_study {
    int64_t id;
    const og_model* model;  ///< NULL = refused, or not wanted
    int width, height;      ///< parameters, metrics of the model
    og_arena* arena;        ///< of the model, NULL where it is the caller's
    struct og_crew_study* next;
} og_crew_study;

typedef struct og_crew_studies {
    og_arena* arena;
    const og_crew_setup* setup;
    og_crew_study* first;
    og_worker_result* result;  ///< counts those opened and refused
} og_crew_studies;

/// The study of number `id`, opened from its recorded plan at its first task; one that cannot be
/// opened here is refused, once, and said why. Fails when the store does.
og_status og_crew_study_open(og_crew_studies* studies, og_store* store, int64_t id,
                             og_crew_study** study);

void og_crew_studies_close(og_crew_studies* studies);
