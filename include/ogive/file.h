/// Whole files: read (gzip is unpacked), written all or nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// Read all of `path` into `arena`, unpacking it when it is gzip data. `*data` is terminated by a
/// zero byte that `*size` does not count. Fails when the file cannot be read, is a directory, is a
/// damaged gzip file, or unpacks to more than `limit` bytes.
og_status og_file_read(og_arena* arena, const char* path, size_t limit, char** data, size_t* size);

/// Replace `path` by `size` bytes of `data`: written beside it, then renamed, so that a reader sees
/// the old or the new file and never a part. "-" writes to standard output.
og_status og_file_write(const char* path, const void* data, size_t size);

/// A file being written piece by piece into `stream`. Until og_file_commit(), `path` is as it was.
typedef struct og_file_draft {
    FILE* stream;
    const char* path;
    const char* temporary;  ///< beside `path`; NULL = written in place ("-", devices and pipes)
} og_file_draft;

/// Begin to replace `path` ("-" is standard output). Ends with og_file_commit() or
/// og_file_abandon().
og_status og_file_begin(og_arena* arena, const char* path, og_file_draft* draft);

/// Put what was written in the place of `path`. When any write failed, `path` keeps what it had.
og_status og_file_commit(og_file_draft* draft);

/// Forget what was written.
void og_file_abandon(og_file_draft* draft);

/// True when both paths exist and lead to the same file.
bool og_file_same(const char* a, const char* b);

/// The next line of text in [*cursor, end), without its line end ("\n" or "\r\n"), or NULL at the
/// end.
/// `*length` receives its length; `*cursor` moves behind it. The text is not changed.
const char* og_file_line(const char** cursor, const char* end, size_t* length);
