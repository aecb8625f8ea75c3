// What the live page answers, without a server: routes, who may ask, studies as JSON.

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../study/fixture.h"
#include "serve/feed.h"
#include "serve/site.h"
#include "serve/token.h"

enum { SITE_TEST_TRIALS = 60 };

typedef struct site_test {
    og_arena* arena;
    const char* path;
    og_site site;
} site_test;

static int site_test_open(void** state) {
    og_arena* arena = og_arena_create();
    site_test* test = OG_NEW(arena, site_test, 1);
    *test = (site_test){.arena = arena, .path = fixture_path(arena, "site.ogive")};
    test->site.store = test->path;
    og_plan plan = fixture_plan(arena, SITE_TEST_TRIALS, test->path);
    og_study_result result;
    assert_int_equal(fixture_run(arena, &plan, NULL, &result), OG_OK);
    plan.name = "a/b \"c\" %41";
    plan.seed = 6;
    assert_int_equal(fixture_run(arena, &plan, NULL, &result), OG_OK);
    *state = test;
    return 0;
}

static int site_test_close(void** state) {
    site_test* test = *state;
    fixture_remove(test->arena, test->path);
    og_arena_destroy(test->arena);
    return 0;
}

// An answer to `method path?query` of a browser that was led here.
static og_http_response site_test_ask(site_test* test, const char* method, const char* path,
                                      const char* query) {
    static const og_http_header headers[] = {{"Host", "127.0.0.1:8080"}};
    const og_http_request request = {
        .method = method, .path = path, .query = query, .headers = headers, .header_count = 1};
    og_http_response response;
    og_site_answer(&test->site, test->arena, &request, &response);
    return response;
}

static json_t* site_test_json(const og_http_response* response) {
    assert_string_equal(response->type, "application/json");
    json_t* json = json_loadb(response->body, response->size, 0, NULL);
    assert_non_null(json);
    return json;
}

// That the answer is an error in words.
static void site_test_refused(const og_http_response* response, int status) {
    assert_int_equal(response->status, status);
    json_t* json = site_test_json(response);
    assert_true(json_string_length(json_object_get(json, "error")) > 10);
    json_decref(json);
}

static void site_routes(void** state) {
    static const struct {
        const char* method;
        const char* path;
        const char* query;
        int status;
    } cases[] = {
        {"GET", "/", NULL, 200},
        {"GET", "/", "", 200},
        {"GET", "/", "x=1", 400},
        {"GET", "/app.js", NULL, 200},
        {"GET", "/app.css", NULL, 200},
        {"GET", "/app%2ejs", NULL, 200},
        {"GET", "/app.jsx", NULL, 404},
        {"GET", "/App.js", NULL, 404},
        {"GET", "/app.js/", NULL, 404},
        {"GET", "//app.js", NULL, 404},
        {"GET", "app.js", NULL, 404},
        {"GET", "", NULL, 404},
        {"GET", "*", NULL, 404},
        {"GET", "/../etc/passwd", NULL, 404},
        {"GET", "/%2e%2e/app.js", NULL, 404},
        {"GET", "/%zz", NULL, 404},
        {"GET", "/%", NULL, 404},
        {"GET", "/%00", NULL, 404},
        {"HEAD", "/", NULL, 405},
        {"get", "/", NULL, 405},
        {"", "/", NULL, 405},
        {"POST", "/api/studies", NULL, 405},
        {"GET", "/api", NULL, 404},
        {"GET", "/api/studies", NULL, 200},
        {"GET", "/api/study", NULL, 404},
        {"GET", "/api/study/", NULL, 404},
        {"GET", "/api/study/test", NULL, 200},
        {"GET", "/api/study/test", "from=1", 400},
        {"GET", "/api/study/test", "analysis=0", 200},
        {"GET", "/api/study/test", "analysis=1", 400},
        {"GET", "/api/study/tes", NULL, 404},
        {"GET", "/api/study/a%2Fb%20%22c%22%20%2541", NULL, 200},
        {"GET", "/api/study/a/b%20%22c%22%20%2541", NULL, 404},
        {"GET", "/api/study/test/trials", NULL, 200},
        {"GET", "/api/study/test/trials", "from=59", 200},
        {"GET", "/api/study/test/trials", "from=9223372036854775807", 200},
        {"GET", "/api/study/test/trials", "from=9223372036854775808", 400},
        {"GET", "/api/study/test/trials", "from=-1", 400},
        {"GET", "/api/study/test/trials", "from=", 400},
        {"GET", "/api/study/test/trials", "from", 400},
        {"GET", "/api/study/test/trials", "from=1&from=2", 400},
        {"GET", "/api/study/test/trials", "fromm=1", 400},
        {"GET", "/api/study/test/trials", "from=%31", 200},
        {"GET", "/api/study/test/trials/0", NULL, 404},
        {"GET", "/api/study/nobody/trials", "from=0", 404},
        {"POST", "/events", NULL, 405},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const og_http_response response =
            site_test_ask(*state, cases[i].method, cases[i].path, cases[i].query);
        if (response.status != cases[i].status) {
            fail_msg("%s %s?%s is answered %d, not %d", cases[i].method, cases[i].path,
                     cases[i].query ? cases[i].query : "", response.status, cases[i].status);
        }
        if (cases[i].status != 200) {
            site_test_refused(&response, cases[i].status);
            assert_true((response.status == 405) == (response.allow != NULL));
        }
    }
    assert_true(site_test_ask(*state, "GET", "/events", NULL).events);
}

