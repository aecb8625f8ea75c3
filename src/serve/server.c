// Between the web server (civetweb) and the answers. It listens on 127.0.0.1 alone. A connection is
// one request; how long a client may take, how many there may be and how large a request is are
// bounded, so that a client that does wrong keeps none but a few threads busy for a few seconds.

#include <time.h>

#include "base/interrupt.h"
#include "ogive/clock.h"
#include "ogive/text.h"
#include "serve/feed.h"
#include "serve/serve.h"
#include "serve/token.h"

#ifdef OGIVE_CIVETWEB
#include <civetweb.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>

// Threads of the server, and how many of them may send events for long.
#define SERVER_THREADS "32"
enum { SERVER_LISTENERS = 16 };

// Answers that are made at once: each may hold all trials of a study.
enum { SERVER_TURNS = 4 };

enum { SERVER_STACK = 8 << 20 };  // bytes, of who makes one

static const double server_look_seconds = 0.5;   // between looks at the store
static const double server_look_share = 0.1;     // of the time may go into looking
static const double server_pause_seconds = 0.1;  // until an interrupt is noticed
static const double server_beat_seconds = 1;     // between writes to listeners: finds who went
static const double server_client_seconds = 5;   // for a client to say what it wants

static const char server_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

typedef struct server {
    og_site site;
    og_feed* feed;
    atomic_int listeners;
    sem_t turns;
    double client_seconds;
} server;

static void server_write_head(struct mg_connection* connection, og_arena* arena,
                              const og_http_response* response) {
    og_buffer head = {.arena = arena};
    og_buffer_print(&head,
                    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nConnection: close\r\n"
                    "Content-Security-Policy: %s\r\nX-Content-Type-Options: nosniff\r\n"
                    "Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n"
                    "Cross-Origin-Opener-Policy: same-origin\r\nCache-Control: no-store\r\n",
                    response->status, og_http_reason(response->status), response->type,
                    server_policy);
    if (response->allow) {
        og_buffer_print(&head, "Allow: %s\r\n", response->allow);
    }
    if (!response->events) {
        og_buffer_print(&head, "Content-Length: %zu\r\n", response->size);
    }
    og_buffer_print(&head, "\r\n");
    mg_write(connection, head.data, head.length);
}

static void server_write(struct mg_connection* connection, og_arena* arena,
                         const og_http_response* response) {
    server_write_head(connection, arena, response);
    mg_write(connection, response->body, response->size);
}

// Events until the client goes or the server ends.
static void server_stream(server* own, struct mg_connection* connection, og_arena* arena,
                          og_http_response* response) {
    if (atomic_fetch_add(&own->listeners, 1) >= SERVER_LISTENERS) {
        atomic_fetch_sub(&own->listeners, 1);
        og_http_fail(arena, response, 503, "%d pages are open already", (int)SERVER_LISTENERS);
        server_write(connection, arena, response);
        return;
    }
    server_write_head(connection, arena, response);
    uint64_t seen = 0;
    for (bool open = true; open;) {
        const og_arena_mark mark = og_arena_here(arena);
        og_buffer events = {.arena = arena};
        open = og_feed_wait(own->feed, &seen, server_beat_seconds, &events) &&
               mg_write(connection, events.data, events.length) > 0;
        og_arena_rewind(arena, mark);
    }
    atomic_fetch_sub(&own->listeners, 1);
}

// The body into `request`; false with the response set when there is none to be had.
static bool server_read_body(const server* own, struct mg_connection* connection, og_arena* arena,
                             og_http_request* request, og_http_response* response) {
    const long long length = mg_get_request_info(connection)->content_length;
    if (length > OG_HTTP_BODY) {
        og_http_fail(arena, response, 413, "a body has at most %d bytes", (int)OG_HTTP_BODY);
        return false;
    }
    const size_t size = length > 0 ? (size_t)length : 0;
    char* body = OG_NEW(arena, char, size + 1);
    const double end = og_clock_seconds() + own->client_seconds;
    for (size_t got = 0; got < size;) {
        const int part = mg_read(connection, body + got, size - got);
        if (part <= 0 || og_clock_seconds() > end) {
            og_http_fail(arena, response, 408, "the body did not arrive");
            return false;
        }
        got += (size_t)part;
    }
    request->body = body;
    request->body_size = size;
    return true;
}

// What an answer is made of.
typedef struct server_thought {
    server* own;
    og_arena* arena;
    const og_http_request* request;
    og_http_response* response;
} server_thought;

// The answer into its arena; what it was made of goes before a slow client has taken it.
static void* server_think_main(void* context) {
    const server_thought* thought = context;
    server* own = thought->own;
    og_http_response* response = thought->response;
    og_arena* arena = thought->arena;
    og_arena* work = og_arena_create();
    while (sem_wait(&own->turns) != 0 && errno == EINTR) {
    }
    og_site_answer(&own->site, work, thought->request, response);
    response->body = response->body ? og_text_copy(arena, response->body, response->size) : NULL;
    response->allow = response->allow ? og_text_format(arena, "%s", response->allow) : NULL;
    og_arena_destroy(work);
    sem_post(&own->turns);
    return NULL;
}

// The web server's own threads have stacks of 100 kB, which nested JSON, databases and encryption
// can exceed: answers are made on a larger one.
static void server_think(server* own, og_arena* arena, const og_http_request* request,
                         og_http_response* response) {
    server_thought thought = {own, arena, request, response};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    int problem = pthread_attr_setstacksize(&attributes, SERVER_STACK);
    problem = problem ? problem : pthread_create(&thread, &attributes, server_think_main, &thought);
    pthread_attr_destroy(&attributes);
    if (problem) {
        og_http_fail(arena, response, 503, "the server has no thread for this answer");
        return;
    }
    pthread_join(thread, NULL);
}

