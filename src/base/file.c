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

// devices and pipes are written in place
static og_status file_begin_in_place(const char* path, og_file_draft* draft) {
    const int device = open(path, O_WRONLY | O_CLOEXEC);
    draft->stream = device < 0 ? NULL : fdopen(device, "w");
    return draft->stream
               ? OG_OK
               : og_fail(OG_ERROR_FILE, "%s: cannot open for writing: %s", path, strerror(errno));
}

og_status og_file_begin(og_arena* arena, const char* path, og_file_draft* draft) {
    *draft = (og_file_draft){.path = path};
    if (strcmp(path, "-") == 0) {
        draft->path = "standard output";
        draft->stream = stdout;
        return OG_OK;
    }
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        return file_begin_in_place(path, draft);
    }
    char* temporary = og_text_format(arena, "%s.XXXXXX", path);
    const int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        return og_fail(OG_ERROR_FILE, "%s: cannot create: %s", path, strerror(errno));
    }
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    draft->temporary = temporary;
    draft->stream = fdopen(descriptor, "w");
    if (!draft->stream) {
        close(descriptor);
        unlink(temporary);
        return og_fail(OG_ERROR_FILE, "%s: cannot create: %s", path, strerror(errno));
    }
    return OG_OK;
}

void og_file_abandon(og_file_draft* draft) {
    if (draft->stream && draft->stream != stdout) {
        fclose(draft->stream);
    }
    if (draft->temporary) {
        unlink(draft->temporary);
    }
    *draft = (og_file_draft){0};
}

og_status og_file_commit(og_file_draft* draft) {
    // an earlier failure is known by the stream's flag alone; its reason is that of the next try,
    // which needs something to write
    errno = 0;
    if (ferror(draft->stream)) {
        (void)fputc('\n', draft->stream);
    }
    const bool flushed = fflush(draft->stream) == 0;
    bool good = flushed && !ferror(draft->stream);
    int problem = errno ? errno : EIO;
    if (draft->stream != stdout) {
        const bool closed = fclose(draft->stream) == 0;
        problem = good && !closed ? errno : problem;
        good = good && closed;
        draft->stream = NULL;
    }
    og_status status = OG_OK;
    if (!good) {
        status = og_fail(OG_ERROR_FILE, "%s: cannot write: %s", draft->path, strerror(problem));
    } else if (draft->temporary && rename(draft->temporary, draft->path) != 0) {
        status = og_fail(OG_ERROR_FILE, "%s: cannot replace: %s", draft->path, strerror(errno));
    }
    if (status == OG_OK) {
        draft->temporary = NULL;
    }
    og_file_abandon(draft);
    return status;
}

og_status og_file_write(const char* path, const void* data, size_t size) {
    og_arena* arena = og_arena_create();
    og_file_draft draft;
    og_status status = og_file_begin(arena, path, &draft);
    if (status == OG_OK) {
        fwrite(data, 1, size, draft.stream);
        status = og_file_commit(&draft);
    }
    og_arena_destroy(arena);
    return status;
}

bool og_file_same(const char* a, const char* b) {
    struct stat info[2];
    return stat(a, &info[0]) == 0 && stat(b, &info[1]) == 0 && info[0].st_dev == info[1].st_dev &&
           info[0].st_ino == info[1].st_ino;
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
