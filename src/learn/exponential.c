// Exponentials: 2^n times a polynomial of the rest, |rest| <= log(2) / 2, which is the series of
// Taylor up to the tenth power.

#include "learn/exponential.h"

#include <stdint.h>
#include <string.h>

#include "learn/wide.h"

#define EXPONENTIAL_LARGEST 700.0
#define EXPONENTIAL_LOG2_E 1.4426950408889634
// log(2) in two parts, the first with zeros at its end, so that its product with n is exact
#define EXPONENTIAL_LN2_HIGH 0x1.62e42feep-1
#define EXPONENTIAL_LN2_LOW 0x1.a39ef35793c76p-33
// added to a number below 2^51 it leaves the nearest integer in the last bits
#define EXPONENTIAL_ROUND 0x1.8p52

static inline double exponential_of(double x) {
    x = x > EXPONENTIAL_LARGEST ? EXPONENTIAL_LARGEST : x;
    x = x < -EXPONENTIAL_LARGEST ? -EXPONENTIAL_LARGEST : x;
    const double shifted = x * EXPONENTIAL_LOG2_E + EXPONENTIAL_ROUND;
    const double n = shifted - EXPONENTIAL_ROUND;
    const double r = x - n * EXPONENTIAL_LN2_HIGH - n * EXPONENTIAL_LN2_LOW;
    double sum = 1.0 / 3628800;
    sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320;
    sum = sum * r + 1.0 / 5040;
    sum = sum * r + 1.0 / 720;
    sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24;
    sum = sum * r + 1.0 / 6;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    uint64_t power;
    uint64_t bits;
    memcpy(&power, &shifted, sizeof power);
    memcpy(&bits, &sum, sizeof bits);
    bits += power << 52;
    memcpy(&sum, &bits, sizeof sum);
    return sum;
}

OG_WIDE void og_exponentials(const double* from, int count, double* to) {
    for (int i = 0; i < count; i++) {
        to[i] = exponential_of(from[i]);
    }
}

OG_WIDE void og_hyperbolic_tangents(const double* from, int count, double* to) {
    for (int i = 0; i < count; i++) {
        // tanh x = 1 - 2 / (e^2x + 1)
        to[i] = 1 - 2 / (exponential_of(2 * from[i]) + 1);
    }
}