static void server_answer(server* own, struct mg_connection* connection, og_arena* arena) {
    const struct mg_request_info* info = mg_get_request_info(connection);
    og_http_header* headers = OG_NEW(arena, og_http_header, info->num_headers);
    for (int i = 0; i < info->num_headers; i++) {
        headers[i] = (og_http_header){info->http_headers[i].name, info->http_headers[i].value};
    }
    og_http_request request = {
        .method = info->request_method,
        .path = info->local_uri_raw ? info->local_uri_raw : "",
        .query = info->query_string,
        .headers = headers,
        .header_count = info->num_headers,
    };
    og_http_response response = {0};
    if (server_read_body(own, connection, arena, &request, &response)) {
        server_think(own, arena, &request, &response);
    }
    if (response.events) {
        server_stream(own, connection, arena, &response);
    } else {
        server_write(connection, arena, &response);
    }
}

static int server_begin(struct mg_connection* connection) {
    og_arena* arena = og_arena_create();
    server_answer(mg_get_user_data(mg_get_context(connection)), connection, arena);
    og_arena_destroy(arena);
    return 200;
}

// What the web server refuses before it asks.
static int server_refuse(struct mg_connection* connection, int status, const char* message) {
    og_arena* arena = og_arena_create();
    og_http_response response = {0};
    og_http_fail(arena, &response, status, "%s", message ? message : og_http_reason(status));
    server_write(connection, arena, &response);
    og_arena_destroy(arena);
    return 0;
}

static int server_log(const struct mg_connection* connection, const char* message) {
    (void)connection;
    (void)message;
    return 1;  // said; what a client did wrong is its own affair
}

static void server_sleep(double seconds) {
    const struct timespec time = {.tv_sec = (time_t)seconds,
                                  .tv_nsec = (long)((seconds - (double)(long)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

// Look at the store while somebody listens.
static void server_watch(server* own, const volatile int* interrupt) {
    double next = 0;
    while (!og_interrupted(interrupt)) {
        const double now = og_clock_seconds();
        if (now >= next && atomic_load(&own->listeners) > 0) {
            og_feed_look(own->feed);
            const double took = og_clock_seconds() - now;
            const double rest = took / server_look_share;
            next = now + (rest > server_look_seconds ? rest : server_look_seconds);
        }
        server_sleep(server_pause_seconds);
    }
}

static void server_say(const og_serve_options* options, const server* own,
                       const struct mg_context* context) {
    struct mg_server_port ports[1] = {{0}};
    char address[128];
    mg_get_server_ports(context, 1, ports);
    (void)snprintf(address, sizeof address, "http://127.0.0.1:%d/%s%s", ports[0].port,
                   own->site.token ? "#token=" : "", own->site.token ? own->site.token : "");
    if (options->ready) {
        options->ready(options->context, address);
    }
}

static og_status server_run(server* own, const og_serve_options* options) {
    char port[32];
    char timeout[32];
    (void)snprintf(timeout, sizeof timeout, "%d", (int)(1000 * own->client_seconds));
    (void)snprintf(port, sizeof port, "127.0.0.1:%d", options->port);
    const char* settings[] = {"listening_ports",
                              port,
                              "num_threads",
                              SERVER_THREADS,
                              "request_timeout_ms",
                              timeout,
                              "linger_timeout_ms",
                              "1000",
                              "max_request_size",
                              "16384",
                              "decode_url",
                              "no",
                              "tcp_nodelay",
                              "1",
                              NULL};
    const struct mg_callbacks callbacks = {
        .begin_request = server_begin, .http_error = server_refuse, .log_message = server_log};
    mg_init_library(0);
    struct mg_context* context = mg_start(&callbacks, own, settings);
    if (!context) {
        mg_exit_library();
        return og_fail(OG_ERROR_SYSTEM, "port %d of 127.0.0.1 cannot be had%s", options->port,
                       options->port ? ": something listens there already, or it is reserved" : "");
    }
    server_say(options, own, context);
    server_watch(own, options->interrupt);
    og_feed_close(own->feed);
    mg_stop(context);
    mg_exit_library();
    return OG_OK;
}

static og_status server_start(og_arena* arena, const og_serve_options* options) {
    server* own = OG_NEW(arena, server, 1);
    const double patience = options->client_seconds;
    *own = (server){.site = {.store = options->store},
                    .client_seconds = patience > 0 ? patience : server_client_seconds};
    og_store* store = NULL;
    OG_TRY(og_store_open(options->store, OG_STORE_READ, &store));
    og_store_close(store);
    if (options->allow_control) {
        OG_TRY(og_token_make(arena, &own->site.token));
    }
    OG_TRY(og_feed_create(&own->site, &own->feed));
    sem_init(&own->turns, 0, SERVER_TURNS);
    const og_status status = server_run(own, options);
    sem_destroy(&own->turns);
    og_feed_destroy(own->feed);
    return status;
}

og_status og_serve(const og_serve_options* options) {
    og_arena* arena = og_arena_create();
    const og_status status = server_start(arena, options);
    og_arena_destroy(arena);
    return status;
}

#else

og_status og_serve(const og_serve_options* options) {
    (void)options;
    return og_fail(OG_ERROR_SYSTEM,
                   "this ogive was built without the web server: install libcivetweb-dev and build "
                   "it again");
}

#endif
