/// Time that only moves forward.
#pragma once

/// Seconds since an arbitrary moment, monotonic, at least microsecond resolution.
double og_clock_seconds(void);

/// Processor seconds that this process has used on all its threads.
double og_clock_processor_seconds(void);
