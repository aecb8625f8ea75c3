/// What the live page answers: a function of a store and a request, which no server need run for.
#pragma once

#include "ogive/store.h"
#include "report/page_json.h"
#include "serve/http.h"

typedef struct og_site {
    const char* store;  ///< path; opened anew for each request
    const char* token;  ///< that control requests carry; NULL = there is no control
} og_site;

/// Answer `request`. Everything lives in `arena`. Never fails: what cannot be answered is answered
/// with an error.
void og_site_answer(const og_site* site, og_arena* arena, const og_http_request* request,
                    og_http_response* response);

/// A request on its way through the routes.
typedef struct og_site_call {
    const og_site* site;
    og_arena* arena;
    const og_http_request* request;
    const char* name;   ///< of the study in the path, NULL = none
    const char* value;  ///< of the only query key that the route has, NULL = none
    og_http_response* response;
} og_site_call;

/// Bodies of routes; in case of failure the message is the response.
og_status og_site_studies(const og_site_call* call);
og_status og_site_study(const og_site_call* call);
og_status og_site_trials(const og_site_call* call);
og_status og_site_stop(const og_site_call* call);
og_status og_site_extend(const og_site_call* call);
og_status og_site_enqueue(const og_site_call* call);

/// What a list of studies says of one, as an object: how far it is and what it found.
og_status og_site_summary(og_store* store, og_arena* arena, const og_study_record* record,
                          og_page_json* json);
