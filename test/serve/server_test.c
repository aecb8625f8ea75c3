// The server from outside, over its port: answers, events of a running study, clients that do
// wrong, a clean end.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../study/fixture.h"
#include "base/interrupt.h"
#include "serve/serve.h"

enum { SERVER_TEST_SECONDS = 120 };  // only ends a test that hangs

typedef struct server_test {
    og_arena* arena;
    const char* path;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    volatile int interrupt;
    bool ready, ended;
    og_status status;
    char message[256];
    char address[256];
    int port;
    og_serve_options options;
} server_test;

static void server_test_ready(void* context, const char* address) {
    server_test* test = context;
    pthread_mutex_lock(&test->lock);
    (void)snprintf(test->address, sizeof test->address, "%s", address);
    test->ready = true;
    pthread_cond_broadcast(&test->changed);
    pthread_mutex_unlock(&test->lock);
}

static void* server_test_run(void* context) {
    server_test* test = context;
    const og_status status = og_serve(&test->options);
    pthread_mutex_lock(&test->lock);
    test->status = status;
    (void)snprintf(test->message, sizeof test->message, "%s", og_error_text());
    test->ended = true;
    pthread_cond_broadcast(&test->changed);
    pthread_mutex_unlock(&test->lock);
    return NULL;
}

static int server_test_open(void** state) {
    og_arena* arena = og_arena_create();
    server_test* test = OG_NEW(arena, server_test, 1);
    *test = (server_test){.arena = arena, .path = fixture_path(arena, "server.ogive")};
    pthread_mutex_init(&test->lock, NULL);
    pthread_cond_init(&test->changed, NULL);
    const og_plan plan = fixture_plan(arena, 30, test->path);
    og_study_result result;
    assert_int_equal(fixture_run(arena, &plan, NULL, &result), OG_OK);
    test->options = (og_serve_options){.store = test->path,
                                       .allow_control = true,
                                       .interrupt = &test->interrupt,
                                       .client_seconds = 0.5,
                                       .ready = server_test_ready,
                                       .context = test};
    assert_int_equal(pthread_create(&test->thread, NULL, server_test_run, test), 0);
    pthread_mutex_lock(&test->lock);
    while (!test->ready && !test->ended) {
        pthread_cond_wait(&test->changed, &test->lock);
    }
    pthread_mutex_unlock(&test->lock);
    *state = test;
    if (test->ready) {
        assert_int_equal(sscanf(test->address, "http://127.0.0.1:%d/", &test->port), 1);
    } else {
        assert_non_null(strstr(test->message, "built without the web server"));
    }
    return 0;
}

static int server_test_close(void** state) {
    server_test* test = *state;
    og_interrupt(&test->interrupt);
    pthread_join(test->thread, NULL);
    assert_int_equal(test->status, test->ready ? OG_OK : OG_ERROR_SYSTEM);
    fixture_remove(test->arena, test->path);
    pthread_cond_destroy(&test->changed);
    pthread_mutex_destroy(&test->lock);
    og_arena_destroy(test->arena);
    return 0;
}

static int server_test_connect(const server_test* test) {
    const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(file >= 0);
    const struct timeval patience = {.tv_sec = SERVER_TEST_SECONDS};
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)test->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(file, (struct sockaddr*)&address, sizeof address), 0);
    return file;
}

// What does not arrive because the server has hung up is no failure of the test.
static void server_test_send(int file, const void* data, size_t size) {
    for (size_t sent = 0; sent < size;) {
        const ssize_t part = send(file, (const char*)data + sent, size - sent, MSG_NOSIGNAL);
        if (part <= 0) {
            return;
        }
        sent += (size_t)part;
    }
}

// All that comes until the server hangs up, terminated.
static const char* server_test_receive(server_test* test, int file) {
    og_buffer text = {.arena = test->arena};
    char block[4096];
    ssize_t got;
    og_buffer_add(&text, "", 0);
    while ((got = recv(file, block, sizeof block, 0)) > 0) {
        og_buffer_add(&text, block, (size_t)got);
    }
    assert_true(got == 0 || errno == ECONNRESET);
    return text.data;
}

