// Cholesky factors and products on OpenBLAS, one caller at a time.

#include "learn/linear_algebra.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <pthread.h>

// LAPACK by columns: a lower triangle by rows is an upper triangle by columns
void dpotrf_(const char* triangle, const int* count, double* matrix, const int* stride, int* info);
void dpotri_(const char* triangle, const int* count, double* matrix, const int* stride, int* info);

static pthread_mutex_t linear_algebra_turn = PTHREAD_MUTEX_INITIALIZER;

static void linear_algebra_begin(void) {
    const int refused = pthread_mutex_lock(&linear_algebra_turn);
    assert(!refused);
    (void)refused;
}

static void linear_algebra_end(void) {
    pthread_mutex_unlock(&linear_algebra_turn);
}

bool og_cholesky_factor(double* matrix, int count, int stride) {
    assert(count >= 0 && stride >= count && stride > 0);
    int info = 0;
    linear_algebra_begin();
    dpotrf_("U", &count, matrix, &stride, &info);
    linear_algebra_end();
    assert(info >= 0);
    return info == 0;
}

void og_cholesky_invert(double* factor, int count, int stride) {
    int info = 0;
    linear_algebra_begin();
    dpotri_("U", &count, factor, &stride, &info);
    linear_algebra_end();
    assert(info == 0);
}

void og_cholesky_solve_lower(const double* factor, int count, int stride, double* vector) {
    linear_algebra_begin();
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, count, factor, stride,
                vector, 1);
    linear_algebra_end();
}

void og_cholesky_solve_upper(const double* factor, int count, int stride, double* vector) {
    linear_algebra_begin();
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, count, factor, stride, vector,
                1);
    linear_algebra_end();
}

void og_cholesky_solve_columns(const double* factor, int count, int stride, double* columns,
                               int column_count, int columns_stride) {
    linear_algebra_begin();
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, count,
                column_count, 1, factor, stride, columns, columns_stride);
    linear_algebra_end();
}

double og_cholesky_log_determinant(const double* factor, int count, int stride) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += log(factor[(long)i * stride + i]);
    }
    return 2 * sum;
}

bool og_upper_factor(double* matrix, int count, int stride) {
    assert(count >= 0 && stride >= count && stride > 0);
    int info = 0;
    linear_algebra_begin();
    dpotrf_("L", &count, matrix, &stride, &info);
    linear_algebra_end();
    assert(info >= 0);
    return info == 0;
}

void og_upper_update(double* factor, int count, int stride, double* vector) {
    // a rotation of each row of R with the vector
    for (int k = 0; k < count; k++) {
        double* restrict row = factor + (long)k * stride;
        double* restrict rest = vector;
        if (rest[k] == 0) {
            continue;
        }
        const double length = sqrt(row[k] * row[k] + rest[k] * rest[k]);
        const double c = row[k] / length;
        const double s = rest[k] / length;
        for (int i = k; i < count; i++) {
            const double old = row[i];
            row[i] = c * old + s * rest[i];
            rest[i] = c * rest[i] - s * old;
        }
    }
}

void og_upper_solve(const double* factor, int count, int stride, double* vector) {
    linear_algebra_begin();
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, count, factor, stride,
                vector, 1);
    linear_algebra_end();
}

void og_upper_solve_rows(const double* factor, int count, int stride, double* rows, int row_count) {
    linear_algebra_begin();
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasUpper, CblasTrans, CblasNonUnit, row_count, count,
                1, factor, stride, rows, count);
    linear_algebra_end();
}

void og_upper_solve_transposed(const double* factor, int count, int stride, double* vector) {
    linear_algebra_begin();
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, count, factor, stride, vector,
                1);
    linear_algebra_end();
}

void og_matrix_downdate(double* matrix, int count, int stride, const double* v, int rows,
                        int row_stride) {
    linear_algebra_begin();
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, count, rows, -1, v, row_stride, 1, matrix,
                stride);
    linear_algebra_end();
}

void og_matrix_transposed_times(const double* v, int rows, int row_stride, int count,
                                const double* vector, double* result) {
    linear_algebra_begin();
    cblas_dgemv(CblasRowMajor, CblasTrans, rows, count, 1, v, row_stride, vector, 1, 0, result, 1);
    linear_algebra_end();
}

double og_vector_dot(const double* a, const double* b, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}
