// Faults that are no distances: bank and rank states, buses, refresh accounts, the fate of
// requests.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "ogive/dram_check.h"

enum { EVENTS = 4096, APART = 2000 };

// a trace under construction
typedef struct trace {
    og_arena* arena;
    const og_dram_device* device;
    og_dram_check_options options;
    og_dram_check_event events[EVENTS];
    int count;
    int64_t cycle;
    int64_t end;
} trace;

static trace* begin(const char* device) {
    og_arena* arena = og_arena_create();
    trace* t = OG_NEW(arena, trace, 1);
    t->arena = arena;
    assert_int_equal(og_dram_device_find(device, &t->device), OG_OK);
    t->options.refresh = OG_DRAM_CHECK_REFRESH_NONE;
    t->end = -1;
    return t;
}

static og_dram_check_event* at(trace* t, int64_t cycle, og_dram_check_kind kind, int bank,
                               int row) {
    assert_true(t->count < EVENTS);
    og_dram_check_event* event = &t->events[t->count++];
    *event = (og_dram_check_event){
        .cycle = cycle, .kind = kind, .bank_group = 0, .bank = bank, .row = row, .request = -1};
    t->cycle = cycle;
    return event;
}

static og_dram_check_event* next(trace* t, og_dram_check_kind kind, int bank, int row) {
    return at(t, t->cycle + APART, kind, bank, row);
}

// judges the trace and expects `rule` broken `times`, and nothing else
static void expect(trace* t, const char* rule, int64_t times) {
    og_dram_check* check;
    assert_int_equal(og_dram_check_start(t->arena, t->device, &t->options, &check), OG_OK);
    for (int i = 0; i < t->count; ++i) {
        og_dram_check_command(check, &t->events[i]);
    }
    const og_dram_check_result result = og_dram_check_finish(check, t->end);
    int64_t found = 0;
    for (int i = 0; i < result.rule_count; ++i) {
        assert_non_null(result.rules[i].doc);
        found += rule && strcmp(result.rules[i].rule, rule) == 0 ? result.rules[i].violations : 0;
    }
    if (found != times || result.violations != times) {
        fail_msg("%s on %s: %lld times, %lld violations, first %s", rule ? rule : "legal",
                 t->device->name, (long long)found, (long long)result.violations,
                 result.violations > 0 ? og_dram_check_describe(t->arena, &result.listed[0]) : "-");
    }
    og_arena_destroy(t->arena);
}

static void legal_trace_passes(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_RD, 0, 5);
    next(t, OG_DRAM_CHECK_WRA, 0, 5);
    next(t, OG_DRAM_CHECK_REFA, -1, -1);
    next(t, OG_DRAM_CHECK_PDEP, -1, -1);
    next(t, OG_DRAM_CHECK_PDXP, -1, -1);
    next(t, OG_DRAM_CHECK_SREF, -1, -1);
    next(t, OG_DRAM_CHECK_SREX, -1, -1);
    expect(t, NULL, 0);
}

static void activate_needs_closed_bank(void** state) {
    (void)state;
    trace* t = begin("ddr3_1600");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_ACT, 0, 6);
    expect(t, "bank open", 1);
}

static void column_needs_open_bank_and_row(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_RD, 0, 5);
    next(t, OG_DRAM_CHECK_ACT, 1, 5);
    next(t, OG_DRAM_CHECK_RDA, 1, 5);
    next(t, OG_DRAM_CHECK_WR, 1, 5);
    expect(t, "bank closed", 2);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_WR, 0, 6);
    next(t, OG_DRAM_CHECK_RD, 0, 5);
    next(t, OG_DRAM_CHECK_RD, 0, -1);  // a trace without rows is believed
    expect(t, "row", 1);
}

static void refresh_needs_closed_banks(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, "banks open", 1);

    t = begin("lpddr4_3200");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_REFB, 1, -1);  // another bank may stay open
    next(t, OG_DRAM_CHECK_REFB, 0, -1);
    expect(t, "banks open", 1);

    t = begin("ddr5_4800");
    next(t, OG_DRAM_CHECK_ACT, 1, 5)->bank_group = 7;
    next(t, OG_DRAM_CHECK_REFS, 0, -1);
    next(t, OG_DRAM_CHECK_REFS, 1, -1);
    expect(t, "banks open", 1);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_PDEP, -1, -1);
    expect(t, "banks open", 1);
}

static void commands_need_waking_rank(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_PDEP, -1, -1);
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    expect(t, "rank asleep", 1);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_SREF, -1, -1);
    next(t, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, "rank asleep", 1);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_PDXP, -1, -1);
    expect(t, "rank awake", 1);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_PDEP, -1, -1);
    next(t, OG_DRAM_CHECK_SREX, -1, -1);
    expect(t, "rank awake", 1);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_PDEA, -1, -1);  // no row is open
    next(t, OG_DRAM_CHECK_PDXP, -1, -1);  // not the exit that belongs to it
    expect(t, "power-down kind", 2);
}