static void site_limits(void** state) {
    site_test* test = *state;
    char* path = OG_NEW(test->arena, char, OG_HTTP_PATH + 8);
    memset(path, 'a', OG_HTTP_PATH + 7);
    path[0] = '/';
    og_http_response response = site_test_ask(test, "GET", path, NULL);
    site_test_refused(&response, 414);
    path[OG_HTTP_PATH] = '\0';
    response = site_test_ask(test, "GET", path, NULL);
    site_test_refused(&response, 404);
    response = site_test_ask(test, "GET", "/", path);
    site_test_refused(&response, 400);
}

// A page from elsewhere cannot ask through a name that leads here, nor directly.
static void site_strangers(void** state) {
    static const struct {
        const char* host;
        const char* origin;
        int status;
    } cases[] = {
        {"127.0.0.1:8080", NULL, 200},
        {"127.0.0.1", NULL, 200},
        {"localhost:1", NULL, 200},
        {"LOCALHOST:65535", NULL, 200},
        {"[::1]:80", NULL, 200},
        {NULL, NULL, 421},
        {"", NULL, 421},
        {"evil.example", NULL, 421},
        {"127.0.0.1.evil.example", NULL, 421},
        {"localhost.evil.example:8080", NULL, 421},
        {"localhost:", NULL, 421},
        {"localhost:8080x", NULL, 421},
        {"localhost:123456", NULL, 421},
        {"evil@localhost", NULL, 421},
        {"127.0.0.1:8080", "http://127.0.0.1:8080", 200},
        {"127.0.0.1:8080", "http://127.0.0.1:8081", 403},
        {"127.0.0.1:8080", "https://127.0.0.1:8080", 403},
        {"127.0.0.1:8080", "http://evil.example", 403},
        {"127.0.0.1:8080", "null", 403},
        {"127.0.0.1:8080", "", 403},
    };
    site_test* test = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const og_http_header headers[] = {{"hOST", cases[i].host}, {"Origin", cases[i].origin}};
        const og_http_request request = {
            .method = "GET",
            .path = "/",
            .headers = cases[i].host ? headers : NULL,
            .header_count = !cases[i].host    ? 0
                            : cases[i].origin ? 2
                                              : 1,
        };
        og_http_response response;
        og_site_answer(&test->site, test->arena, &request, &response);
        if (response.status != cases[i].status) {
            fail_msg("host %s, origin %s: %d, not %d", cases[i].host, cases[i].origin,
                     response.status, cases[i].status);
        }
    }
    static const og_http_header twice[] = {{"Host", "localhost"}, {"host", "evil.example"}};
    const og_http_request request = {
        .method = "GET", .path = "/", .headers = twice, .header_count = 2};
    og_http_response response;
    og_site_answer(&test->site, test->arena, &request, &response);
    site_test_refused(&response, 400);
}