static const char* server_test_exchange(server_test* test, const char* text, size_t size) {
    const int file = server_test_connect(test);
    server_test_send(file, text, size);
    shutdown(file, SHUT_WR);
    const char* answer = server_test_receive(test, file);
    close(file);
    return answer;
}

static const char* server_test_get(server_test* test, const char* path) {
    const char* text = og_text_format(test->arena, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
                                      path, test->port);
    return server_test_exchange(test, text, strlen(text));
}

static bool server_test_is_status(const char* answer, int status) {
    int given = 0;
    return sscanf(answer, "HTTP/1.1 %d ", &given) == 1 && given == status;
}

static void server_test_alive(server_test* test) {
    assert_true(server_test_is_status(server_test_get(test, "/api/studies"), 200));
}

static server_test* server_test_or_skip(void** state) {
    server_test* test = *state;
    if (!test->ready) {
        skip();
    }
    return test;
}

static void server_answers(void** state) {
    server_test* test = server_test_or_skip(state);
    static const char* const heads[] = {
        "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors "
        "'none'\r\n",
        "\r\nX-Content-Type-Options: nosniff\r\n",
        "\r\nReferrer-Policy: no-referrer\r\n",
        "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
        "\r\nCache-Control: no-store\r\n",
    };
    static const struct {
        const char* path;
        int status;
        const char* part;
    } cases[] = {
        {"/", 200, "<script type=\"module\" src=\"/app.js\">"},
        {"/app.js", 200, "EventSource"},
        {"/app.css", 200, ":root"},
        {"/api/studies", 200, "\"name\":\"test\""},
        {"/api/study/test", 200, "\"tasks\":["},
        {"/api/study/test/trials?from=29", 200, "\"next\":30"},
        {"/api/study/%74est", 200, "\"tasks\":["},
        {"/api/study/%2574est", 404, "{\"error\":"},
        {"/favicon.ico", 404, "{\"error\":"},
        {"/../../etc/passwd", 404, "{\"error\":"},
        {"/%2e%2e/%2e%2e/etc/passwd", 404, "{\"error\":"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char* answer = server_test_get(test, cases[i].path);
        if (!server_test_is_status(answer, cases[i].status) || !strstr(answer, cases[i].part)) {
            fail_msg("%s: %.400s", cases[i].path, answer);
        }
        for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
            assert_non_null(strstr(answer, heads[h]));
        }
        assert_null(strstr(answer, "Access-Control"));
    }
}

// True when a connection to `host` reaches the server.
static bool server_test_reaches(const server_test* test, const char* host) {
    const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)test->port)};
    assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
    const bool reached = connect(file, (struct sockaddr*)&address, sizeof address) == 0;
    close(file);
    return reached;
}

// All of 127.0.0.0/8 is this machine, but only one address of it is listened on.
static void server_listens_here_alone(void** state) {
    server_test* test = server_test_or_skip(state);
    assert_true(server_test_reaches(test, "127.0.0.1"));
    assert_false(server_test_reaches(test, "127.0.0.2"));
}

// Read until `part` has come; what was read.
static const char* server_test_until(server_test* test, int file, const char* part,
                                     og_buffer* text) {
    char block[4096];
    og_buffer_add(text, "", 0);
    while (!strstr(text->data, part)) {
        const ssize_t got = recv(file, block, sizeof block, 0);
        if (got <= 0) {
            fail_msg("'%s' did not come: %s", part, text->data);
        }
        og_buffer_add(text, block, (size_t)got);
    }
    (void)test;
    return text->data;
}

static int server_test_try_listen(server_test* test, og_buffer* text) {
    const int file = server_test_connect(test);
    const char* ask = og_text_format(
        test->arena, "GET /events HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", test->port);
    server_test_send(file, ask, strlen(ask));
    server_test_until(test, file, "\r\n\r\n", text);
    if (server_test_is_status(text->data, 200)) {
        return file;
    }
    assert_true(server_test_is_status(text->data, 503));
    close(file);
    return -1;
}

