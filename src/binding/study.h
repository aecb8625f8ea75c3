/// A study behind plain calls, for the files that give texts of it.
#pragma once

#include "ogive/binding.h"
#include "ogive/session.h"

struct og_binding_study {
    og_arena* arena;
    og_plan plan;
    og_session* session;
    og_binding_start* start;
    og_binding_ask* ask;
    og_binding_tell* tell;
    const char* const* failure;
    void* context;
    int width, metric_count, own_count, objective_count;  ///< of the record
};
