// Trace files: every form, every damage, round trips, and the features.

#include "ogive/dram_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// cmocka needs the three above first
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "ogive/file.h"
#include "ogive/text.h"

static int trace_test_setup(void** state) {
    *state = og_arena_create();
    return 0;
}

static int trace_test_teardown(void** state) {
    og_arena_destroy(*state);
    return 0;
}

static og_status trace_test_parse(og_arena* arena, const char* text, og_dram_trace* trace) {
    return og_dram_trace_parse(arena, "t.stl", text, strlen(text), trace);
}

/// Path of a new file with `size` bytes of `data`, removed by the caller.
static char* trace_test_file(og_arena* arena, const void* data, size_t size) {
    char* path = og_text_copy(arena, "/tmp/ogive_trace_XXXXXX", 23);
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_int_equal(og_file_write(path, data, size), OG_OK);
    return path;
}

static char* trace_test_gzip(og_arena* arena, const char* text) {
    char* path = trace_test_file(arena, "", 0);
    gzFile file = gzopen(path, "wb");
    assert_int_equal(gzwrite(file, text, (unsigned)strlen(text)), (int)strlen(text));
    assert_int_equal(gzclose(file), Z_OK);
    return path;
}

static void trace_test_forms(void** state) {
    static const char* const forms[] = {
        "31:\tread\t0x400140\n56:\twrite\t0x7fff8000\n",
        "31: read 400140\r\n\r\n56 : WRITE 0X7FFF8000 0x12ab\r\n",
        "# a comment\n\n  31: (64) read 0x400140\n56: (32) write 0x7fff8000 0xff # tail",
        "31 R 0x400140\n56 W 0x7fff8000\n",
        "31 r 4194624\n56 w 2147450880\n",
        "0x400140 READ 31\n0x7fff8000 WRITE 56",
        "31 LD 0x400140\n56 ST 0x7fff8000\n",
        "\n#\n31   R\t0x400140   \n#\n\n56 W 0x0000000000000000000007fff8000#\n",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        og_dram_trace trace;
        if (trace_test_parse(*state, forms[i], &trace) != OG_OK) {
            fail_msg("form %zu: %s", i, og_error_text());
        }
        assert_int_equal(trace.count, 2);
        assert_int_equal(trace.initiators, 1);
        assert_true(trace.clock_ps == 0);
        assert_int_equal(trace.requests[0].arrival, 31);
        assert_int_equal(trace.requests[0].address, 0x400140);
        assert_int_equal(trace.requests[0].write, 0);
        assert_int_equal(trace.requests[1].arrival, 56);
        assert_int_equal(trace.requests[1].address, 0x7fff8000);
        assert_int_equal(trace.requests[1].write, 1);
    }
}

static void trace_test_forms_without_cycle(void** state) {
    static const char* const forms[] = {
        "0x40 R\n0x80 W\n# between\n0xffffffffffffffff R\n",
        "R 0x40\nW 0x80\nR 0xffffffffffffffff\n",
        "LD 64\nST 128\nLD 18446744073709551615\n",
        "64 read\n128 write\n18446744073709551615 read\n",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        og_dram_trace trace;
        if (trace_test_parse(*state, forms[i], &trace) != OG_OK) {
            fail_msg("form %zu: %s", i, og_error_text());
        }
        assert_int_equal(trace.count, 3);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(trace.requests[k].arrival, k);
        }
        assert_int_equal(trace.requests[1].address, 0x80);
        assert_int_equal(trace.requests[1].write, 1);
        assert_true(trace.requests[2].address == UINT64_MAX);
    }
}

static void trace_test_directives(void** state) {
    og_dram_trace trace;
    const char* text =
        "# clock_ps: 312.5\n9: read 0x0 # initiator 2\n3: read 0x40\n9: write 0x80 #initiator 2\n";
    assert_int_equal(trace_test_parse(*state, text, &trace), OG_OK);
    assert_true(trace.clock_ps == 312.5);
    assert_int_equal(trace.initiators, 3);
    assert_int_equal(trace.requests[0].initiator, 2);
    assert_int_equal(trace.requests[1].initiator, 0);
}

