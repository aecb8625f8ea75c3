/// Exponentials of many numbers at once: the same bits on every machine, which the C library does
/// not promise, and several times as fast.
#pragma once

/// to[i] = exp(from[i]) (shapes: [count], may be the same array), with a relative error below
/// 1e-12. Numbers beyond -700 and 700 count as these.
void og_exponentials(const double* from, int count, double* to);

/// to[i] = tanh(from[i]), with an error below 1e-12.
void og_hyperbolic_tangents(const double* from, int count, double* to);
