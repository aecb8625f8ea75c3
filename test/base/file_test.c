#include "ogive/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "ogive/text.h"

enum { FILE_LIMIT = 1 << 24 };

typedef struct file_place {
    og_arena* arena;
    char folder[32];
} file_place;

static int file_enter(void** state) {
    static file_place place;
    place.arena = og_arena_create();
    strcpy(place.folder, "file_test.XXXXXX");
    *state = &place;
    return mkdtemp(place.folder) ? 0 : -1;
}

static int file_leave(void** state) {
    file_place* place = *state;
    DIR* folder = opendir(place->folder);
    for (struct dirent* entry = readdir(folder); entry; entry = readdir(folder)) {
        unlink(og_text_format(place->arena, "%s/%s", place->folder, entry->d_name));
    }
    closedir(folder);
    rmdir(place->folder);
    og_arena_destroy(place->arena);
    return 0;
}

static const char* file_path(const file_place* place, const char* name) {
    return og_text_format(place->arena, "%s/%s", place->folder, name);
}

static int file_entries(const file_place* place) {
    int count = -2;  // . and ..
    DIR* folder = opendir(place->folder);
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count;
}

static void file_returns_what_was_written(void** state) {
    const file_place* place = *state;
    static const size_t sizes[] = {0, 1, 1000, 1 << 20, (1 << 20) + 1, 5000000};
    const char* path = file_path(place, "data");
    for (int i = 0; i < 6; i++) {
        char* bytes = og_arena_allocate(place->arena, sizes[i] + 1);
        for (size_t k = 0; k < sizes[i]; k++) {
            bytes[k] = (char)(k * k >> 3);
        }
        assert_int_equal(og_file_write(path, bytes, sizes[i]), OG_OK);
        assert_int_equal(file_entries(place), 1);
        char* back;
        size_t size;
        assert_int_equal(og_file_read(place->arena, path, FILE_LIMIT, &back, &size), OG_OK);
        assert_int_equal(size, sizes[i]);
        assert_memory_equal(back, bytes, size);
        assert_int_equal(back[size], 0);
    }
}

static void file_drafts_replace_at_the_end(void** state) {
    const file_place* place = *state;
    const char* path = file_path(place, "data");
    assert_int_equal(og_file_write(path, "old", 3), OG_OK);
    og_file_draft draft;
    char* back;
    size_t size;
    for (int keep = 0; keep < 2; keep++) {
        assert_int_equal(og_file_begin(place->arena, path, &draft), OG_OK);
        fprintf(draft.stream, "new %d", keep);
        fflush(draft.stream);
        assert_int_equal(og_file_read(place->arena, path, FILE_LIMIT, &back, &size), OG_OK);
        assert_string_equal(back, "old");
        if (keep) {
            assert_int_equal(og_file_commit(&draft), OG_OK);
        } else {
            og_file_abandon(&draft);
        }
        assert_int_equal(file_entries(place), 1);
    }
    assert_int_equal(og_file_read(place->arena, path, FILE_LIMIT, &back, &size), OG_OK);
    assert_string_equal(back, "new 1");
    assert_int_equal(og_file_begin(place->arena, "/dev/full", &draft), OG_OK);
    fprintf(draft.stream, "x");
    assert_int_equal(og_file_commit(&draft), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "/dev/full: cannot write: No space left"));
    // more than a stream keeps, so that it fails before the end
    enum { LARGE = 1 << 20 };
    const char* large = OG_NEW(place->arena, char, LARGE);
    assert_int_equal(og_file_write("/dev/full", large, LARGE), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "/dev/full: cannot write: No space left"));
    assert_true(og_file_same(path, path));
    assert_false(og_file_same(path, "/dev/full"));
    assert_false(og_file_same(path, file_path(place, "absent")));
}

static void file_unpacks_gzip(void** state) {
    const file_place* place = *state;
    const char* path = file_path(place, "data.gz");
    gzFile packed = gzopen(path, "wb");
    for (int i = 0; i < 100000; i++) {
        gzprintf(packed, "line %d\n", i);
    }
    gzclose(packed);
    char* back;
    size_t size;
    assert_int_equal(og_file_read(place->arena, path, FILE_LIMIT, &back, &size), OG_OK);
    assert_int_equal(size, 1088890);
    assert_memory_equal(back + size - 11, "line 99999\n", 11);
    // a bomb stops at the limit, a torn file is reported
    assert_int_equal(og_file_read(place->arena, path, 1000000, &back, &size), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "larger than the limit of 1000000 bytes"));
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(truncate(path, info.st_size / 2), 0);
    assert_int_equal(og_file_read(place->arena, path, FILE_LIMIT, &back, &size), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "damaged"));
}

static void file_explains_failures(void** state) {
    const file_place* place = *state;
    char* back;
    size_t size;
    const char* absent = file_path(place, "absent");
    assert_int_equal(og_file_read(place->arena, absent, FILE_LIMIT, &back, &size), OG_ERROR_FILE);
    assert_string_equal(og_error_text(),
                        og_text_format(place->arena, "%s: No such file or directory", absent));
    assert_int_equal(og_file_read(place->arena, place->folder, FILE_LIMIT, &back, &size),
                     OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "is a directory"));
    assert_int_equal(og_file_write(file_path(place, "no/where"), "x", 1), OG_ERROR_FILE);
    assert_int_equal(og_file_write(place->folder, "x", 1), OG_ERROR_FILE);
    // a failure leaves no temporary file behind
    assert_int_equal(file_entries(place), 0);
}

static void file_walks_lines(void** state) {
    (void)state;
    const char* text = "one\r\n\ntwo\nlast";
    const char* cursor = text;
    const char* end = text + strlen(text);
    static const char* const expected[] = {"one", "", "two", "last"};
    for (int i = 0; i < 4; i++) {
        size_t length;
        const char* line = og_file_line(&cursor, end, &length);
        assert_int_equal(length, strlen(expected[i]));
        assert_memory_equal(line, expected[i], length);
    }
    size_t length;
    assert_null(og_file_line(&cursor, end, &length));
    cursor = text;
    assert_null(og_file_line(&cursor, text, &length));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_returns_what_was_written, file_enter, file_leave),
        cmocka_unit_test_setup_teardown(file_drafts_replace_at_the_end, file_enter, file_leave),
        cmocka_unit_test_setup_teardown(file_unpacks_gzip, file_enter, file_leave),
        cmocka_unit_test_setup_teardown(file_explains_failures, file_enter, file_leave),
        cmocka_unit_test(file_walks_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
