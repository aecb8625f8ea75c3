/// Text inside pictures.
#pragma once

#include "ogive/text.h"

/// Add `text` with the characters escaped that mark-up uses.
void og_svg_text(const char* text, og_buffer* out);
