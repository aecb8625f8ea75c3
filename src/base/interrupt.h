/// Flags that a signal or another thread sets, and that loops look at.
#pragma once

#include <stdbool.h>

/// True when `interrupt` is set; it may be NULL.
static inline bool og_interrupted(const volatile int* interrupt) {
    return interrupt && __atomic_load_n(interrupt, __ATOMIC_RELAXED) != 0;
}

/// Set `interrupt`, from any thread.
static inline void og_interrupt(volatile int* interrupt) {
    __atomic_store_n(interrupt, 1, __ATOMIC_RELAXED);
}
