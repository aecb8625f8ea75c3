/// What a candidate is worth evaluating, given a normal prediction of its target: `mean` and
/// `deviation` (>= 0, the square root of the variance). Targets are to be minimized; every function
/// but og_lower_confidence_bound() is larger for better candidates.
#pragma once

/// Expected improvement below `best` (Jones, Schonlau and Welch 1998), in units of the target.
/// Underflows to 0 far above `best`; rank candidates by og_log_expected_improvement().
double og_expected_improvement(double mean, double deviation, double best);

/// Logarithm of the expected improvement, accurate where the improvement itself underflows (Ament
/// and others, NeurIPS 2023). -INFINITY when `deviation` is 0 and `mean` is not below `best`.
double og_log_expected_improvement(double mean, double deviation, double best);

/// mean - factor * deviation, an optimistic guess of the target: smaller is better (Srinivas and
/// others 2010). `factor` >= 0, commonly 1 to 3.
double og_lower_confidence_bound(double mean, double deviation, double factor);

/// Probability that the target is at most `bound`: of improvement when `bound` is the best target
/// seen, of feasibility when the target is a constraint's left-hand side and `bound` its right.
double og_probability_below(double mean, double deviation, double bound);

/// Logarithm of og_probability_below(), accurate where the probability underflows; add it to
/// og_log_expected_improvement() for constrained search (Gardner and others 2014).
double og_log_probability_below(double mean, double deviation, double bound);

/// The standard normal deviate that is exceeded with probability 1 - `probability`, in (0, 1).
double og_normal_quantile(double probability);
