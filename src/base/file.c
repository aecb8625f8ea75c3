#include "ogive/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "ogive/text.h"

static og_status file_check_readable(const char* path) {
    struct stat info;
    if (stat(path, &info) != 0) {
        return og_fail(OG_ERROR_FILE, "%s: %s", path, strerror(errno));
    }
    if (S_ISDIR(info.st_mode)) {
        return og_fail(OG_ERROR_FILE, "%s: is a directory, a file is needed", path);
    }
    return OG_OK;
}

static og_status file_read_all(og_arena* arena, const char* path, gzFile file, size_t limit,
                               char** data, size_t* size) {
    enum { STEP = 1 << 20 };
    og_buffer buffer = {.arena = arena};
    char* step = og_arena_allocate_raw(arena, STEP);
    for (;;) {
        const int got = gzread(file, step, STEP);
        int code = Z_OK;
        const char* problem = gzerror(file, &code);
        if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
            return og_fail(OG_ERROR_FILE, "%s: damaged or unreadable: %s", path,
                           code == Z_ERRNO ? strerror(errno) : problem);
        }
        if (got == 0) {
            break;
        }
        if (buffer.length + (size_t)got > limit) {
            return og_fail(OG_ERROR_FILE, "%s: larger than the limit of %zu bytes", path, limit);
        }
        og_buffer_add(&buffer, step, (size_t)got);
    }
    if (buffer.length == 0) {
        og_buffer_add(&buffer, "", 0);
    }
    *data = buffer.data;
    *size = buffer.length;
    return OG_OK;
}

og_status og_file_read(og_arena* arena, const char* path, size_t limit, char** data, size_t* size) {
    OG_TRY(file_check_readable(path));
    gzFile file = gzopen(path, "rb");
    if (!file) {
        return og_fail(OG_ERROR_FILE, "%s: %s", path, strerror(errno));
    }
    gzbuffer(file, 1 << 18);
    const og_status status = file_read_all(arena, path, file, limit, data, size);
    gzclose(file);
    return status;
}

static og_status file_write_descriptor(int descriptor, const char* path, const char* data,
                                       size_t size) {
    while (size > 0) {
        const ssize_t written = write(descriptor, data, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return og_fail(OG_ERROR_FILE, "%s: cannot write: %s", path, strerror(errno));
        }
        data += written;
        size -= (size_t)written;
    }
    return OG_OK;
}

og_status og_file_write(const char* path, const void* data, size_t size) {
    if (strcmp(path, "-") == 0) {
        fflush(stdout);
        return file_write_descriptor(STDOUT_FILENO, "standard output", data, size);
    }
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        // a device or a pipe is written in place
        const int device = open(path, O_WRONLY | O_CLOEXEC);
        if (device < 0) {
            return og_fail(OG_ERROR_FILE, "%s: cannot open for writing: %s", path, strerror(errno));
        }
        const og_status status = file_write_descriptor(device, path, data, size);
        close(device);
        return status;
    }
    og_arena* arena = og_arena_create();
    char* temporary = og_text_format(arena, "%s.XXXXXX", path);
    const int descriptor = mkstemp(temporary);
    og_status status = OG_OK;
    if (descriptor < 0) {
        status = og_fail(OG_ERROR_FILE, "%s: cannot create: %s", path, strerror(errno));
        og_arena_destroy(arena);
        return status;
    }
    status = file_write_descriptor(descriptor, path, data, size);
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    if (close(descriptor) != 0 && status == OG_OK) {
        status = og_fail(OG_ERROR_FILE, "%s: cannot write: %s", path, strerror(errno));
    }
    if (status == OG_OK && rename(temporary, path) != 0) {
        status = og_fail(OG_ERROR_FILE, "%s: cannot replace: %s", path, strerror(errno));
    }
    if (status != OG_OK) {
        unlink(temporary);
    }
    og_arena_destroy(arena);
    return status;
}

const char* og_file_line(const char** cursor, const char* end, size_t* length) {
    const char* start = *cursor;
    if (start >= end) {
        return NULL;
    }
    const char* stop = memchr(start, '\n', (size_t)(end - start));
    *cursor = stop ? stop + 1 : end;
    *length = (size_t)((stop ? stop : end) - start);
    if (*length > 0 && start[*length - 1] == '\r') {
        (*length)--;
    }
    return start;
}
