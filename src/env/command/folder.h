/// Working directories of designs.
#pragma once

#include "ogive/arena.h"
#include "ogive/status.h"

/// Make a new empty folder in `base`, for its owner alone; its path is in `arena`.
og_status og_folder_make(og_arena* arena, const char* base, const char** path);

/// Write a file into it.
og_status og_folder_write(og_arena* arena, const char* path, const char* name, const char* text,
                          size_t size);

/// Read a file of it, at most `limit` bytes, terminated; what is no plain file is refused, and does
/// not block. Fails without the folder's name.
og_status og_folder_read(og_arena* arena, const char* path, const char* name, size_t limit,
                         char** data, size_t* size);

/// Remove it and all in it, as far as the system allows; links are not followed.
void og_folder_remove(const char* path);

/// Keep it as `base`/`name`, unless `base` holds `count` kept ones already or one of that name:
/// then it is removed.
void og_folder_keep(og_arena* arena, const char* path, const char* base, const char* name,
                    int count);