static void other_ranks_sleep_apart(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    t->options.ranks = 2;
    next(t, OG_DRAM_CHECK_PDEP, -1, -1);
    next(t, OG_DRAM_CHECK_ACT, 0, 5)->rank = 1;
    expect(t, NULL, 0);
}

static void buses_carry_one_thing_at_a_time(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    t->options.ranks = 2;
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    at(t, t->cycle, OG_DRAM_CHECK_ACT, 0, 5)->rank = 1;
    expect(t, "command bus", 1);

    t = begin("lpddr4_3200");  // ACT takes four cycles
    t->options.ranks = 2;
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    at(t, t->cycle + 4, OG_DRAM_CHECK_ACT, 0, 5)->rank = 1;
    at(t, t->cycle + 3, OG_DRAM_CHECK_PREA, -1, -1)->rank = 0;
    t->events[2].cycle += 1000;
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    at(t, t->cycle + 3, OG_DRAM_CHECK_PREA, -1, -1)->rank = 1;
    expect(t, "command bus", 1);

    t = begin("hbm2");  // rows and columns have a bus each
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_ACT, 0, 5)->rank = 1;
    next(t, OG_DRAM_CHECK_RD, 0, 5);
    at(t, t->cycle, OG_DRAM_CHECK_ACT, 1, 5);
    at(t, t->cycle, OG_DRAM_CHECK_RD, 0, 5)->rank = 1;
    expect(t, "command bus", 1);

    t = begin("ddr4_2400");  // a read leaves late, a write arrives early: they meet on the wires
    t->options.ranks = 2;
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    next(t, OG_DRAM_CHECK_ACT, 0, 5)->rank = 1;
    next(t, OG_DRAM_CHECK_RD, 0, 5);
    at(t, t->cycle + 6, OG_DRAM_CHECK_WR, 0, 5)->rank = 1;
    expect(t, "data bus", 1);
}

static void order_address_and_vocabulary(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    at(t, t->cycle - 1, OG_DRAM_CHECK_ACT, 1, 5);
    expect(t, "order", 1);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_ACT, 4, 5);
    next(t, OG_DRAM_CHECK_ACT, 0, 65536);
    next(t, OG_DRAM_CHECK_ACT, 0, 5)->rank = 1;
    next(t, OG_DRAM_CHECK_ACT, 0, 5)->bank_group = 4;
    next(t, OG_DRAM_CHECK_ACT, 0, -1);
    next(t, OG_DRAM_CHECK_ACT, 0, 5)->channel = 1;
    expect(t, "address", 6);

    t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_REFB, 0, -1);
    next(t, OG_DRAM_CHECK_REFS, 0, -1);
    expect(t, "command", 2);
}

// all-bank refreshes on time, but for those that `skipped` and `moved` say
static trace* refreshed(const char* device, int count, int skipped, int postponed) {
    trace* t = begin(device);
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    t->options.postponed_given = postponed >= 0;
    t->options.postponed = postponed;
    for (int i = 1; i <= count; ++i) {
        if (i != skipped) {
            at(t, (int64_t)i * t->device->timing.refresh_interval, OG_DRAM_CHECK_REFA, -1, -1);
        }
    }
    return t;
}

static void lost_refresh_is_missed(void** state) {
    (void)state;
    expect(refreshed("ddr3_1600", 20, 0, 0), NULL, 0);
    // once lost, each later one stands one interval behind its due time
    expect(refreshed("ddr3_1600", 20, 20, 0), NULL, 0);
    expect(refreshed("ddr3_1600", 20, 12, 0), "refresh late", 8);
    expect(refreshed("ddr3_1600", 20, 12, 1), NULL, 0);
}

static void postponing_ends_at_the_limit(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    at(t, 10, OG_DRAM_CHECK_PREA, -1, -1);
    at(t, 9 * 9363, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, NULL, 0);

    t = begin("ddr4_2400");
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    at(t, 10, OG_DRAM_CHECK_PREA, -1, -1);
    at(t, 9 * 9363 + 200, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, "refresh late", 1);

    t = begin("ddr5_4800");  // four intervals in the normal mode
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    at(t, 10, OG_DRAM_CHECK_PREA, -1, -1);
    at(t, 5 * 9375 + 700, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, "refresh late", 1);

    t = begin("ddr4_2400");  // no refresh at all
    t->options.refresh = OG_DRAM_CHECK_REFRESH_SEEN;
    t->end = 10 * 9363;
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    expect(t, "refresh late", 1);
}