static void site_list(void** state) {
    const og_http_response response = site_test_ask(*state, "GET", "/api/studies", NULL);
    json_t* json = site_test_json(&response);
    json_t* studies = json_object_get(json, "studies");
    assert_int_equal(json_array_size(studies), 2);
    assert_int_equal(json_integer_value(json_object_get(json, "control")), 0);
    json_t* study = json_array_get(studies, 0);
    assert_string_equal(json_string_value(json_object_get(study, "name")), "test");
    assert_string_equal(json_string_value(json_object_get(study, "stop")), "budget used up");
    assert_int_equal(json_integer_value(json_object_get(study, "trials")), SITE_TEST_TRIALS);
    assert_int_equal(json_integer_value(json_object_get(study, "budget")), SITE_TEST_TRIALS);
    study = json_array_get(studies, 1);
    assert_string_equal(json_string_value(json_object_get(study, "name")), "a/b \"c\" %41");
    // the path that the list gives leads to the study
    const og_http_response page =
        site_test_ask(*state, "GET", json_string_value(json_object_get(study, "path")), NULL);
    assert_int_equal(page.status, 200);
    json_decref(json);
}

// A study runs for as long as a process holds it, whatever its record says.
static void site_running(void** state) {
    site_test* test = *state;
    og_store* store = NULL;
    og_study_record record;
    assert_int_equal(og_store_open(test->path, OG_STORE_WRITE, &store), OG_OK);
    assert_int_equal(og_store_study(store, test->arena, "test", &record), OG_OK);
    for (int held = 0; held < 2; held++) {
        if (held) {
            assert_int_equal(og_store_lock(store, record.id, "test"), OG_OK);
        }
        const og_http_response response = site_test_ask(test, "GET", "/api/studies", NULL);
        json_t* json = site_test_json(&response);
        json_t* studies = json_object_get(json, "studies");
        json_t* first = json_object_get(json_array_get(studies, 0), "running");
        json_t* second = json_object_get(json_array_get(studies, 1), "running");
        assert_int_equal(json_integer_value(first), held);
        assert_int_equal(json_integer_value(second), 0);
        json_decref(json);
    }
    og_store_unlock(store);
    bool running = true;
    assert_int_equal(og_store_running(store, record.id, &running), OG_OK);
    assert_false(running);
    og_store_close(store);
}

// The numbers of a study in parts are those of the whole.
static void site_parts(void** state) {
    site_test* test = *state;
    const og_http_response whole = site_test_ask(test, "GET", "/api/study/test", NULL);
    json_t* json = site_test_json(&whole);
    json_t* task = json_array_get(json_object_get(json, "tasks"), 0);
    json_t* study = json_array_get(json_object_get(task, "studies"), 0);
    json_t* rows = json_object_get(study, "rows");
    for (int from = 0; from < SITE_TEST_TRIALS; from += 17) {
        const char* query = og_text_format(test->arena, "from=%d", from);
        const og_http_response response =
            site_test_ask(test, "GET", "/api/study/test/trials", query);
        json_t* answer = site_test_json(&response);
        assert_int_equal(json_integer_value(json_object_get(answer, "from")), from);
        assert_int_equal(json_integer_value(json_object_get(answer, "next")), SITE_TEST_TRIALS);
        json_t* part = json_object_get(answer, "part");
        json_t* some = json_object_get(part, "rows");
        int fates[4] = {0};
        for (int i = from; i < SITE_TEST_TRIALS; i++) {
            const size_t place = (size_t)(i - from);
            assert_int_equal(json_integer_value(json_array_get(json_object_get(some, "n"), place)),
                             i);
            assert_true(json_equal(json_array_get(json_object_get(some, "loss"), place),
                                   json_array_get(json_object_get(rows, "loss"), (size_t)i)));
            fates[json_integer_value(json_array_get(json_object_get(some, "fate"), place))]++;
        }
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(json_integer_value(json_array_get(json_object_get(part, "fates"), i)),
                             fates[i]);
        }
        const json_int_t best =
            json_integer_value(json_object_get(json_object_get(study, "best"), "n"));
        assert_true((json_object_get(part, "best") != NULL) == (best >= from));
        json_decref(answer);
    }
    json_decref(json);
}

