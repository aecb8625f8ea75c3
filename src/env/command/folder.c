#include "env/command/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ogive/text.h"

enum { FOLDER_DESCRIPTORS = 16 };

static const char folder_kept[] = "failed-";

og_status og_folder_make(og_arena* arena, const char* base, const char** path) {
    char* made = og_text_format(arena, "%s/ogive-XXXXXX", base);
    if (!mkdtemp(made)) {
        return og_fail(OG_ERROR_FILE, "cannot make a folder in %s: %s", base, strerror(errno));
    }
    *path = made;
    return OG_OK;
}

og_status og_folder_write(og_arena* arena, const char* path, const char* name, const char* text,
                          size_t size) {
    const char* file = og_text_format(arena, "%s/%s", path, name);
    const int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    bool good = descriptor >= 0;
    while (good && size > 0) {
        const ssize_t wrote = write(descriptor, text, size);
        good = wrote > 0 || (wrote < 0 && errno == EINTR);
        text += wrote > 0 ? wrote : 0;
        size -= wrote > 0 ? (size_t)wrote : 0;
    }
    const int problem = errno;
    if (descriptor >= 0) {
        close(descriptor);
    }
    return good ? OG_OK : og_fail(OG_ERROR_FILE, "cannot write %s: %s", name, strerror(problem));
}

og_status og_folder_read(og_arena* arena, const char* path, const char* name, size_t limit,
                         char** data, size_t* size) {
    const char* file = og_text_format(arena, "%s/%s", path, name);
    const int descriptor = open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        return og_fail(OG_ERROR_FILE, "%s: %s", name, strerror(errno));
    }
    struct stat info;
    og_status status = OG_OK;
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        status = og_fail(OG_ERROR_FILE, "%s: is no plain file", name);
    } else if ((size_t)info.st_size > limit) {
        status = og_fail(OG_ERROR_FILE, "%s: larger than %zu KiB", name, limit / 1024);
    } else {
        *data = og_arena_allocate_raw(arena, (size_t)info.st_size + 1);
        *size = 0;
        ssize_t got = 0;
        while (*size < (size_t)info.st_size &&
               (got = read(descriptor, *data + *size, (size_t)info.st_size - *size)) > 0) {
            *size += (size_t)got;
        }
        (*data)[*size] = '\0';
        status = got < 0 ? og_fail(OG_ERROR_FILE, "%s: %s", name, strerror(errno)) : OG_OK;
    }
    close(descriptor);
    return status;
}

// Folders come twice: to be opened, before what is in them, and to be removed, behind it.
static int folder_open_one(const char* path, const struct stat* info, int type, struct FTW* walk) {
    (void)info, (void)walk;
    if (type == FTW_D || type == FTW_DNR) {
        chmod(path, 0700);
    }
    return 0;
}

static int folder_remove_one(const char* path, const struct stat* info, int type,
                             struct FTW* walk) {
    (void)info, (void)type, (void)walk;
    remove(path);
    return 0;
}

void og_folder_remove(const char* path) {
    nftw(path, folder_remove_one, FOLDER_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    if (access(path, F_OK) == 0) {
        nftw(path, folder_open_one, FOLDER_DESCRIPTORS, FTW_PHYS);
        nftw(path, folder_remove_one, FOLDER_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    }
}

static int folder_count(const char* base) {
    DIR* folder = opendir(base);
    int count = 0;
    for (struct dirent* entry; folder && (entry = readdir(folder)) != NULL;) {
        count += strncmp(entry->d_name, folder_kept, sizeof folder_kept - 1) == 0;
    }
    if (folder) {
        closedir(folder);
    }
    return count;
}

void og_folder_keep(og_arena* arena, const char* path, const char* base, const char* name,
                    int count) {
    const char* kept = og_text_format(arena, "%s/%s%s", base, folder_kept, name);
    if (access(kept, F_OK) == 0 || folder_count(base) >= count || rename(path, kept) != 0) {
        og_folder_remove(path);
    }
}
