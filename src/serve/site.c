// Who may ask, and for what. Paths and methods are matched whole; what is not in the table is not
// there.

#include "serve/site.h"

#include <string.h>
#include <strings.h>

#include "ogive/text.h"
#include "report/page_bundle.h"
#include "serve/token.h"

typedef struct site_route {
    const char* method;
    const char* path;   // '*' stands for the name of a study
    const char* query;  // the only key that may be in the query, NULL = none
    og_status (*answer)(const og_site_call* call);
    bool control;
} site_route;

static og_status site_text(const og_site_call* call, const char* type, const char* text,
                           size_t size) {
    call->response->type = type;
    call->response->body = text;
    call->response->size = size;
    return OG_OK;
}

static og_status site_page(const og_site_call* call) {
    return site_text(call, "text/html; charset=utf-8", og_live_page, og_live_page_size);
}

static og_status site_script(const og_site_call* call) {
    return site_text(call, "text/javascript; charset=utf-8", og_live_script, og_live_script_size);
}

static og_status site_style(const og_site_call* call) {
    return site_text(call, "text/css; charset=utf-8", og_live_style, og_live_style_size);
}

static og_status site_events(const og_site_call* call) {
    call->response->type = "text/event-stream";
    call->response->events = true;
    return OG_OK;
}

static const site_route site_routes[] = {
    {"GET", "/", NULL, site_page, false},
    {"GET", "/app.js", NULL, site_script, false},
    {"GET", "/app.css", NULL, site_style, false},
    {"GET", "/api/studies", NULL, og_site_studies, false},
    {"GET", "/api/study/*", "analysis", og_site_study, false},
    {"GET", "/api/study/*/trials", "from", og_site_trials, false},
    {"GET", "/events", NULL, site_events, false},
    {"POST", "/api/study/*/stop", NULL, og_site_stop, true},
    {"POST", "/api/study/*/extend", NULL, og_site_extend, true},
    {"POST", "/api/study/*/enqueue", NULL, og_site_enqueue, true},
};
enum { SITE_ROUTES = sizeof site_routes / sizeof *site_routes };

// True when `path` has the form of a route; `*name` receives what stands for '*'. Each part is
// decoded by itself, so that an encoded slash divides nothing.
static bool site_matches(og_arena* arena, const char* form, const char* path, const char** name) {
    *name = NULL;
    while (*form == '/' && *path == '/') {
        const size_t wanted = strcspn(++form, "/");
        const size_t length = strcspn(++path, "/");
        const char* part = og_http_decode(arena, path, length);
        if (!part || (wanted == 1 && *form == '*'
                          ? *part == '\0'
                          : strlen(part) != wanted || strncmp(part, form, wanted) != 0)) {
            return false;
        }
        *name = wanted == 1 && *form == '*' ? part : *name;
        form += wanted;
        path += length;
    }
    return *form == '\0' && *path == '\0';
}

// Browsers send the name that they were given; a page from elsewhere whose name was made to lead
// here has another one. The port may differ: it is another one at the end of a tunnel.
static bool site_is_local(const char* host) {
    static const char* const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t length = strlen(names[i]);
        if (strncasecmp(host, names[i], length) != 0) {
            continue;
        }
        const char* rest = host + length;
        const size_t digits = *rest == ':' ? strspn(rest + 1, "0123456789") : 0;
        if (*rest == '\0' || (digits > 0 && digits <= 5 && rest[1 + digits] == '\0')) {
            return true;
        }
    }
    return false;
}

// Who asks: false with the response set when that is refused.
static bool site_admits(const og_site_call* call) {
    const char* host = NULL;
    const char* origin = NULL;
    if (og_http_field(call->request, "Host", &host) != OG_OK ||
        og_http_field(call->request, "Origin", &origin) != OG_OK) {
        og_http_fail_status(call->arena, call->response, OG_ERROR_VALUE);
        return false;
    }
    if (!host || !site_is_local(host)) {
        og_http_fail(call->arena, call->response, 421,
                     "this server answers to 127.0.0.1 and localhost alone");
        return false;
    }
    if (origin && (strncmp(origin, "http://", 7) != 0 || strcasecmp(origin + 7, host) != 0)) {
        og_http_fail(call->arena, call->response, 403, "pages from elsewhere are not answered");
        return false;
    }
    return true;
}