/// A .stl whose cycles start again: its player is late, and sends the request at once.
static void trace_test_late(void** state) {
    og_dram_trace trace;
    const char* text = "7: read 0x0\n9: read 0x40 # initiator 1\n3: read 0x80\n8: read 0xc0\n";
    assert_int_equal(trace_test_parse(*state, text, &trace), OG_OK);
    assert_int_equal(trace.requests[2].arrival, 7);
    assert_int_equal(trace.requests[3].arrival, 8);
}

static void trace_test_damage(void** state) {
    static const struct {
        const char* text;
        const char* message;
    } cases[] = {
        {"", "t.stl: no request"},
        {"# only a comment\n\n", "t.stl: no request"},
        {"1: read 0x40\nx: read 0x40\n", "t.stl:2: 'x:' is not a cycle"},
        {"1: read 0x40\n\n12z: read 0x40\n", "t.stl:3: '12z:' is not a cycle"},
        {"-1: read 0x40\n", "t.stl:1: '-1:' is a negative cycle"},
        {"1000000000000001: read 0x40\n", "t.stl:1: '1000000000000001:' is too late a cycle"},
        {"99999999999999999999: read 0x40\n", "is too late a cycle, the largest is 1e15"},
        {"5 R 0x40\n4 R 0x40\n", "t.stl:2: cycle 4 goes back behind 5"},
        {"5 R 0x40 #initiator 1\n4 R 0\n4 R 0 # initiator 1",
         "t.stl:3: cycle 4 goes back behind 5"},
        {"1: read 0x10000000000000000\n", "t.stl:1: '0x10000000000000000' is an address wider"},
        {"R 18446744073709551616\n", "is an address wider than 64 bits"},
        {"1: read\n", "t.stl:1: 'the end of the line' is not an address"},
        {"1: read 0x\n", "t.stl:1: '0x' is not an address"},
        {"1: read 0x4g\n", "t.stl:1: '0x4g' is not an address"},
        {"1: read -64\n", "t.stl:1: '-64' is a negative address"},
        {"1: fetch 0x40\n", "t.stl:1: 'fetch' is not an operation (read, write"},
        {"1: rea\n", "'rea' is not an operation"},
        {"1: reads 0x40\n", "'reads' is not an operation"},
        {"1:\n", "t.stl:1: 'the end of the line' is not an operation"},
        {"1: read 0x40 0x80\n", "t.stl:1: '0x80' is left over"},
        {"1: write 0x40 0x8g\n", "t.stl:1: '0x8g' is not write data"},
        {"1: write 0x40 0x80 more\n", "t.stl:1: 'more' is left over"},
        {"1: (65) read 0x40\n", "t.stl:1: '(65)' is a length outside 1..64"},
        {"1: (0) read 0x40\n", "is a length outside 1..64"},
        {"1: (6 read 0x40\n", "t.stl:1: '(6' is not a length"},
        {"(1): read 0x40\n", "t.stl:1: relative cycles (.rstl)"},
        {"1: read 0x40\n1 read 0x40\n", "t.stl:2: 'read' stands where the colon"},
        {"0x40 R\n0x40 R 5\n", "t.stl:2: '5' is left over"},
        {"1 R 64\n2 R\n", "t.stl:2: 'the end of the line' is not an address"},
        {"1 R 4a\n", "t.stl:1: '4a' is not an address (decimal, or hexadecimal with 0x)"},
        {"0,1,2\n", "t.stl:1: '0,1,2' starts no known form"},
        {"hello world\n", "t.stl:1: 'hello' starts no known form"},
        {"# clock_ps: fast\n1: read 0x40\n", "t.stl:1: clock_ps must be"},
        {"# clock_ps: 0.5\n1: read 0x40\n", "t.stl:1: clock_ps must be"},
        {"1: read 0x40 # initiator 256\n", "t.stl:1: the initiator must be an integer from 0 to"},
        {"1: read 0x40 # initiator x\n", "t.stl:1: the initiator must be"},
        {"\x7f\x45\x4c\x46\x02\x01\n", "t.stl:1: byte 0x02 at column 5: binary data"},
        {"1: read 0x40\n2: re\x01"
         "ad 0x40\n",
         "t.stl:2: byte 0x01 at column 6: binary data"},
        {"1: read 0x40\n2: r\xc3\xa9"
         "ad 0x40\n",
         "t.stl:2: 'r??ad' is not an operation"},
        {"1: read 0x4000000000000000000000000000000000000000000000000000000000000\n", "...' is an"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_dram_trace trace;
        assert_int_equal(trace_test_parse(*state, cases[i].text, &trace), OG_ERROR_FILE);
        if (!strstr(og_error_text(), cases[i].message)) {
            fail_msg("'%s' does not say '%s'", og_error_text(), cases[i].message);
        }
    }
    static const char zeros[] = "1: read 0x40\n\0\0\0\n";
    og_dram_trace trace;
    assert_int_equal(og_dram_trace_parse(*state, "z", zeros, sizeof zeros - 1, &trace),
                     OG_ERROR_FILE);
    assert_string_equal(og_error_text(), "z:2: byte 0x00 at column 1: binary data, not a trace");
}

static void trace_test_files(void** state) {
    og_dram_trace trace;
    char* path = trace_test_gzip(*state, "0: read 0x40\n7: write 0x80\n");
    assert_int_equal(og_dram_trace_load(*state, path, &trace), OG_OK);
    assert_int_equal(trace.count, 2);
    assert_string_equal(trace.name, path);
    char* data;
    size_t size;
    // the packed bytes, as they are: cut in half they must not load
    FILE* file = fopen(path, "rb");
    data = og_arena_allocate(*state, 4096);
    size = fread(data, 1, 4096, file);
    fclose(file);
    unlink(path);
    path = trace_test_file(*state, data, size - 12);
    assert_int_equal(og_dram_trace_load(*state, path, &trace), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), path));
    unlink(path);
    path = trace_test_gzip(*state, "0: read 0x40\n7: write zz\n");
    assert_int_equal(og_dram_trace_load(*state, path, &trace), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), og_text_format(*state, "%s:2: 'zz'", path)));
    unlink(path);
    assert_int_equal(og_dram_trace_load(*state, path, &trace), OG_ERROR_FILE);
    assert_int_equal(og_dram_trace_load(*state, "/tmp", &trace), OG_ERROR_FILE);
    assert_int_equal(og_dram_trace_load(*state, "relative.rstl", &trace), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "relative cycles"));
}