static og_http_response site_test_post(site_test* test, const char* what,
                                       const og_http_header* headers, int count, const char* body) {
    const og_http_request request = {
        .method = "POST",
        .path = og_text_format(test->arena, "/api/study/test/%s", what),
        .headers = headers,
        .header_count = count,
        .body = body,
        .body_size = strlen(body),
    };
    og_http_response response;
    og_site_answer(&test->site, test->arena, &request, &response);
    return response;
}

enum { SITE_TEST_FIELDS = 3 };
#define SITE_TEST_TOKEN "00112233445566778899aabbccddeeff"
static const og_http_header site_test_control[] = {{"Host", "localhost:80"},
                                                   {"Content-Type", "application/json"},
                                                   {"Authorization", "Bearer " SITE_TEST_TOKEN},
                                                   {"Origin", "http://localhost:80"},
                                                   {"Origin", "http://evil.example"}};

// Nothing is changed by who has no token, comes from elsewhere, or when control is not allowed.
static void site_guards_control(void** state) {
    static const og_http_header wrong[] = {
        {"Host", "localhost:80"},
        {"Content-Type", "application/json"},
        {"Authorization", "Bearer 00112233445566778899aabbccddeefe"}};
    static const og_http_header basic[] = {{"Host", "localhost:80"},
                                           {"Content-Type", "application/json"},
                                           {"Authorization", "Basic " SITE_TEST_TOKEN}};
    static const og_http_header form[] = {{"Host", "localhost:80"},
                                          {"Content-Type", "text/plain"},
                                          {"Authorization", "Bearer " SITE_TEST_TOKEN}};
    static const og_http_header foreign[] = {{"Host", "localhost:80"},
                                             {"Content-Type", "application/json"},
                                             {"Authorization", "Bearer " SITE_TEST_TOKEN},
                                             {"Origin", "http://evil.example"}};
    static const og_http_header rebound[] = {{"Host", "evil.example"},
                                             {"Content-Type", "application/json"},
                                             {"Authorization", "Bearer " SITE_TEST_TOKEN}};
    static const char* const requests[] = {"stop", "extend", "enqueue"};
    site_test* test = *state;
    for (int i = 0; i < 3; i++) {
        test->site.token = NULL;
        og_http_response response =
            site_test_post(test, requests[i], site_test_control, SITE_TEST_FIELDS, "{}");
        site_test_refused(&response, 403);
        test->site.token = SITE_TEST_TOKEN;
        response = site_test_post(test, requests[i], site_test_control, 2, "{}");
        site_test_refused(&response, 401);
        response = site_test_post(test, requests[i], wrong, 3, "{}");
        site_test_refused(&response, 401);
        response = site_test_post(test, requests[i], basic, 3, "{}");
        site_test_refused(&response, 401);
        response = site_test_post(test, requests[i], form, 3, "{}");
        site_test_refused(&response, 415);
        response = site_test_post(test, requests[i], foreign, 4, "{}");
        site_test_refused(&response, 403);
        response = site_test_post(test, requests[i], rebound, 3, "{}");
        site_test_refused(&response, 421);
        response = site_test_post(test, requests[i], site_test_control, 5, "{}");
        site_test_refused(&response, 400);
        response = site_test_ask(
            test, "GET", og_text_format(test->arena, "/api/study/test/%s", requests[i]), NULL);
        site_test_refused(&response, 405);
    }
}

