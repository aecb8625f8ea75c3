/// The terminal: colours, width, interrupts.
#pragma once

#include <stdbool.h>
#include <stdio.h>

/// True when `stream` is a terminal that may be coloured (NO_COLOR is not set, TERM is not dumb).
bool og_terminal_color(FILE* stream);

/// Columns of the terminal behind `stream`; 100 when there is none.
int og_terminal_columns(FILE* stream);

/// Catch SIGINT and SIGTERM: the first one sets the flag returned, the second one kills.
const volatile int* og_terminal_interrupt(void);