static void trace_test_round_trip(void** state) {
    og_arena* arena = *state;
    for (int index = 0; og_dram_workload_at(index); index++) {
        og_dram_trace trace;
        og_dram_workload_at(index)->make(arena, 500, UINT64_C(1) << 33, 3, &trace);
        char* path = trace_test_file(arena, "", 0);
        assert_int_equal(og_dram_trace_save(path, &trace), OG_OK);
        og_dram_trace back;
        assert_int_equal(og_dram_trace_load(arena, path, &back), OG_OK);
        unlink(path);
        assert_int_equal(back.count, trace.count);
        assert_int_equal(back.initiators, trace.initiators);
        assert_true(back.clock_ps == trace.clock_ps);
        for (int64_t i = 0; i < trace.count; i++) {
            assert_true(back.requests[i].address == trace.requests[i].address);
            assert_true(back.requests[i].arrival == trace.requests[i].arrival);
            assert_true(back.requests[i].initiator == trace.requests[i].initiator);
            assert_true(back.requests[i].write == trace.requests[i].write);
        }
    }
    og_dram_trace trace;
    og_dram_workload_at(0)->make(arena, 1, 4096, 0, &trace);
    assert_int_equal(og_dram_trace_save("/nowhere/x.stl", &trace), OG_ERROR_FILE);
}

