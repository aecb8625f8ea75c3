/// The page's own text, made from page/ when the project is built.
#pragma once

#include <stddef.h>

/// All of the page before its data, and all behind.
extern const char og_page_head[];
extern const char og_page_tail[];
extern const size_t og_page_head_size, og_page_tail_size;