static void site_control(void** state) {
    static const struct {
        const char* what;
        const char* body;
        int status;
    } cases[] = {
        {"stop", "", 400},
        {"stop", "[]", 400},
        {"stop", "{} {}", 400},
        {"stop", "{\"now\": true}", 400},
        {"stop", "{}", 202},
        {"extend", "{}", 400},
        {"extend", "{\"evaluations\": 10}", 400},
        {"extend", "{\"evaluations\": -10}", 400},
        {"extend", "{\"evaluations\": 1e300}", 400},
        {"extend", "{\"evaluations\": 9223372036854775807}", 400},
        {"extend", "{\"evaluations\": 99999999999999999999}", 400},
        {"extend", "{\"evaluations\": \"100\"}", 400},
        {"extend", "{\"seconds\": 100}", 400},
        {"extend", "{\"evaluations\": 100, \"seconds\": 100}", 400},
        {"extend", "{\"evaluations\": 100, \"evaluations\": 200}", 400},
        {"extend", "{\"evaluations\": 100}", 202},
        {"enqueue", "{}", 400},
        {"enqueue", "{\"design\": []}", 400},
        {"enqueue", "{\"design\": {\"witdh\": 3}}", 400},
        {"enqueue", "{\"design\": {\"width\": 17}}", 400},
        {"enqueue", "{\"design\": {\"width\": 1.5}}", 400},
        {"enqueue", "{\"design\": {\"width\": null}}", 400},
        {"enqueue", "{\"design\": {\"width\": [1]}}", 400},
        {"enqueue", "{\"design\": {\"mode\": \"Slwo\"}}", 400},
        {"enqueue", "{\"design\": {\"width\": 16, \"depth\": 64}}", 400},
        {"enqueue", "{\"design\": {\"width\": 16, \"depth\": 2, \"mode\": \"Slow\"}}", 202},
        {"enqueue", "{\"design\": {\"mode\": \"Fast\", \"limit\": 7}}", 202},
        {"enqueue", "{\"design\": {}}", 202},
    };
    site_test* test = *state;
    test->site.token = SITE_TEST_TOKEN;
    og_http_response response =
        site_test_post(test, "stop", site_test_control, SITE_TEST_FIELDS, "{}");
    site_test_refused(&response, 400);  // nobody runs it
    og_store* store = NULL;
    og_study_record record;
    assert_int_equal(og_store_open(test->path, OG_STORE_WRITE, &store), OG_OK);
    assert_int_equal(og_store_study(store, test->arena, "test", &record), OG_OK);
    assert_int_equal(og_store_lock(store, record.id, "test"), OG_OK);
    int64_t accepted = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        response = site_test_post(test, cases[i].what, site_test_control, SITE_TEST_FIELDS + 1,
                                  cases[i].body);
        if (response.status != cases[i].status) {
            fail_msg("%s %s is answered %d %s", cases[i].what, cases[i].body, response.status,
                     response.body);
        }
        accepted += response.status == 202;
    }
    int64_t waiting = 0;
    assert_int_equal(og_store_integer(store, "SELECT COUNT(*) FROM control", NULL, 0, 0, &waiting),
                     OG_OK);
    assert_int_equal(waiting, accepted);
    og_store_close(store);
}

static void site_no_store(void** state) {
    site_test* test = *state;
    site_test other = {.arena = test->arena, .site = {.store = "/nonexistent/store"}};
    const og_http_response response = site_test_ask(&other, "GET", "/api/studies", NULL);
    site_test_refused(&response, 500);
    assert_int_equal(site_test_ask(&other, "GET", "/", NULL).status, 200);
}

static int site_test_occurs(const og_buffer* text, const char* part) {
    int count = 0;
    for (const char* c = text->data; (c = strstr(c, part)); c++) {
        count++;
    }
    return count;
}