static void trace_test_reference(void** state) {
    static const struct {
        const char* file;
        int64_t count;
        int64_t writes;  // -1: not known beforehand
    } files[] = {
        {"traces/stream.stl.gz", 10000, 0},
        {"traces/random.stl.gz", 10000, 0},
        {"traces/cloud-1.stl.gz", 10000, 0},
        {"traces/cloud-2.stl.gz", 10000, 0},
        {"traces/ddr3_example.stl.gz", 1876, -1},
        {"traces/mediabench-jpegdecode_32.stl.gz", 43143, -1},
        {"traces/chstone-mips_32.stl.gz", 993, 0},
        {"peers/traces/random_21.trace.gz", 100000, -1},
        {"peers/traces/stream_w.trace.gz", 100000, 100000},
        {"peers/traces/sparse.trace.gz", 20000, -1},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char* path = og_text_format(*state, OG_SHARED_DATA "/dram/%s", files[i].file);
        if (access(path, R_OK) != 0) {
            print_message("no reference data at %s: skipped\n", path);
            skip();
        }
        og_dram_trace trace;
        if (og_dram_trace_load(*state, path, &trace) != OG_OK) {
            fail_msg("%s", og_error_text());
        }
        assert_int_equal(trace.count, files[i].count);
        int64_t writes = 0;
        for (int64_t k = 0; k < trace.count; k++) {
            writes += trace.requests[k].write;
        }
        assert_true(files[i].writes < 0 || writes == files[i].writes);
    }
}

static void trace_test_features(void** state) {
    og_dram_trace trace;
    double f[OG_DRAM_FEATURES];
    // two lines of a row, another row of the same bank, then the first line again
    const char* text = "0: read 0x0\n10: write 0x40\n20: read 0x20000\n30: read 0x0\n";
    assert_int_equal(trace_test_parse(*state, text, &trace), OG_OK);
    og_dram_trace_features(&trace, 1000, *state, f);
    assert_float_equal(f[OG_DRAM_FEATURE_READ_SHARE], 0.75, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_SEQUENTIAL_SHARE], 0.25, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_ROW_HIT_SHARE], 0.25, 1e-12);
    // rows with 3 and 1 of 4 requests: (3/4 log2 4/3 + 1/4 log2 4) / log2 4
    assert_float_equal(f[OG_DRAM_FEATURE_ROW_ENTROPY], (0.75 * log2(4.0 / 3) + 0.5) / 2, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_LINE_REUSE], 0.25, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_FOOTPRINT], 192, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_INTENSITY], 4.0 / 31, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_BURSTINESS], 0, 1e-12);
    assert_float_equal(f[OG_DRAM_FEATURE_INITIATORS], 1, 1e-12);
    // a clock of the trace's own goes before the caller's; one request must stay finite
    assert_int_equal(trace_test_parse(*state, "# clock_ps: 500\n0: read 0x0\n", &trace), OG_OK);
    og_dram_trace_features(&trace, 1000, *state, f);
    assert_float_equal(f[OG_DRAM_FEATURE_INTENSITY], 2, 1e-12);
    for (int i = 0; i < OG_DRAM_FEATURES; i++) {
        assert_true(isfinite(f[i]));
        assert_non_null(og_dram_feature_docs[i].name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trace_test_forms, trace_test_setup, trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_forms_without_cycle, trace_test_setup,
                                        trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_directives, trace_test_setup,
                                        trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_late, trace_test_setup, trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_damage, trace_test_setup, trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_files, trace_test_setup, trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_round_trip, trace_test_setup,
                                        trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_reference, trace_test_setup,
                                        trace_test_teardown),
        cmocka_unit_test_setup_teardown(trace_test_features, trace_test_setup, trace_test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