// Listen; the places of listeners that went are free again after a while.
static int server_test_listen(server_test* test, og_buffer* text) {
    int file = -1;
    while (file < 0) {
        *text = (og_buffer){.arena = test->arena};
        file = server_test_try_listen(test, text);
        usleep(file < 0 ? 20000 : 0);
    }
    server_test_until(test, file, "event: studies\n", text);
    return file;
}

static void server_tells_of_runs(void** state) {
    server_test* test = server_test_or_skip(state);
    og_buffer text = {.arena = test->arena};
    const int file = server_test_listen(test, &text);
    assert_non_null(strstr(text.data, "Content-Type: text/event-stream\r\n"));
    assert_non_null(server_test_until(test, file, "\"trials\":30", &text));
    // another study, then more trials of the first one
    og_plan plan = fixture_plan(test->arena, 20, test->path);
    plan.name = "newcomer";
    og_study_result result;
    assert_int_equal(fixture_run(test->arena, &plan, NULL, &result), OG_OK);
    server_test_until(test, file, "\"name\":\"newcomer\"", &text);
    plan = fixture_plan(test->arena, 45, test->path);
    assert_int_equal(fixture_run(test->arena, &plan, NULL, &result), OG_OK);
    server_test_until(test, file, "\"trials\":45", &text);
    close(file);
    server_test_alive(test);
}

static void server_bounds_listeners(void** state) {
    server_test* test = server_test_or_skip(state);
    enum { COUNT = 16 };
    int files[COUNT];
    for (int i = 0; i < COUNT; i++) {
        og_buffer text = {.arena = test->arena};
        files[i] = server_test_listen(test, &text);
    }
    assert_true(server_test_is_status(server_test_get(test, "/events"), 503));
    server_test_alive(test);
    for (int i = 0; i < COUNT; i++) {
        close(files[i]);
    }
}