// Listeners hear of all studies first, then of those that changed, and of nothing twice.
static void site_feed(void** state) {
    site_test* test = *state;
    og_feed* feed = NULL;
    assert_int_equal(og_feed_create(&test->site, &feed), OG_OK);
    uint64_t seen = 0;
    og_buffer first = {.arena = test->arena};
    assert_true(og_feed_wait(feed, &seen, 0, &first));
    assert_int_equal(site_test_occurs(&first, "event:"), 0);
    og_feed_look(feed);
    assert_true(og_feed_wait(feed, &seen, 60, &first));
    assert_int_equal(site_test_occurs(&first, "event: studies\n"), 1);
    assert_int_equal(site_test_occurs(&first, "\"name\""), 2);
    og_feed_look(feed);
    og_buffer second = {.arena = test->arena};
    assert_true(og_feed_wait(feed, &seen, 0, &second));
    assert_int_equal(site_test_occurs(&second, "event:"), 0);

    og_plan plan = fixture_plan(test->arena, SITE_TEST_TRIALS + 10, test->path);
    og_study_result result;
    assert_int_equal(fixture_run(test->arena, &plan, NULL, &result), OG_OK);
    og_feed_look(feed);
    og_buffer third = {.arena = test->arena};
    assert_true(og_feed_wait(feed, &seen, 60, &third));
    assert_int_equal(site_test_occurs(&third, "event: study\n"), 1);
    assert_int_equal(site_test_occurs(&third, "\"trials\":70,"), 1);

    og_store* store = NULL;
    assert_int_equal(og_store_open(test->path, OG_STORE_WRITE, &store), OG_OK);
    assert_int_equal(og_store_remove(store, "test"), OG_OK);
    og_store_close(store);
    og_feed_look(feed);
    og_buffer fourth = {.arena = test->arena};
    assert_true(og_feed_wait(feed, &seen, 60, &fourth));
    assert_int_equal(site_test_occurs(&fourth, "event: studies\n"), 1);
    assert_int_equal(site_test_occurs(&fourth, "\"name\""), 1);

    og_feed_close(feed);
    assert_false(og_feed_wait(feed, &seen, 60, &fourth));
    og_feed_destroy(feed);
}

static void site_feed_trouble(void** state) {
    site_test* test = *state;
    const og_site site = {.store = "/nonexistent/store"};
    og_feed* feed = NULL;
    assert_int_equal(og_feed_create(&site, &feed), OG_OK);
    uint64_t seen = 0;
    og_buffer text = {.arena = test->arena};
    og_feed_look(feed);
    assert_true(og_feed_wait(feed, &seen, 60, &text));
    assert_int_equal(site_test_occurs(&text, "event: trouble\n"), 1);
    og_feed_destroy(feed);
}

static void site_tokens(void** state) {
    site_test* test = *state;
    const char* token = NULL;
    const char* other = NULL;
    assert_int_equal(og_token_make(test->arena, &token), OG_OK);
    assert_int_equal(og_token_make(test->arena, &other), OG_OK);
    assert_int_equal(strlen(token), 32);
    assert_string_not_equal(token, other);
    assert_true(og_token_equal(token, og_text_format(test->arena, "%s", token)));
    assert_false(og_token_equal(token, other));
    assert_false(og_token_equal(token, ""));
    assert_false(og_token_equal(token, og_text_format(test->arena, "%s0", token)));
    assert_false(og_token_equal(token, og_text_format(test->arena, "%s%s", token, token)));
    for (int i = 0; i < 32; i++) {
        char* wrong = og_text_format(test->arena, "%s", token);
        wrong[i] ^= 1;
        assert_false(og_token_equal(token, wrong));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(site_routes, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_limits, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_strangers, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_list, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_running, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_guards_control, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_control, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_parts, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_no_store, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_feed, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_feed_trouble, site_test_open, site_test_close),
        cmocka_unit_test_setup_teardown(site_tokens, site_test_open, site_test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