static bool site_admits_control(const og_site_call* call) {
    const char* given = NULL;
    const char* type = NULL;
    static const char scheme[] = "Bearer ";
    if (!call->site->token) {
        og_http_fail(call->arena, call->response, 403,
                     "nothing can be changed: ogive serve was started without --allow-control");
        return false;
    }
    if (og_http_field(call->request, "Authorization", &given) != OG_OK || !given ||
        strncmp(given, scheme, strlen(scheme)) != 0 ||
        !og_token_equal(call->site->token, given + strlen(scheme))) {
        og_http_fail(call->arena, call->response, 401,
                     "the token is missing or wrong; ogive serve prints it in its address");
        return false;
    }
    if (og_http_field(call->request, "Content-Type", &type) != OG_OK || !type ||
        strcmp(type, "application/json") != 0) {
        og_http_fail(call->arena, call->response, 415,
                     "control requests have Content-Type application/json");
        return false;
    }
    return true;
}

// The query: nothing, or the one key of the route with its value.
static bool site_read_query(const site_route* route, og_site_call* call) {
    const char* query = call->request->query;
    if (!query || *query == '\0') {
        return true;
    }
    const size_t length = route->query ? strlen(route->query) : 0;
    const bool known =
        length > 0 && strncmp(query, route->query, length) == 0 && query[length] == '=';
    const char* rest = known ? query + length + 1 : "";
    call->value =
        known && !strchr(rest, '&') ? og_http_decode(call->arena, rest, strlen(rest)) : NULL;
    if (!call->value) {
        og_http_fail(call->arena, call->response, 400, "the query may be %s%s, and nothing else",
                     route->query ? route->query : "empty", route->query ? "=N" : "");
        return false;
    }
    return true;
}

static void site_take(const site_route* route, og_site_call* call) {
    if (!site_read_query(route, call) || (route->control && !site_admits_control(call))) {
        return;
    }
    const og_status status = route->answer(call);
    if (status != OG_OK) {
        og_http_fail_status(call->arena, call->response, status);
    }
}

static void site_find(og_site_call* call) {
    const og_http_request* request = call->request;
    og_buffer allow = {.arena = call->arena};
    for (int i = 0; i < SITE_ROUTES; i++) {
        const site_route* route = &site_routes[i];
        if (!site_matches(call->arena, route->path, request->path, &call->name)) {
            continue;
        }
        if (strcmp(route->method, request->method) == 0) {
            site_take(route, call);
            return;
        }
        og_buffer_print(&allow, "%s%s", allow.length ? ", " : "", route->method);
    }
    if (allow.length == 0) {
        og_http_fail(call->arena, call->response, 404, "there is nothing at this address");
        return;
    }
    call->response->allow = allow.data;
    og_http_fail(call->arena, call->response, 405, "this address answers %s alone", allow.data);
}

void og_site_answer(const og_site* site, og_arena* arena, const og_http_request* request,
                    og_http_response* response) {
    *response = (og_http_response){.status = 200, .type = "text/plain", .body = ""};
    og_site_call call = {.site = site, .arena = arena, .request = request, .response = response};
    if (strlen(request->path) > OG_HTTP_PATH ||
        (request->query && strlen(request->query) > OG_HTTP_PATH)) {
        og_http_fail(arena, response, 414, "an address has at most %d bytes", (int)OG_HTTP_PATH);
        return;
    }
    if (request->body_size > OG_HTTP_BODY) {
        og_http_fail(arena, response, 413, "a body has at most %d bytes", (int)OG_HTTP_BODY);
        return;
    }
    if (site_admits(&call)) {
        site_find(&call);
    }
}
