/// The programs behind the kernel workloads, and their data, open to tests of the results.
#pragma once

#include "sim/dram/kernel.h"

/// C += A B, square matrices of floats, blocked for the cache.
typedef struct og_kernel_gemm_program {
    uint64_t n;       ///< rows and columns, a multiple of the block
    uint64_t stride;  ///< elements from a row to the next, one line more than `n`
    og_kernel_array a, b, c;
    uint64_t row, column_block, depth_block;  ///< the next step
} og_kernel_gemm_program;

/// y = A x with A sparse (compressed rows).
typedef struct og_kernel_spmv_program {
    uint64_t rows, columns;
    og_kernel_array row_start;      ///< u32, [rows + 1]
    og_kernel_array column, value;  ///< u32 and f32, [non-zeros]
    og_kernel_array x, y;           ///< f32, [columns] and [rows]
    uint64_t next_row[OG_KERNEL_THREADS], end_row[OG_KERNEL_THREADS];
} og_kernel_spmv_program;

/// Breadth-first search from a new root each run.
typedef struct og_kernel_bfs_program {
    uint64_t vertices;
    og_kernel_array edge_start;     ///< u32, [vertices + 1]
    og_kernel_array edges;          ///< u32, both directions of each edge
    og_kernel_array depth, parent;  ///< u32, [vertices], depth UINT32_MAX where not reached
    og_kernel_array frontier[2];    ///< u32, vertices of this level and of the next
    uint64_t frontier_count, next_count;
    uint64_t cursor;                      ///< next entry of the frontier
    uint64_t cleared[OG_KERNEL_THREADS];  ///< next depth that a thread clears
    uint32_t root, level;
    bool clearing;
    og_random random;
} og_kernel_bfs_program;

/// Fast Fourier transform in place and back: one run is both directions.
typedef struct og_kernel_fft_program {
    uint64_t n;               ///< points, a power of two
    og_kernel_array points;   ///< f32, [n][2]: real, imaginary
    og_kernel_array twiddle;  ///< f32, [n / 2][2]: exp(-2 pi i k / n)
    uint64_t span;            ///< distance of the two points of a butterfly in this pass
    uint64_t butterfly;       ///< next one of this pass
    bool inverse;
} og_kernel_fft_program;

/// Equi-join: hash the build relation, probe it with the other one.
typedef struct og_kernel_hash_join_program {
    uint64_t build_count, probe_count, slots;
    og_kernel_array build, probe;  ///< u64, [count][2]: key, payload
    og_kernel_array table;         ///< u64, [slots][2]: run and key, payload
    og_kernel_array matches;       ///< u64, [threads][probe_count / threads][2]: both payloads
    uint64_t run;                  ///< marks the slots in use
    uint64_t cursor[OG_KERNEL_THREADS], found[OG_KERNEL_THREADS];
    bool probing;
} og_kernel_hash_join_program;

/// A sweep of a 7-point stencil over a box.
typedef struct og_kernel_stencil_program {
    uint64_t nx, ny, nz;
    og_kernel_array grid[2];  ///< f32, [nz][ny][nx]: source and target of the sweep, which swap
    int source;
    uint64_t row[OG_KERNEL_THREADS], end_row[OG_KERNEL_THREADS];
} og_kernel_stencil_program;

/// Gets and puts on a hashed store.
typedef struct og_kernel_key_value_program {
    uint64_t keys, slots;
    int octaves;                             ///< keys = 2^octaves
    og_kernel_array index;                   ///< u64, [slots]: key + 1, or 0 when empty
    og_kernel_array values;                  ///< u64, [slots][words]: key, version, then content
    uint64_t operations[OG_KERNEL_THREADS];  ///< left in this run
    int64_t gets, puts, wrong;               ///< done so far; gets whose value was not the key's
    og_random random[OG_KERNEL_THREADS];
} og_kernel_key_value_program;

/// Radix sort of 32-bit keys, least significant digit first.
typedef struct og_kernel_sort_program {
    uint64_t count;
    og_kernel_array keys[2];  ///< u32, [count]: source and target of a pass, which swap
    og_kernel_array places;   ///< u32, [256]: count, then next place of each digit
    int source;
    int digit;  ///< 0..3
    enum { OG_KERNEL_SORT_FILL, OG_KERNEL_SORT_COUNT, OG_KERNEL_SORT_SCATTER } phase;
    uint64_t cursor;
    og_random random;
} og_kernel_sort_program;

enum { OG_KERNEL_KEY_VALUE_WORDS = 32 };  ///< u64 of a stored value: 256 bytes

extern const og_kernel og_kernel_gemm;
extern const og_kernel og_kernel_spmv;
extern const og_kernel og_kernel_bfs;
extern const og_kernel og_kernel_fft;
extern const og_kernel og_kernel_hash_join;
extern const og_kernel og_kernel_stencil;
extern const og_kernel og_kernel_key_value;
extern const og_kernel og_kernel_sort;