static void trace_may_begin_anywhere(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");  // cut from a longer trace
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    t->options.postponed_given = true;
    at(t, 1000000, OG_DRAM_CHECK_ACT, 0, 5);
    at(t, 1000000 + 5000, OG_DRAM_CHECK_PREA, -1, -1);
    at(t, 1000000 + 9363, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, NULL, 0);
}

static void pulling_in_saves_up_to_the_limit(void** state) {
    (void)state;
    for (int later = 0; later <= 1; ++later) {
        trace* t = begin("ddr4_2400");  // the due one and twelve early, of which eight count
        t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
        t->options.postponed_given = true;
        for (int i = 0; i < 13; ++i) {
            at(t, 9363 + 500 * i, OG_DRAM_CHECK_REFA, -1, -1);
        }
        at(t, (11 + later) * 9363, OG_DRAM_CHECK_REFA, -1, -1);  // one more of grace
        expect(t, later ? "refresh late" : NULL, later);
    }

    trace* t = begin("ddr4_2400");  // nine due and eight early: seventeen at once
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    for (int i = 0; i < 17; ++i) {
        at(t, 9 * 9363 + 500 * i, OG_DRAM_CHECK_REFA, -1, -1);
    }
    expect(t, "refresh crowded", 1);
}

static void every_bank_has_its_turn(void** state) {
    (void)state;
    trace* t = begin("lpddr4_3200");
    t->options.refresh = OG_DRAM_CHECK_REFRESH_PER_BANK;
    for (int i = 0; i < 24; ++i) {
        at(t, 780 * (i + 1), OG_DRAM_CHECK_REFB, (i * 5) % 8, -1);
    }
    expect(t, NULL, 0);

    t = begin("lpddr4_3200");
    t->options.refresh = OG_DRAM_CHECK_REFRESH_PER_BANK;
    for (int i = 0; i < 8; ++i) {
        at(t, 780 * (i + 1), OG_DRAM_CHECK_REFB, i == 5 ? 2 : i, -1);
    }
    expect(t, "refresh round", 1);

    t = begin("lpddr4_3200");  // a bank refresh lost, none may be postponed
    t->options.refresh = OG_DRAM_CHECK_REFRESH_PER_BANK;
    t->options.postponed_given = true;
    for (int i = 0; i < 8; ++i) {
        at(t, 780 * (i + 1 + (i > 3)), OG_DRAM_CHECK_REFB, i, -1);
    }
    expect(t, "refresh late", 4);

    t = begin("ddr5_4800");
    t->options.refresh = OG_DRAM_CHECK_REFRESH_SAME_BANK;
    for (int i = 0; i < 8; ++i) {
        at(t, 1171 * (i + 1), OG_DRAM_CHECK_REFS, i % 4, -1);
    }
    expect(t, NULL, 0);

    t = begin("ddr5_4800");
    t->options.refresh = OG_DRAM_CHECK_REFRESH_SAME_BANK;
    for (int i = 0; i < 8; ++i) {
        at(t, 1171 * (i + 1), OG_DRAM_CHECK_REFS, i == 1 ? 0 : i % 4, -1);
    }
    expect(t, "refresh round", 2);
}

static void self_refresh_is_followed_by_refresh(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    next(t, OG_DRAM_CHECK_SREF, -1, -1);
    next(t, OG_DRAM_CHECK_SREX, -1, -1);
    next(t, OG_DRAM_CHECK_SREF, -1, -1);
    next(t, OG_DRAM_CHECK_SREX, -1, -1);
    next(t, OG_DRAM_CHECK_REFA, -1, -1);
    next(t, OG_DRAM_CHECK_SREF, -1, -1);
    expect(t, "refresh after exit", 1);

    t = begin("ddr4_2400");  // the device refreshes itself while it sleeps
    t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
    next(t, OG_DRAM_CHECK_SREF, -1, -1);
    at(t, 100 * 9363, OG_DRAM_CHECK_SREX, -1, -1);
    at(t, 101 * 9363, OG_DRAM_CHECK_REFA, -1, -1);
    expect(t, NULL, 0);
}

static void self_refresh_keeps_the_balance(void** state) {
    (void)state;
    for (int owed = 0; owed <= 1; ++owed) {
        // three intervals pass without a refresh; falling asleep pays one, so that two are owed
        trace* t = begin("ddr4_2400");
        t->options.refresh = OG_DRAM_CHECK_REFRESH_ALL_BANK;
        t->options.postponed_given = true;
        t->options.postponed = 3;
        at(t, 10, OG_DRAM_CHECK_PREA, -1, -1);
        at(t, 3 * 9363 + 5000, OG_DRAM_CHECK_SREF, -1, -1);
        at(t, 50 * 9363, OG_DRAM_CHECK_SREX, -1, -1);
        at(t, 50 * 9363 + 500, OG_DRAM_CHECK_REFA, -1, -1);
        at(t, (52 + owed) * 9363 + 500, OG_DRAM_CHECK_REFA, -1, -1);
        expect(t, owed ? "refresh late" : NULL, owed);
    }
}

