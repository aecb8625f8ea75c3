#include "ogive/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_TEST_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_TEST_POISON 1
#endif
#endif
#ifdef ARENA_TEST_POISON
#include <sanitizer/asan_interface.h>
#endif

static bool arena_all(const char* bytes, size_t size, char value) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

static void arena_gives_zeroed_aligned_memory(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (size_t size = 0; size < 300000; size = size * 3 + 1) {
        char* bytes = og_arena_allocate(arena, size);
        assert_int_equal((uintptr_t)bytes % 64, 0);
        assert_true(arena_all(bytes, size, 0));
        memset(bytes, 'x', size);
    }
    og_arena_destroy(arena);
    og_arena_destroy(NULL);
}

static void arena_blocks_stay_in_place(void** state) {
    (void)state;
    enum { COUNT = 2000 };
    og_arena* arena = og_arena_create();
    char* parts[COUNT];
    for (int i = 0; i < COUNT; i++) {
        parts[i] = og_arena_allocate(arena, (size_t)(i % 700) + 1);
        memset(parts[i], 'a' + i % 26, (size_t)(i % 700) + 1);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_true(arena_all(parts[i], (size_t)(i % 700) + 1, (char)('a' + i % 26)));
    }
    og_arena_destroy(arena);
}

static void arena_rewinds(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    char* kept = og_arena_allocate(arena, 100);
    memset(kept, 'k', 100);
    const og_arena_mark mark = og_arena_here(arena);
    char* first = og_arena_allocate(arena, 1000);
    for (int round = 0; round < 50; round++) {
        og_arena_rewind(arena, mark);
        char* again = og_arena_allocate(arena, 1000);
        assert_ptr_equal(first, again);
        assert_true(arena_all(again, 1000, 0));
        memset(again, 'x', 1000);
        // more than a block, so that blocks come and go
        memset(og_arena_allocate_raw(arena, 200000), 'y', 200000);
    }
    og_arena_rewind(arena, mark);
    assert_true(arena_all(kept, 100, 'k'));
    og_arena_destroy(arena);
}

static void arena_rewinds_to_its_beginning(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_arena_mark mark = og_arena_here(arena);
    for (int i = 0; i < 10; i++) {
        og_arena_allocate(arena, 100000);
        og_arena_rewind(arena, mark);
    }
    const og_arena_mark after = og_arena_here(arena);
    assert_ptr_equal(after.block, mark.block);
    assert_int_equal(after.used, mark.used);
    og_arena_destroy(arena);
}

static void arena_goes_with_its_parent(void** state) {
    (void)state;
    og_arena* parent = og_arena_create();
    og_arena* kept = og_arena_create_within(parent);
    char* text = og_arena_allocate(kept, 100);
    memset(text, 'k', 100);
    const og_arena_mark mark = og_arena_here(parent);
    for (int round = 0; round < 50; round++) {
        // within one block of the parent, and beyond it; the sanitizer counts what is left
        og_arena* lost = og_arena_create_within(parent);
        memset(og_arena_allocate(lost, 300000), 'x', 300000);
        og_arena_allocate(parent, round % 2 ? 200000 : 10);
        memset(og_arena_allocate(og_arena_create_within(lost), 1000), 'y', 1000);
        char* last = og_arena_allocate(og_arena_create_within(parent), 70000);
        memset(last, 'z', 70000);
#ifdef ARENA_TEST_POISON
        assert_int_equal(__asan_address_is_poisoned(last), 0);
#endif
        og_arena_rewind(parent, mark);
#ifdef ARENA_TEST_POISON
        assert_int_equal(__asan_address_is_poisoned(last), 1);
#endif
        assert_true(arena_all(text, 100, 'k'));
    }
    // one that is rewound by itself
    og_arena_rewind(kept, (og_arena_mark){0});
    assert_true(arena_all(og_arena_allocate(kept, 100), 100, 0));
    og_arena_destroy(parent);
}

static void arena_poisons_what_is_given_back(void** state) {
    (void)state;
#ifdef ARENA_TEST_POISON
    og_arena* arena = og_arena_create();
    char* kept = og_arena_allocate(arena, 64);
    const og_arena_mark mark = og_arena_here(arena);
    char* lost = og_arena_allocate(arena, 10);
    assert_int_equal(__asan_address_is_poisoned(lost + 9), 0);
    // behind the size asked for, too
    assert_int_equal(__asan_address_is_poisoned(lost + 16), 1);
    og_arena_rewind(arena, mark);
    assert_int_equal(__asan_address_is_poisoned(lost), 1);
    assert_int_equal(__asan_address_is_poisoned(kept), 0);
    og_arena_destroy(arena);
#else
    print_message("poisoning is tested in the asan build\n");
    skip();
#endif
}

static void arena_note(void* context) {
    ++*(char*)context;
}

static void test_ends(void** state) {
    (void)state;
    char first = 'a';
    char second = 'a';
    og_arena* arena = og_arena_create();
    og_arena_at_end(arena, arena_note, &first);
    const og_arena_mark mark = og_arena_here(arena);
    for (int i = 0; i < 3; i++) {
        og_arena_allocate(arena, 70000);
        og_arena_at_end(og_arena_create_within(arena), arena_note, &second);
        assert_int_equal(second, 'a' + i);
        og_arena_rewind(arena, mark);
        assert_int_equal(second, 'b' + i);
    }
    assert_int_equal(first, 'a');
    og_arena_at_end(arena, arena_note, &second);
    og_arena_destroy(arena);
    assert_int_equal(first, 'b');
    assert_int_equal(second, 'e');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_blocks_stay_in_place),
        cmocka_unit_test(arena_rewinds),
        cmocka_unit_test(arena_rewinds_to_its_beginning),
        cmocka_unit_test(arena_goes_with_its_parent),
        cmocka_unit_test(arena_poisons_what_is_given_back),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
