// The page of the agents says what the program knows, and its example is an agent that conforms.

#include "agent/conformance.h"

// cmocka needs these before it
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/nearby.c"
#include "ogive/file.h"
#include "ogive/text.h"

static char* page_read(og_arena* arena, const char* path) {
    char* text = NULL;
    size_t size = 0;
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", OG_SOURCE_DIR, path);
    if (og_file_read(arena, full, (size_t)1 << 24, &text, &size) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return text;
}

// The row of the page's table for an option.
static const char* page_row(og_arena* arena, const og_parameter* option) {
    og_buffer row = {.arena = arena};
    og_buffer_print(&row, "| `%s` | ", option->name);
    og_parameter_print(option, option->initial, &row);
    og_buffer_print(&row, " | ");
    og_buffer range = {.arena = arena};
    og_parameter_print_range(option, &range);
    for (const char* c = range.data; *c != '\0'; c++) {
        og_buffer_print(&row, *c == '|' ? "\\%c" : "%c", *c);
    }
    og_buffer_print(&row, " | %s |", option->doc);
    return row.data;
}

static int page_missing(og_arena* arena, const char* page) {
    int missing = 0;
    for (int i = 0; og_agent_at(i) != NULL; i++) {
        const og_agent_type* type = og_agent_at(i);
        const char* heading = og_text_format(arena, "\n### `%s`\n", type->name);
        const char* section = strstr(page, heading);
        if (section == NULL) {
            print_message("no section %s\n", heading);
            missing++;
            continue;
        }
        const char* next = strstr(section + strlen(heading), "\n#");
        for (int k = 0; k < type->option_count; k++) {
            const char* row = page_row(arena, &type->options[k]);
            const char* found = strstr(section, row);
            if (found == NULL || (next != NULL && found > next)) {
                print_message("no row in %s:\n%s\n", type->name, row);
                missing++;
            }
        }
    }
    return missing;
}

static void test_agents_are_described(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    char* page = page_read(arena, "docs/agents.md");
    assert_int_equal(page_missing(arena, page), 0);
    // a page with one row less is noticed
    char* row = strstr(page, "| `mutation_rate` |");
    assert_non_null(row);
    row[3] = 'x';
    assert_int_equal(page_missing(arena, page), 1);
    og_arena_destroy(arena);
}

static void test_example_is_on_the_page(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* page = page_read(arena, "docs/agents.md");
    const char* example = page_read(arena, "test/agent/nearby.c");
    const char* shown = og_text_format(arena, "```c\n%s```\n", example);
    if (strstr(page, shown) == NULL) {
        fail_msg("docs/agents.md does not show test/agent/nearby.c");
    }
    og_arena_destroy(arena);
}

static void test_example_conforms(void** state) {
    (void)state;
    static const og_parameter rows[] = {
        {OG_INTEGER_ROW("a", "", 0, 9, 3, "One.")},
        {OG_INTEGER_ROW("b", "", 0, 9, 3, "Two.")},
    };
    static const char* const constraints[] = {"a <= b"};
    const og_space_table table = {rows, 2, constraints, 1};
    og_arena* arena = og_arena_create();
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    for (int world = 0; world < (int)WORLD_COUNT; world++) {
        const conformance_run run = {.type = &og_agent_nearby,
                                     .space = space,
                                     .world = (conformance_world)world,
                                     .objective_count = 1,
                                     .batch = 7,
                                     .budget = 100};
        assert_null(conformance_proposals(arena, &run));
        assert_null(conformance_repeats(arena, &run));
        assert_null(conformance_seeds(arena, &run));
    }
    assert_null(conformance_descriptor(&og_agent_nearby));
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agents_are_described),
        cmocka_unit_test(test_example_is_on_the_page),
        cmocka_unit_test(test_example_conforms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
