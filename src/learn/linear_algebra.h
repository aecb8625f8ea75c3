/// Dense linear algebra for learners: the one door to BLAS and LAPACK.
///
/// Matrices are stored by rows with a stride; of symmetric and triangular ones only one triangle,
/// diagonal included, is read and written: the lower one, L of L L', to which rows are appended
/// cheaply (og_cholesky), or the upper one, R of R' R, of which updates are cheap (og_upper).
/// Debian's serial OpenBLAS hands out its buffers without locks, so results would be wrong now and
/// then when several threads call it at once; everything here takes turns. The same numbers for the
/// same input on one machine.
#pragma once

#include <stdbool.h>

/// Replace a positive definite matrix (shape: [count][stride]) by its Cholesky factor L. False, the
/// matrix spoilt, when it is not positive definite.
bool og_cholesky_factor(double* matrix, int count, int stride);

/// Replace L by the inverse of L L'.
void og_cholesky_invert(double* factor, int count, int stride);

/// Solve L v = b in place, vector (shape: [count]).
void og_cholesky_solve_lower(const double* factor, int count, int stride, double* vector);

/// Solve L' v = b in place, vector (shape: [count]).
void og_cholesky_solve_upper(const double* factor, int count, int stride, double* vector);

/// Solve L V = B in place, B (shape: [count][columns], rows `columns_stride` apart).
void og_cholesky_solve_columns(const double* factor, int count, int stride, double* columns,
                               int column_count, int columns_stride);

/// Logarithm of the determinant of L L' (or of R' R).
double og_cholesky_log_determinant(const double* factor, int count, int stride);

/// Replace a positive definite matrix (shape: [count][stride], upper triangle) by its factor R.
/// False, the matrix spoilt, when it is not positive definite.
bool og_upper_factor(double* matrix, int count, int stride);

/// Replace R by the factor of R' R + v v' (Gill, Golub, Murray and Saunders 1974); `vector` (shape:
/// [count]) is used up.
void og_upper_update(double* factor, int count, int stride, double* vector);

/// Solve R v = b in place, vector (shape: [count]).
void og_upper_solve(const double* factor, int count, int stride, double* vector);

/// The same for each of some vectors: rows (shape: [row_count][count]).
void og_upper_solve_rows(const double* factor, int count, int stride, double* rows, int row_count);

/// Solve R' v = b in place, vector (shape: [count]).
void og_upper_solve_transposed(const double* factor, int count, int stride, double* vector);

/// matrix (shape: [count][stride], lower triangle) -= V' V, V (shape: [rows][count], rows
/// `row_stride` apart).
void og_matrix_downdate(double* matrix, int count, int stride, const double* v, int rows,
                        int row_stride);

/// result (shape: [count]) = V' times vector (shape: [rows]), V as above.
void og_matrix_transposed_times(const double* v, int rows, int row_stride, int count,
                                const double* vector, double* result);

/// Sum of products.
double og_vector_dot(const double* a, const double* b, int count);
