/// Small spaces whose feasible designs are found by brute force: every combination of levels,
/// judged by a C function that shares nothing with the expressions.
#pragma once

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/arena.h"
#include "ogive/space.h"

#define SPACE_COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

typedef struct space_case {
    const char* name;
    const og_parameter* parameters;
    int count;
    const char* const* constraints;
    int constraint_count;
    bool (*feasible)(const double* x);
    double size;  ///< by a formula where there is one, else 0
} space_case;

static bool space_case_all(const double* x) {
    (void)x;
    return true;
}

static const char* const space_case_colours[] = {"red", "green", "blue"};
static const char* const space_case_policies[] = {"Open", "OpenAdaptive", "Closed"};
static const double space_case_sizes[] = {0.5, 1, 3, 10, 40};

static const og_parameter space_case_mixed[] = {
    {OG_INTEGER_ROW("integer", "", -2, 3, 0, "d")},
    {OG_INTEGER_ROW("stepped", "", 4, 21, 8, "d"), .step = 4},
    {OG_POWER_ROW("power", "", 3, 24, 6, "d")},
    {OG_ORDINAL_ROW("ordinal", "", space_case_sizes, 3, "d")},
    {OG_CHOICE_ROW("choice", space_case_colours, 1, "d")},
    {OG_BOOLEAN_ROW("boolean", 1, "d")},
    {OG_INTEGER_ROW("single", "", 7, 7, 7, "d")},
};

static const og_parameter space_case_pair[] = {
    {OG_INTEGER_ROW("a", "", 1, 40, 20, "d")},
    {OG_INTEGER_ROW("b", "", 1, 40, 10, "d")},
    {OG_BOOLEAN_ROW("c", 0, "d")},
};
static const char* const space_case_pair_constraints[] = {"a <= b"};
static bool space_case_pair_feasible(const double* x) {
    return x[0] <= x[1];
}

// leaf and chained conditions: the last one hangs on a parameter that is itself conditional
static const og_parameter space_case_chain[] = {
    {OG_CHOICE_ROW("policy", space_case_policies, 0, "d")},
    {OG_INTEGER_ROW("depth", "", 1, 5, 2, "d"), .active = "policy != Open"},
    {OG_INTEGER_ROW("limit", "", 0, 6, 3, "d"), .active = "depth > 2"},
    {OG_BOOLEAN_ROW("early", 0, "d"), .active = "depth > 2 and limit >= 4 or policy == Closed"},
    {OG_BOOLEAN_ROW("other", 1, "d")},
};
static bool space_case_chain_feasible(const double* x) {
    const bool depth = x[0] != 0;
    const bool limit = x[1] > 2;
    const bool early = (x[1] > 2 && x[2] >= 4) || x[0] == 2;
    return (depth || x[1] == 2) && (limit || x[2] == 3) && (early || x[3] == 0);
}

// a conditional parameter that a constraint ties as well, and a condition that is never true
static const og_parameter space_case_tied[] = {
    {OG_BOOLEAN_ROW("on", 0, "d")},
    {OG_INTEGER_ROW("low", "", 0, 9, 4, "d"), .active = "on"},
    {OG_INTEGER_ROW("high", "", 0, 9, 4, "d")},
    {OG_INTEGER_ROW("never", "", 0, 3, 2, "d"), .active = "1 > 2"},
    {OG_INTEGER_ROW("leaf", "", 0, 3, 1, "d"), .active = "high >= 5 and on == true"},
};
static const char* const space_case_tied_constraints[] = {"low < high", "high != 7"};
static bool space_case_tied_feasible(const double* x) {
    return (x[0] != 0 || x[1] == 4) && x[1] < x[2] && x[2] != 7 && x[3] == 2 &&
           ((x[2] >= 5 && x[0] != 0) || x[4] == 1);
}

// several leaves on one parent: 2 * 3 * 4 where it is on, 1 where it is off
static const og_parameter space_case_leaves[] = {
    {OG_BOOLEAN_ROW("on", 0, "d")},
    {OG_BOOLEAN_ROW("x", 1, "d"), .active = "on"},
    {OG_CHOICE_ROW("y", space_case_colours, 1, "d"), .active = "on == true"},
    {OG_INTEGER_ROW("z", "", 1, 4, 2, "d"), .active = "not (on == false)"},
};
static bool space_case_leaves_feasible(const double* x) {
    return x[0] != 0 || (x[1] == 1 && x[2] == 1 && x[3] == 2);
}

// colourings of a cycle of 6 nodes by 3 colours: 2^6 + 2
static const og_parameter space_case_cycle[] = {
    {OG_CHOICE_ROW("n0", space_case_colours, 0, "d")},
    {OG_CHOICE_ROW("n1", space_case_colours, 0, "d")},
    {OG_CHOICE_ROW("n2", space_case_colours, 0, "d")},
    {OG_CHOICE_ROW("n3", space_case_colours, 0, "d")},
    {OG_CHOICE_ROW("n4", space_case_colours, 0, "d")},
    {OG_CHOICE_ROW("n5", space_case_colours, 0, "d")},
};
static const char* const space_case_cycle_constraints[] = {"n0 != n1", "n1 != n2", "n2 != n3",
                                                           "n3 != n4", "n4 != n5", "n5 != n0"};
static bool space_case_cycle_feasible(const double* x) {
    for (int i = 0; i < 6; i++) {
        if (x[i] == x[(i + 1) % 6]) {
            return false;
        }
    }
    return true;
}

