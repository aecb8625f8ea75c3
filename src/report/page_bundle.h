/// The pages' own texts, made from page/ when the project is built.
#pragma once

#include <stddef.h>

/// All of the page before its data, and all behind.
extern const char og_page_head[];
extern const char og_page_tail[];
extern const size_t og_page_head_size, og_page_tail_size;

/// The live page, its script and its style.
extern const char og_live_page[];
extern const char og_live_script[];
extern const char og_live_style[];
extern const size_t og_live_page_size, og_live_script_size, og_live_style_size;
