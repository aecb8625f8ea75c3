/// What the parts of a forest share.
#pragma once

#include "learn/tree.h"
#include "ogive/forest.h"

struct og_forest {
    og_binned table;
    og_forest_options options;  ///< with defaults filled in
    og_tree* trees;             ///< list: [options.trees]
    const double* targets;      ///< shape: [table.count]
    bool* seen;  ///< rows that each tree has seen, shape: [options.trees][table.count]
};
