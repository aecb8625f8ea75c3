/// Eigenvalues of symmetric matrices.
#pragma once

/// Decompose a symmetric `matrix` (shape: [size][size], destroyed) into `values` (list: [size]) and
/// `vectors` (shape: [size][size], one in each column): matrix = vectors diag(values) vectors^T.
/// Cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5): as exact as doubles are,
/// also for small values beside large ones, in O(size^3) a sweep.
void og_eigen_decompose(int size, double* matrix, double* values, double* vectors);
