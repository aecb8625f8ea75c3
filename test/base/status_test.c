#include "ogive/status.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <string.h>

static og_status status_pass(og_status status) {
    OG_TRY(status);
    og_fail(OG_ERROR_SYSTEM, "reached");
    return OG_OK;
}

static void status_keeps_the_message(void** state) {
    (void)state;
    assert_int_equal(og_fail(OG_ERROR_NAME, "no agent '%s'", "x"), OG_ERROR_NAME);
    assert_string_equal(og_error_text(), "no agent 'x'");
    assert_int_equal(og_fail_context(OG_ERROR_NAME, "line %d", 3), OG_ERROR_NAME);
    assert_string_equal(og_error_text(), "line 3: no agent 'x'");
    // the message may be made from itself
    og_fail(OG_ERROR_FILE, "<%s>", og_error_text());
    assert_string_equal(og_error_text(), "<line 3: no agent 'x'>");
    assert_int_equal(status_pass(OG_ERROR_VALUE), OG_ERROR_VALUE);
    assert_string_equal(og_error_text(), "<line 3: no agent 'x'>");
    assert_int_equal(status_pass(OG_OK), OG_OK);
    assert_string_equal(og_error_text(), "reached");
}

static void status_cuts_long_messages(void** state) {
    (void)state;
    char text[3000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    og_fail(OG_ERROR_FILE, "%s", text);
    assert_int_equal(strlen(og_error_text()), 1023);
    og_fail_context(OG_ERROR_FILE, "%s", text);
    assert_int_equal(strlen(og_error_text()), 1023);
}

static void* status_fail_elsewhere(void* argument) {
    (void)argument;
    og_fail(OG_ERROR_FILE, "elsewhere");
    return NULL;
}

static void status_belongs_to_its_thread(void** state) {
    (void)state;
    og_fail(OG_ERROR_FILE, "here");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, status_fail_elsewhere, NULL), 0);
    pthread_join(thread, NULL);
    assert_string_equal(og_error_text(), "here");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_keeps_the_message),
        cmocka_unit_test(status_cuts_long_messages),
        cmocka_unit_test(status_belongs_to_its_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
