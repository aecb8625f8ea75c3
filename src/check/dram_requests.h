/// The fate of requests: each served once, at its place, in its direction.
#pragma once

#include "ogive/dram_check.h"

typedef struct og_dram_requests og_dram_requests;

/// What a column command does to the requests.
typedef enum og_dram_request_fate {
    OG_DRAM_REQUEST_SERVED,
    OG_DRAM_REQUEST_TWICE,    ///< it was served before
    OG_DRAM_REQUEST_PLACE,    ///< another bank, row, column or direction than the request's
    OG_DRAM_REQUEST_UNKNOWN,  ///< no request asks for this
} og_dram_request_fate;

/// Prepare `count` requests, which must outlive the result.
og_dram_requests* og_dram_requests_start(og_arena* arena, const og_dram_check_request* requests,
                                         int64_t count);

/// Enter a RD, RDA, WR or WRA. Without a request number it serves the first unserved request of its
/// place and direction.
og_dram_request_fate og_dram_requests_serve(og_dram_requests* requests,
                                            const og_dram_check_event* event);

/// The next request at or after `*index` that nobody served, NULL when there is none.
const og_dram_check_request* og_dram_requests_missing(const og_dram_requests* requests,
                                                      int64_t* index);
