/// Loops for the widest registers that a processor has.
#pragma once

/// Before a function whose loops treat element by element, so that results do not depend on the
/// width: it is compiled for wider registers as well, and the loader takes what the processor has.
/// Sanitizers are not ready when it does; clang 14 does not know such choices.
#if defined(__GLIBC__) && defined(__x86_64__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OG_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define OG_WIDE
#endif
