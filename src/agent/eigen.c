#include "agent/eigen.h"

#include <math.h>

enum { EIGEN_SWEEPS = 60 };

// Sum of squares above the diagonal.
static double eigen_rest(int size, const double* matrix) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
        for (int k = i + 1; k < size; k++) {
            sum += matrix[i * size + k] * matrix[i * size + k];
        }
    }
    return sum;
}

// Rotate columns p and q of a matrix.
static void eigen_rotate(int size, double* matrix, int p, int q, double cosine, double sine) {
    for (int i = 0; i < size; i++) {
        double* row = matrix + i * size;
        const double a = row[p];
        const double b = row[q];
        row[p] = cosine * a - sine * b;
        row[q] = sine * a + cosine * b;
    }
}

// Zero element (p, q) of a symmetric matrix by a rotation, which the vectors follow.
static void eigen_annihilate(int size, double* matrix, double* vectors, int p, int q) {
    const double off = matrix[p * size + q];
    if (fabs(off) < 1e-300) {
        return;
    }
    const double theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * off);
    const double tangent = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    const double cosine = 1 / sqrt(tangent * tangent + 1);
    const double sine = tangent * cosine;
    eigen_rotate(size, matrix, p, q, cosine, sine);
    for (int i = 0; i < size; i++) {
        const double a = matrix[p * size + i];
        const double b = matrix[q * size + i];
        matrix[p * size + i] = cosine * a - sine * b;
        matrix[q * size + i] = sine * a + cosine * b;
    }
    eigen_rotate(size, vectors, p, q, cosine, sine);
}

void og_eigen_decompose(int size, double* matrix, double* values, double* vectors) {
    double trace = 0;
    for (int i = 0; i < size; i++) {
        for (int k = 0; k < size; k++) {
            vectors[i * size + k] = i == k;
        }
        trace += fabs(matrix[i * size + i]);
    }
    const double enough = 1e-32 * trace * trace;
    for (int sweep = 0; sweep < EIGEN_SWEEPS && eigen_rest(size, matrix) > enough; sweep++) {
        for (int p = 0; p < size; p++) {
            for (int q = p + 1; q < size; q++) {
                eigen_annihilate(size, matrix, vectors, p, q);
            }
        }
    }
    for (int i = 0; i < size; i++) {
        values[i] = matrix[i * size + i];
    }
}
