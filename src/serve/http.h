/// Requests and responses of HTTP as values: what a server read, and what it is to write.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// Limits of a request; what is larger is refused before it is looked at.
enum {
    OG_HTTP_PATH = 4096,   ///< bytes of a path, and of a query
    OG_HTTP_BODY = 65536,  ///< bytes of a body
    OG_HTTP_SEGMENTS = 8,  ///< parts of a path
    OG_HTTP_HEADERS = 64,  ///< fields of a head
};

typedef struct og_http_header {
    const char* name;
    const char* value;
} og_http_header;

typedef struct og_http_request {
    const char* method;             ///< "GET"
    const char* path;               ///< as sent, without the query: still percent-encoded
    const char* query;              ///< behind the question mark, NULL = none
    const og_http_header* headers;  ///< list: [header_count]
    int header_count;
    const char* body;  ///< terminated; NULL = none
    size_t body_size;
} og_http_request;

typedef struct og_http_response {
    int status;
    const char* type;   ///< media type of the body
    const char* allow;  ///< methods that the path has, of status 405; else NULL
    const char* body;
    size_t size;
    bool events;  ///< no body: events follow for as long as the client listens
} og_http_response;

/// The value of field `name` (letter case does not count): OG_ERROR_VALUE when it is there more
/// than once, `*value` NULL when it is not.
og_status og_http_field(const og_http_request* request, const char* name, const char** value);

/// `length` bytes of percent-encoded text; NULL when that is malformed or holds a zero byte.
char* og_http_decode(og_arena* arena, const char* text, size_t length);

/// `text` so that it can be one part of a path.
const char* og_http_encode(og_arena* arena, const char* text);

/// Make `response` an error: {"error": "..."}, in words for people.
void og_http_fail(og_arena* arena, og_http_response* response, int status, const char* format, ...)
    __attribute__((format(printf, 4, 5)));

/// Likewise from the last failure of the library: unknown names are 404, bad values 400, all else
/// 500.
void og_http_fail_status(og_arena* arena, og_http_response* response, og_status status);

/// The reason phrase of `status`.
const char* og_http_reason(int status);
