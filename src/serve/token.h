/// The secret that control requests carry.
#pragma once

#include <stdbool.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// 128 random bits of the operating system as 32 hexadecimal digits.
og_status og_token_make(og_arena* arena, const char** token);

/// True when `given` is `token`; the time that takes does not tell how much of it is right.
bool og_token_equal(const char* token, const char* given);
