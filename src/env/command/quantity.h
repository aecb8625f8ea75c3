/// Numbers with units, as programs print them.
#pragma once

#include <stdbool.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// True when `unit` is one of the known ones: times (ps ns us µs ms s), sizes (B, kB KB MB GB TB,
/// KiB MiB GiB TiB), frequencies (Hz kHz MHz GHz), powers (nW uW µW mW W kW), energies (fJ pJ nJ uJ
/// µJ mJ J kJ).
bool og_quantity_known(const char* unit);

/// The factor from unit `from` to unit `to`: 1 for equal texts; false when one is unknown or they
/// measure different things.
bool og_quantity_factor(const char* from, const char* to, double* factor);

/// Read `text`: a number, white space, and maybe a unit. A plain number is in unit `plain` (NULL =
/// a unit is required). The value is in unit `to`. False with a reason in `arena`.
bool og_quantity_read(og_arena* arena, const char* text, const char* plain, const char* to,
                      double* value, const char** reason);
