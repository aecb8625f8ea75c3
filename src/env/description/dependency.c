#include "env/description/dependency.h"

#include <string.h>

#include "base/hash.h"
#include "ogive/file.h"
#include "ogive/text.h"

enum { DEPENDENCY_COUNT = 256 };

#define DEPENDENCY_LIMIT ((size_t)1 << 30)

og_status og_dependency_read(og_yaml* yaml, const og_document_node* node, const char* here,
                             const char* path, size_t limit, char** data, size_t* size,
                             uint64_t* hash) {
    const char* file = path[0] == '/' ? path : og_text_format(yaml->arena, "%s/%s", here, path);
    const og_status status = og_file_read(yaml->arena, file, limit, data, size);
    if (status != OG_OK) {
        return og_yaml_fail_at(yaml, node, status);
    }
    *hash = og_hash(*hash, *data, *size);
    return OG_OK;
}

// The content is not kept.
static og_status dependency_hash(og_yaml* yaml, const og_document_node* node, const char* here,
                                 const char* path, uint64_t* hash) {
    og_arena* kept = yaml->arena;
    char* content = NULL;
    size_t size = 0;
    yaml->arena = og_arena_create();
    const og_status status =
        og_dependency_read(yaml, node, here, path, DEPENDENCY_LIMIT, &content, &size, hash);
    og_arena_destroy(yaml->arena);
    yaml->arena = kept;
    return status;
}

og_status og_dependencies_read(og_yaml* yaml, const og_document_node* map, const og_launch* launch,
                               uint64_t* hash) {
    const og_document_node* node = og_yaml_find(map, "depends");
    char** paths = NULL;
    int count = 0;
    OG_TRY(og_yaml_texts(yaml, map, "depends", &paths, &count));
    if (count > DEPENDENCY_COUNT) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "more than %d files", DEPENDENCY_COUNT);
    }
    const size_t length = strlen(launch->here);
    if (strncmp(launch->program, launch->here, length) == 0 && launch->program[length] == '/') {
        OG_TRY(dependency_hash(yaml, NULL, launch->here, launch->program, hash));
    }
    for (int i = 0; i < count; i++) {
        OG_TRY(dependency_hash(yaml, node, launch->here, paths[i], hash));
    }
    return OG_OK;
}