// all different, 4 of 6 values: 360 of 1296
static const og_parameter space_case_different[] = {
    {OG_INTEGER_ROW("p", "", 1, 6, 1, "d")},
    {OG_INTEGER_ROW("q", "", 1, 6, 1, "d")},
    {OG_INTEGER_ROW("r", "", 1, 6, 1, "d")},
    {OG_INTEGER_ROW("s", "", 1, 6, 1, "d")},
};
static const char* const space_case_different_constraints[] = {
    "p != q", "p != r", "p != s", "q != r", "q != s", "r != s",
};
static bool space_case_different_feasible(const double* x) {
    return x[0] != x[1] && x[0] != x[2] && x[0] != x[3] && x[1] != x[2] && x[1] != x[3] &&
           x[2] != x[3];
}

// 1 % feasible: two digits decide the other two
static const og_parameter space_case_rare[] = {
    {OG_INTEGER_ROW("t", "", 0, 9, 0, "d")},
    {OG_INTEGER_ROW("u", "", 0, 9, 0, "d")},
    {OG_INTEGER_ROW("v", "", 0, 9, 0, "d")},
    {OG_INTEGER_ROW("w", "", 0, 9, 0, "d")},
};
static const char* const space_case_rare_constraints[] = {"(t + u) % 10 == v", "w == 9 - v"};
static bool space_case_rare_feasible(const double* x) {
    return ((int)x[0] + (int)x[1]) % 10 == (int)x[2] && x[3] == 9 - x[2];
}

// a constraint over many, arithmetic and functions
static const og_parameter space_case_tiles[] = {
    {OG_POWER_ROW("m", "", 1, 64, 1, "d")},
    {OG_POWER_ROW("n", "", 1, 64, 1, "d")},
    {OG_POWER_ROW("k", "", 1, 64, 1, "d")},
    {OG_ORDINAL_ROW("bits", "", space_case_sizes, 1, "d")},
};
static const char* const space_case_tiles_constraints[] = {"(m * k + n * k + m * n) * bits <= 4096",
                                                           "max(m, n, k) / min(m, n, k) <= 8"};
static bool space_case_tiles_feasible(const double* x) {
    double most = x[0] > x[1] ? x[0] : x[1];
    double least = x[0] < x[1] ? x[0] : x[1];
    most = most > x[2] ? most : x[2];
    least = least < x[2] ? least : x[2];
    return (x[0] * x[2] + x[1] * x[2] + x[0] * x[1]) * x[3] <= 4096 && most / least <= 8;
}

#define SPACE_CASE(name_, constraints_, constraint_count_, feasible_, size_)        \
    {                                                                               \
        .name = #name_, .parameters = space_case_##name_,                           \
        .count = SPACE_COUNT(space_case_##name_), .constraints = constraints_,      \
        .constraint_count = constraint_count_, .feasible = feasible_, .size = size_ \
    }
#define SPACE_CASE_TIED(name_, size_)                                                        \
    SPACE_CASE(name_, space_case_##name_##_constraints,                                      \
               SPACE_COUNT(space_case_##name_##_constraints), space_case_##name_##_feasible, \
               size_)

static const space_case space_cases[] = {
    SPACE_CASE(mixed, NULL, 0, space_case_all, 6 * 5 * 4 * 5 * 3 * 2),
    SPACE_CASE(chain, NULL, 0, space_case_chain_feasible, 0),
    SPACE_CASE_TIED(pair, 2 * 820),
    SPACE_CASE_TIED(tied, 0),
    SPACE_CASE_TIED(cycle, 66),
    SPACE_CASE_TIED(different, 360),
    SPACE_CASE_TIED(rare, 100),
    SPACE_CASE_TIED(tiles, 0),
    SPACE_CASE(leaves, NULL, 0, space_case_leaves_feasible, 25),
};

/// Compile a case; NULL when that fails.
static inline const og_space* space_case_open(og_arena* arena, const space_case* item) {
    const og_space_table table = {item->parameters, item->count, item->constraints,
                                  item->constraint_count};
    const og_space* space = NULL;
    return og_space_create(arena, &table, &space) == OG_OK ? space : NULL;
}

/// All feasible designs (shape: [*found][count]) in the order of an odometer, and the number of all
/// combinations.
static inline double* space_case_enumerate(og_arena* arena, const space_case* item, long* found,
                                           long* combinations) {
    long total = 1;
    for (int i = 0; i < item->count; i++) {
        total *= (long)og_parameter_levels(&item->parameters[i]);
    }
    double* designs = NULL;
    for (int pass = 0; pass < 2; pass++) {
        *found = 0;
        for (long number = 0; number < total; number++) {
            double x[16];
            long rest = number;
            for (int i = 0; i < item->count; i++) {
                const long levels = (long)og_parameter_levels(&item->parameters[i]);
                x[i] = og_parameter_value(&item->parameters[i], rest % levels);
                rest /= levels;
            }
            if (!item->feasible(x)) {
                continue;
            }
            if (pass == 1) {
                memcpy(designs + *found * item->count, x, sizeof *x * (size_t)item->count);
            }
            ++*found;
        }
        if (pass == 0) {
            designs = OG_NEW(arena, double, *found * item->count);
        }
    }
    *combinations = total;
    return designs;
}

/// Index of x among `count` designs of `width` numbers, -1 when it is none of them.
static inline long space_case_find(const double* designs, long count, int width, const double* x) {
    for (long i = 0; i < count; i++) {
        if (memcmp(designs + i * width, x, sizeof *x * (size_t)width) == 0) {
            return i;
        }
    }
    return -1;
}
