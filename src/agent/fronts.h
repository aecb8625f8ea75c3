/// Fronts: designs with several objectives by nondominated front, and within one by crowding.
#pragma once

#include "ogive/arena.h"

/// Part `count` rows of `values` (shape: [count][objectives], finite, smaller is better) into
/// nondominated fronts: `order` (shape: [count], indices of rows) has the rows of the first front,
/// then those of the second ..., in each ordered by their values; front f begins at begins[f] and
/// ends before begins[f + 1] (shape: [count + 1]). Of equal rows the first one counts; the others
/// come behind all, from begins[number of fronts] on. Returns the number of fronts. Two objectives
/// take time n log n, more up to n^2 (Zhang, Tian, Cheng and Jin 2015). `arena` is scratch.
int og_fronts_peel(og_arena* arena, const double* values, int count, int objectives, int* order,
                   int* begins);

/// Order rows of one front, `order` (shape: [count], none dominates or equals another), so that any
/// number of its first ones are those that are left when again and again the most crowded row is
/// taken out. That is, over the ranges of the objectives, with two of them the row with the least
/// distance between its neighbours (Deb, Pratap, Agarwal and Meyarivan 2002; one by one: Kukkonen
/// and Deb, CEC 2006), with more the one with the least product of distances to its nearest others,
/// as many as there are objectives (Kukkonen and Deb, PPSN 2006). The ends of each objective stay
/// longest. Time grows with the square of `count`.
void og_fronts_thin(og_arena* arena, const double* values, int objectives, int* order, int count);

/// Order rows into `order` best first: by front, then as og_fronts_thin() does. Repeats of rows
/// come behind all. With one objective this is a sort.
void og_fronts_sort(og_arena* arena, const double* values, int count, int objectives, int* order);
