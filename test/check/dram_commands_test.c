// Command traces as files.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ogive/dram_check.h"
#include "ogive/file.h"

static og_arena* arena;
static char path[64];

static int set_up(void** state) {
    (void)state;
    arena = og_arena_create();
    snprintf(path, sizeof path, "dram_commands_test_%ld.csv", (long)getpid());
    return 0;
}

static int tear_down(void** state) {
    (void)state;
    remove(path);
    og_arena_destroy(arena);
    return 0;
}

static og_status load(const char* text, og_dram_commands* commands) {
    assert_int_equal(og_file_write(path, text, strlen(text)), OG_OK);
    return og_dram_commands_load(arena, path, commands);
}

static void refuse(const char* text, const char* where, const char* why) {
    og_dram_commands commands;
    assert_int_equal(load(text, &commands), OG_ERROR_FILE);
    if (!strstr(og_error_text(), where) || !strstr(og_error_text(), why)) {
        fail_msg("'%s' should say '%s' and '%s'", og_error_text(), where, why);
    }
}

static void header_and_dialects(void** state) {
    (void)state;
    og_dram_commands commands;
    assert_int_equal(load("cycle,cmd,rank,bankgroup,bank,row,column\n"
                          "# comment\n\n"
                          "2,ACT,0,1,3,7,-1\r\n"
                          "18, RD ,0,1,3,,40\n"
                          "41,PREPB,0,1,3,,-1\n"
                          "99,REFAB,1,,,,\n",
                          &commands),
                     OG_OK);
    assert_int_equal(commands.count, 4);
    assert_int_equal(commands.events[0].kind, OG_DRAM_CHECK_ACT);
    assert_int_equal(commands.events[0].bank_group, 1);
    assert_int_equal(commands.events[0].row, 7);
    assert_int_equal(commands.events[1].row, -1);
    assert_int_equal(commands.events[1].column, 40);
    assert_int_equal(commands.events[2].kind, OG_DRAM_CHECK_PRE);
    assert_int_equal(commands.events[3].kind, OG_DRAM_CHECK_REFA);
    assert_int_equal(commands.events[3].rank, 1);
    assert_int_equal(commands.events[3].bank, -1);
    assert_int_equal(commands.events[3].channel, 0);
}

static void columns_in_any_order(void** state) {
    (void)state;
    og_dram_commands commands;
    assert_int_equal(load("request,channel,cmd,cycle,bank\n12,1,WRA,5,2", &commands), OG_OK);
    assert_int_equal(commands.count, 1);
    assert_int_equal(commands.events[0].request, 12);
    assert_int_equal(commands.events[0].channel, 1);
    assert_int_equal(commands.events[0].cycle, 5);
    assert_int_equal(commands.events[0].bank, 2);
    assert_int_equal(load("7,ACT,0,0,0,1,-1\n", &commands), OG_OK);  // no header
    assert_int_equal(commands.count, 1);
}

static void damage_is_named_with_its_line(void** state) {
    (void)state;
    refuse("", path, "no commands");
    refuse("cycle,cmd,rank,bankgroup,bank,row,column\n", path, "no commands");
    refuse("cycle,command,rank\n1,ACT,0\n", ":1:", "'command'");
    refuse("cycle,cycle,cmd\n1,1,ACT\n", ":1:", "'cycle'");
    refuse("rank,bank\n", ":1:", "cycle and cmd");
    refuse("1,ACT,0,0,0,1,-1\n2,AKT,0,0,0,1,-1\n", ":2:", "did you mean ACT?");
    refuse("1,ACT,0,0,0,1,-1\n\n2,XYZZY,0,0,0,1,-1\n", ":3:", "XYZZY");
    refuse("1,ACT,0,0,0,1\n", ":1:", "7 short fields");
    refuse("1,ACT,0,0,0,1,-1,5\n", ":1:", "7 short fields");
    refuse("1,ACT,0,0,0,one,-1\n", ":1:", "row 'one'");
    refuse("1,ACT,0,0,0,3000000000,-1\n", ":1:", "2147483647");
    refuse("-1,ACT,0,0,0,1,-1\n", ":1:", "");
    refuse("99999999999999999999,ACT,0,0,0,1,-1\n", ":1:", "cycle");
    refuse("1,ACT,-2,0,0,1,-1\n", ":1:", "rank '-2'");
    refuse("1,ACTACTACTACTACTACTACTACTACTACTACTACTACTACTACT,0,0,0,1,-1\n", ":1:", "fields");
    og_dram_commands commands;
    assert_int_equal(og_dram_commands_load(arena, "/nonexistent/x.csv", &commands), OG_ERROR_FILE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(header_and_dialects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_named_with_its_line, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
