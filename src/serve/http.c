#include "serve/http.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ogive/text.h"
#include "report/page_json.h"

og_status og_http_field(const og_http_request* request, const char* name, const char** value) {
    *value = NULL;
    for (int i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) != 0) {
            continue;
        }
        if (*value) {
            return og_fail(OG_ERROR_VALUE, "header %s is there twice", name);
        }
        *value = request->headers[i].value;
    }
    return OG_OK;
}

static int http_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char* og_http_decode(og_arena* arena, const char* text, size_t length) {
    char* out = OG_NEW(arena, char, length + 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            const int high = i + 2 < length ? http_digit(text[i + 1]) : -1;
            const int low = i + 2 < length ? http_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return NULL;
            }
            byte = 16 * high + low;
            i += 2;
        }
        if (byte == 0) {
            return NULL;
        }
        out[count++] = (char)byte;
    }
    return out;
}

const char* og_http_encode(og_arena* arena, const char* text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~";
    og_buffer out = {.arena = arena};
    og_buffer_add(&out, "", 0);
    for (const char* c = text; *c; c++) {
        // a name of points alone would be taken for a way through folders
        const bool point = *c == '.' && c > text && c[-1] != '.';
        og_buffer_print(&out, point || strchr(plain, *c) ? "%c" : "%%%02X", (unsigned char)*c);
    }
    return out.data;
}

static void http_fail_text(og_arena* arena, og_http_response* response, int status,
                           const char* text) {
    og_buffer body = {.arena = arena};
    og_page_json json = {.out = &body};
    og_page_json_open(&json, NULL, '{');
    og_page_json_text(&json, "error", text);
    og_page_json_close(&json, '}');
    *response = (og_http_response){.status = status,
                                   .type = "application/json",
                                   .allow = response->allow,
                                   .body = body.data,
                                   .size = body.length};
}

void og_http_fail(og_arena* arena, og_http_response* response, int status, const char* format,
                  ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    http_fail_text(arena, response, status, text);
}

void og_http_fail_status(og_arena* arena, og_http_response* response, og_status status) {
    const int code = status == OG_ERROR_NAME ? 404 : status == OG_ERROR_VALUE ? 400 : 500;
    http_fail_text(arena, response, code, og_error_text());
}

const char* og_http_reason(int status) {
    static const struct {
        int status;
        const char* reason;
    } reasons[] = {
        {200, "OK"},
        {202, "Accepted"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return status >= 500 ? "Internal Server Error" : "Error";
}
