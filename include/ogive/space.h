/// Spaces: a table of parameters with conditions and constraints, compiled so that feasible designs
/// can be counted, numbered, drawn uniformly and repaired exactly, however few of the combinations
/// are feasible.
///
/// A design is a row of doubles, x (shape: [space->count]): integers and reals by value, a choice
/// by its index. It is feasible when every value is admitted, every inactive parameter has its
/// initial value, and every constraint holds. All designs that agents propose and studies evaluate
/// are feasible.
///
/// Method: every constraint and condition over discrete parameters is a factor; counting is
/// variable elimination over the factors (Dechter, Artificial Intelligence 1999), and drawing,
/// numbering and repairing walk the eliminated tables back. Cost grows with the product of the
/// levels that constraints tie together, not with the size of the space. Constraints whose tables
/// would exceed 2^24 entries, and those on reals, are met by rejection and by steps that lessen
/// their violation; `size` is then unknown (-1) and draws are uniform only as far as rejection
/// (1,000 tries) succeeds.
///
/// A condition sees the values of x, and of an inactive parameter its initial value; conditions may
/// chain, but not in a circle.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/expression.h"
#include "ogive/parameter.h"
#include "ogive/random.h"
#include "ogive/status.h"

/// What a space is made from. The tables must outlive the space.
typedef struct og_space_table {
    const og_parameter* parameters;  ///< list: [count]
    int count;
    const char* const* constraints;  ///< expressions over the parameters, list: [constraint_count]
    int constraint_count;
} og_space_table;

/// A compiled space; read-only and shared by threads. Lives in the arena it was created in.
typedef struct og_space {
    const og_parameter* parameters;  ///< list: [count]
    int count;
    int group_count;            ///< parts of the design
    const char* const* groups;  ///< list: [group_count], in order of first appearance; a parameter
                                ///< without group is a group of its own name
    const int* group_of;        ///< shape: [count], index into groups
    double size;    ///< number of feasible designs; INFINITY with real parameters; -1 when not
                    ///< countable. Exact below 2^53
    bool discrete;  ///< no real parameter
    struct og_space_internals* internals;
} og_space;

/// Compile `table`. Fails when the table or an expression is wrong, and when no design is feasible:
/// the message names the constraint that empties the space (and the ones that it contradicts).
og_status og_space_create(og_arena* arena, const og_space_table* table, const og_space** space);

/// OG_OK when x is feasible; otherwise the message names the parameter and its range, or the
/// constraint.
og_status og_space_check(const og_space* space, const double* x);

/// True when x is feasible.
bool og_space_contains(const og_space* space, const double* x);

/// True when parameter `index` is active in x.
bool og_space_active(const og_space* space, const double* x, int index);

/// The default design: every parameter at its initial value, repaired when constraints forbid that.
void og_space_initial(const og_space* space, double* x);

/// Draw x uniformly among the feasible designs (reals: uniform in their scale).
void og_space_sample(const og_space* space, og_random* random, double* x);

/// The feasible design number `index` in [0, size), for spaces with known finite size below 2^53.
/// A bijection; neighbours in number differ in few parameters.
void og_space_design(const og_space* space, uint64_t index, double* x);

/// The number of feasible design x: inverse of og_space_design().
uint64_t og_space_index(const og_space* space, const double* x);

/// Make x feasible and change as little as the order of parameters allows: values are moved to the
/// nearest admitted ones, then kept wherever a feasible completion exists and re-drawn where not.
void og_space_repair(const og_space* space, og_random* random, double* x);

/// Give parameter `index` another feasible value, drawn uniformly (reals: normal step of 20 % of
/// the range), repairing others where they forbid it: they keep their values wherever that is
/// possible and are re-drawn where not. x must be feasible. Returns false, x unchanged, when the
/// parameter is inactive or has no other value.
bool og_space_mutate(const og_space* space, og_random* random, double* x, int index);

/// Move parameter `index` to its next feasible level up or down (a choice: to another one; reals:
/// normal step of 5 % of the range), as og_space_mutate() does.
bool og_space_step(const og_space* space, og_random* random, double* x, int index);

/// Which levels of discrete parameter `index` have a feasible completion when the parameters that
/// come before it in `order` keep their values in x: allowed (shape: [levels]). For agents that
/// choose in turn. The order of choice is og_space_order(); returns the number of allowed levels
/// (>= 1). Constraints met by rejection only are not considered.
int og_space_allowed(const og_space* space, const double* x, int index, bool* allowed);

/// The parameters whose values decide what og_space_allowed() answers for parameter `index` (for a
/// real: whether it is active): parameters (shape: [count]). Returns their number; with 0 of them
/// the answer is the same for all designs.
int og_space_deciders(const og_space* space, int index, int* parameters);

/// True when tables hold all constraints and conditions: a design made of values that
/// og_space_allowed() allows in turn is then feasible.
bool og_space_tabled(const og_space* space);

/// The order in which parameters must be chosen for og_space_allowed(): order (shape: [count]).
void og_space_order(const og_space* space, int* order);

/// Width of the numeric encoding: one number in [0, 1] per integer, ordinal, real and boolean,
/// one-hot for a choice.
int og_space_encoding_width(const og_space* space);

/// Encode x into `encoding` (shape: [width]).
void og_space_encode(const og_space* space, const double* x, double* encoding);

/// Nearest admitted values (a choice: the largest component); may be infeasible, see
/// og_space_repair().
void og_space_decode(const og_space* space, const double* encoding, double* x);

/// Hash of a design, the same on every machine and for every order of the parameters: over names
/// and values. Two different designs collide with probability 2^-64.
uint64_t og_space_hash(const og_space* space, const double* x);