static void server_survives_garbage(void** state) {
    server_test* test = server_test_or_skip(state);
    static const struct {
        const char* text;
        size_t size;
    } cases[] = {
#define CASE(literal) {literal, sizeof literal - 1}
        CASE(""),
        CASE("\r\n\r\n"),
        CASE("\0\0\0\0\r\n\r\n"),
        CASE("GET\r\n\r\n"),
        CASE("GET / \r\n\r\n"),
        CASE("GET / HTTP/9.9\r\n\r\n"),
        CASE("GET / HTTP/1.1\r\n\r\n"),
        CASE("GET / HTTP/1.1\r\nHost\r\n\r\n"),
        CASE("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        CASE("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        CASE("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        CASE("CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        CASE("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        CASE("POST /api/studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"),
        CASE(
            "POST /api/studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"),
        CASE("POST /api/studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nshort"),
        CASE("POST /api/studies HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
             "zz\r\n"),
        CASE("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"),
        CASE("GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        CASE("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char* answer = server_test_exchange(test, cases[i].text, cases[i].size);
        assert_false(server_test_is_status(answer, 101));
        if (server_test_is_status(answer, 200)) {
            fail_msg("case %zu is answered: %.200s", i, answer);
        }
    }
    // no other protocol is spoken
    static const char upgrade[] =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n";
    assert_false(server_test_is_status(server_test_exchange(test, upgrade, strlen(upgrade)), 101));
    server_test_alive(test);
}

static void server_survives_size(void** state) {
    server_test* test = server_test_or_skip(state);
    enum { SIZE = 1 << 20 };
    char* large = OG_NEW(test->arena, char, SIZE + 1);
    memset(large, 'a', SIZE);
    const int lengths[] = {5000, 20000, SIZE};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const char* path = og_text_format(
            test->arena, "GET /%.*s HTTP/1.1\r\nHost: localhost\r\n\r\n", lengths[i], large);
        assert_false(server_test_is_status(server_test_exchange(test, path, strlen(path)), 200));
        const char* field = og_text_format(
            test->arena, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %.*s\r\n\r\n", lengths[i], large);
        const char* answer = server_test_exchange(test, field, strlen(field));
        assert_true(server_test_is_status(answer, 200) == (lengths[i] == 5000));
    }
    og_buffer many = {.arena = test->arena};
    og_buffer_print(&many, "GET / HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < 500; i++) {
        og_buffer_print(&many, "X-%d: y\r\n", i);
    }
    og_buffer_print(&many, "\r\n");
    (void)server_test_exchange(test, many.data, many.length);
    server_test_alive(test);
}

// JSON that is nested as deep as a body allows is refused in words.
static void server_survives_depth(void** state) {
    server_test* test = server_test_or_skip(state);
    enum { DEPTH = 60000 };
    char* deep = OG_NEW(test->arena, char, DEPTH + 1);
    memset(deep, '[', DEPTH);
    const char* token = strchr(test->address, '=') + 1;
    const char* text = og_text_format(
        test->arena,
        "POST /api/study/x/stop HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        token, (int)DEPTH, deep);
    assert_true(server_test_is_status(server_test_exchange(test, text, strlen(text)), 400));
    server_test_alive(test);
}

// Clients that begin and do not go on are sent away, and others are served meanwhile and after.
static void server_survives_slowness(void** state) {
    server_test* test = server_test_or_skip(state);
    enum { COUNT = 40 };
    int files[COUNT];
    static const char* const beginnings[] = {
        "", "GET", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
        "POST /api/studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{"};
    for (int i = 0; i < COUNT; i++) {
        files[i] = server_test_connect(test);
        const char* beginning = beginnings[i % 5];
        server_test_send(files[i], beginning, strlen(beginning));
    }
    server_test_alive(test);
    for (int i = 0; i < COUNT; i++) {
        (void)server_test_receive(test, files[i]);
        close(files[i]);
    }
    server_test_alive(test);
}

static void server_survives_many(void** state) {
    server_test* test = server_test_or_skip(state);
    enum { COUNT = 300 };
    static const char text[] = "GET /app.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < COUNT; i++) {
        const int file = server_test_connect(test);
        if (i % 3 == 0) {
            // hangs up with a reset while the answer is on its way
            const struct linger now = {.l_onoff = 1};
            setsockopt(file, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            server_test_send(file, text, strlen(text));
        }
        close(file);
    }
    server_test_alive(test);
}

// A page that is open does not keep the server from ending.
static void server_ends_with_listeners(void** state) {
    server_test* test = server_test_or_skip(state);
    og_buffer text = {.arena = test->arena};
    const int file = server_test_listen(test, &text);
    og_interrupt(&test->interrupt);
    (void)server_test_receive(test, file);
    close(file);
}

static void server_port_taken(void** state) {
    server_test* test = server_test_or_skip(state);
    og_serve_options options = test->options;
    options.port = test->port;
    options.ready = NULL;
    assert_int_equal(og_serve(&options), OG_ERROR_SYSTEM);
    assert_non_null(strstr(og_error_text(), "cannot be had"));
    options.store = "/nonexistent/store";
    assert_int_equal(og_serve(&options), OG_ERROR_STORE);
    server_test_alive(test);
}

int main(void) {
    // starting and ending take the web server a while, so that one serves for most
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_answers),
        cmocka_unit_test(server_listens_here_alone),
        cmocka_unit_test(server_tells_of_runs),
        cmocka_unit_test(server_bounds_listeners),
        cmocka_unit_test(server_survives_garbage),
        cmocka_unit_test(server_survives_size),
        cmocka_unit_test(server_survives_slowness),
        cmocka_unit_test(server_survives_many),
        cmocka_unit_test(server_survives_depth),
        cmocka_unit_test(server_port_taken),
        cmocka_unit_test(server_ends_with_listeners),
    };
    return cmocka_run_group_tests(tests, server_test_open, server_test_close);
}
