#include "ogive/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ogive/text.h"

static _Thread_local char status_text[1024];

const char* og_error_text(void) {
    return status_text;
}

og_status og_fail(og_status status, const char* format, ...) {
    assert(status != OG_OK);
    // the arguments may point into the recorded text, so the new one is made beside it
    char fresh[sizeof status_text];
    va_list args;
    va_start(args, format);
    vsnprintf(fresh, sizeof fresh, format, args);
    va_end(args);
    // names and cells of files may hold what drives a terminal
    og_text_mask(fresh);
    memcpy(status_text, fresh, sizeof fresh);
    return status;
}

og_status og_fail_context(og_status status, const char* format, ...) {
    assert(status != OG_OK);
    char context[512];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    return og_fail(status, "%s: %s", context, status_text);
}
