// Fuzzing of what the live page answers: whatever the method, path, query, headers and body, there
// is an answer that a browser can take, errors are JSON, and nobody without the token changes
// anything. The input is lines: method, path, query (none when it begins with '-'), headers as
// "name: value" up to an empty line, then the body.

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../study/fixture.h"
#include "serve/site.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static const char serve_fuzz_token[] = "00112233445566778899aabbccddeeff";

static void serve_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

// A store with one study, made once.
static const char* serve_fuzz_store(void) {
    static char path[64];
    if (path[0] == '\0') {
        const char* folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        snprintf(path, sizeof path, "%s/ogive-serve-fuzz-%d", folder, (int)getpid());
        unlink(path);
        og_arena* arena = og_arena_create();
        const og_plan plan = fixture_plan(arena, 20, path);
        og_study_result result;
        serve_fuzz_require(fixture_run(arena, &plan, NULL, &result) == OG_OK);
        og_arena_destroy(arena);
    }
    return path;
}

// The next line of the input, terminated; "" at the end.
static char* serve_fuzz_line(char** cursor) {
    char* line = *cursor;
    const size_t length = strcspn(line, "\n");
    *cursor = line + length + (line[length] == '\n');
    line[length] = '\0';
    return line;
}

static int serve_fuzz_headers(char** cursor, og_http_header* headers) {
    int count = 0;
    while (count < OG_HTTP_HEADERS) {
        char* name = serve_fuzz_line(cursor);
        if (*name == '\0') {
            break;
        }
        char* value = strchr(name, ':');
        if (value) {
            *value++ = '\0';
            value += strspn(value, " ");
        }
        headers[count++] = (og_http_header){name, value ? value : ""};
    }
    return count;
}

static void serve_fuzz_check(const og_http_response* response) {
    serve_fuzz_require(response->status >= 200 && response->status < 600 && response->type);
    serve_fuzz_require(response->events || response->body);
    if (response->status != 200 || strcmp(response->type, "application/json") == 0) {
        json_t* json = json_loadb(response->body, response->size, 0, NULL);
        serve_fuzz_require(json != NULL);
        serve_fuzz_require(response->status < 300 ||
                           json_is_string(json_object_get(json, "error")));
        json_decref(json);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    char* text = og_text_copy(arena, (const char*)data, size);
    char* cursor = text;
    og_http_header headers[OG_HTTP_HEADERS];
    og_http_request request = {.headers = headers};
    request.method = serve_fuzz_line(&cursor);
    request.path = serve_fuzz_line(&cursor);
    const char* query = serve_fuzz_line(&cursor);
    request.query = query[0] == '-' ? NULL : query;
    request.header_count = serve_fuzz_headers(&cursor, headers);
    request.body = cursor;
    request.body_size = strlen(cursor);
    // half of the inputs come from this machine for sure, so that they come further
    if (size % 2 == 0 && request.header_count < OG_HTTP_HEADERS) {
        headers[request.header_count++] = (og_http_header){"Host", "localhost"};
    }
    const og_site site = {.store = serve_fuzz_store(),
                          .token = size % 3 == 0 ? serve_fuzz_token : NULL};
    og_http_response response;
    og_site_answer(&site, arena, &request, &response);
    serve_fuzz_check(&response);
    og_arena_destroy(arena);
    return 0;
}