static const og_dram_check_request wanted[] = {
    {.bank = 0, .row = 5, .column = 8, .write = false},
    {.bank = 0, .row = 5, .column = 8, .write = false},
    {.bank = 0, .row = 5, .column = 16, .write = true},
};

// serves the three requests, with their numbers or by place
static trace* served(bool numbered) {
    trace* t = begin("ddr4_2400");
    t->options.requests = wanted;
    t->options.request_count = 3;
    next(t, OG_DRAM_CHECK_ACT, 0, 5);
    for (int i = 0; i < 3; ++i) {
        og_dram_check_event* event =
            next(t, wanted[i].write ? OG_DRAM_CHECK_WR : OG_DRAM_CHECK_RD, 0, 5);
        event->column = wanted[i].column;
        event->request = numbered ? i : -1;
    }
    return t;
}

static void requests_are_served_once_and_well(void** state) {
    (void)state;
    expect(served(true), NULL, 0);
    expect(served(false), NULL, 0);

    trace* t = served(true);
    --t->count;
    expect(t, "request missing", 1);

    t = served(false);
    t->count -= 2;
    expect(t, "request missing", 2);

    t = served(true);
    *next(t, OG_DRAM_CHECK_RD, 0, 5) = t->events[1];
    t->events[4].cycle = t->cycle;
    expect(t, "request twice", 1);

    t = served(false);
    *next(t, OG_DRAM_CHECK_RD, 0, 5) = t->events[1];
    t->events[4].cycle = t->cycle;
    expect(t, "request twice", 1);

    t = served(true);
    t->events[2].column = 24;
    expect(t, "request place", 1);

    t = served(true);
    t->events[3].kind = OG_DRAM_CHECK_RD;
    expect(t, "request place", 1);

    t = served(true);
    next(t, OG_DRAM_CHECK_RD, 0, 5)->request = 3;
    expect(t, "request unknown", 1);

    t = served(false);
    next(t, OG_DRAM_CHECK_RD, 0, 5)->column = 800;
    expect(t, "request unknown", 1);
}

static void options_are_checked(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    og_dram_check* check;
    const og_dram_check_options ranks = {.ranks = 3};
    assert_int_equal(og_dram_check_start(t->arena, t->device, &ranks, &check), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "3"));
    const og_dram_check_options channels = {.channels = 128};
    assert_int_equal(og_dram_check_start(t->arena, t->device, &channels, &check), OG_ERROR_VALUE);
    og_arena_destroy(t->arena);
}

static void listing_stops_and_counting_goes_on(void** state) {
    (void)state;
    trace* t = begin("ddr4_2400");
    t->options.violations_listed = 3;
    for (int i = 0; i < 10; ++i) {
        next(t, OG_DRAM_CHECK_RD, 0, 5);
    }
    og_dram_check* check;
    assert_int_equal(og_dram_check_start(t->arena, t->device, &t->options, &check), OG_OK);
    for (int i = 0; i < t->count; ++i) {
        og_dram_check_command(check, &t->events[i]);
    }
    const og_dram_check_result result = og_dram_check_finish(check, -1);
    assert_int_equal(result.listed_count, 3);
    assert_int_equal(result.violations, 10);
    assert_int_equal(result.commands, 10);
    og_arena_destroy(t->arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legal_trace_passes),
        cmocka_unit_test(activate_needs_closed_bank),
        cmocka_unit_test(column_needs_open_bank_and_row),
        cmocka_unit_test(refresh_needs_closed_banks),
        cmocka_unit_test(commands_need_waking_rank),
        cmocka_unit_test(other_ranks_sleep_apart),
        cmocka_unit_test(buses_carry_one_thing_at_a_time),
        cmocka_unit_test(order_address_and_vocabulary),
        cmocka_unit_test(lost_refresh_is_missed),
        cmocka_unit_test(postponing_ends_at_the_limit),
        cmocka_unit_test(trace_may_begin_anywhere),
        cmocka_unit_test(pulling_in_saves_up_to_the_limit),
        cmocka_unit_test(every_bank_has_its_turn),
        cmocka_unit_test(self_refresh_is_followed_by_refresh),
        cmocka_unit_test(self_refresh_keeps_the_balance),
        cmocka_unit_test(requests_are_served_once_and_well),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(listing_stops_and_counting_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
