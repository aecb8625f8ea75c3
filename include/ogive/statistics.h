/// Statistics for comparing methods: order statistics, effect sizes, paired tests, ranks. Smaller
/// values are better everywhere; +INFINITY stands for a run without a result and is worse than
/// every number. NaN is not allowed.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/random.h"

/// Median and quartiles of a sample.
typedef struct og_quartiles {
    double low, median, high;  ///< 25 %, 50 %, 75 %; NaN of an empty sample
    double mean;
} og_quartiles;

/// Quantile `share` in [0, 1] of `sorted` (increasing, list: [count], count >= 1), with linear
/// interpolation (type 7 of Hyndman and Fan, The American Statistician 1996). Between a number and
/// +INFINITY it is +INFINITY.
double og_quantile(const double* sorted, int count, double share);

/// Sort `values` (list: [count]) in increasing order.
void og_sort(double* values, int count);

/// Quartiles and mean of `values` (list: [count]).
og_quartiles og_quartiles_of(og_arena* scratch, const double* values, int count);

/// Probability that a value of `a` is smaller (better) than one of `b`, ties counting half: 0.5 =
/// no difference, 1 = always better (A12 of Vargha and Delaney, Journal of Educational and
/// Behavioral Statistics 2000, which names 0.56, 0.64 and 0.71 small, medium and large).
double og_vargha_delaney(const double* a, int a_count, const double* b, int b_count);

/// Result of og_wilcoxon().
typedef struct og_wilcoxon_result {
    int count;     ///< pairs that differ
    double plus;   ///< sum of the ranks of pairs with a > b
    double minus;  ///< and with a < b
    double p;      ///< two-sided; 1 when no pair differs
} og_wilcoxon_result;

enum { OG_WILCOXON_EXACT = 25 };  ///< pairs up to which the distribution is exact

/// Wilcoxon's signed-rank test of pairs (a[i], b[i]) (lists: [count]; Wilcoxon, Biometrics 1945).
/// Pairs that are equal are left out, tied differences share their mean rank. Up to
/// OG_WILCOXON_EXACT differing pairs p is exact, given the ties; above, it comes from the normal
/// distribution with the variance corrected for ties (no continuity correction).
og_wilcoxon_result og_wilcoxon(og_arena* scratch, const double* a, const double* b, int count);

/// Adjust p-values (list: [count]) for their number, in place (Holm, Scandinavian Journal of
/// Statistics 1979). NaN entries do not count and stay.
void og_holm(og_arena* scratch, double* p, int count);

/// Interval of the median of `values` (list: [count] >= 1) at `confidence` in (0, 1): percentile
/// bootstrap with `resamples` samples (Efron and Tibshirani 1993), drawn from `random`.
void og_bootstrap_median(og_arena* scratch, const double* values, int count, int resamples,
                         double confidence, og_random* random, double* low, double* high);

/// Result of og_friedman().
typedef struct og_friedman_result {
    double statistic;  ///< chi-square with treatments - 1 degrees of freedom, corrected for ties
    double p;          ///< 1 when all values are tied
} og_friedman_result;

/// Friedman's test of `values` (shape: [blocks][treatments]); `mean_ranks` (list: [treatments])
/// receives the mean rank of each treatment, 1 = best, ties sharing their mean (Friedman, JASA
/// 1937; Conover, Practical Nonparametric Statistics, for ties).
og_friedman_result og_friedman(og_arena* scratch, const double* values, int blocks, int treatments,
                               double* mean_ranks);

/// Nemenyi's critical difference of mean ranks of `treatments` >= 2 over `blocks` at the level
/// `alpha`: two treatments that are further apart differ (Demsar, JMLR 2006).
double og_nemenyi_difference(int treatments, int blocks, double alpha);

/// Probability that a chi-square variable with `freedom` degrees of freedom exceeds `value`.
double og_chi_square_tail(double value, double freedom);
