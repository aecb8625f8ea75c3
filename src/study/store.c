// The store: what is the same for every database.

#include "study/store.h"

#include "ogive/text.h"

static bool store_is_server(const char* address) {
    return strncmp(address, "postgresql://", 13) == 0 || strncmp(address, "postgres://", 11) == 0;
}

static og_status store_backend_find(const char* address, const og_store_backend** backend) {
    *backend = &og_store_sqlite;
    if (!store_is_server(address)) {
        // a URL of another kind may hold a password as well, and is no path
        const char* scheme = strstr(address, "://");
        return scheme ? og_fail(OG_ERROR_STORE,
                                "%.*s://...: a store is a file or "
                                "postgresql://user@host:port/database",
                                (int)(scheme - address), address)
                      : OG_OK;
    }
#ifdef OG_POSTGRESQL
    *backend = &og_store_postgresql;
    return OG_OK;
#else
    return og_fail(OG_ERROR_STORE,
                   "this ogive was built without PostgreSQL: install libpq-dev and build it again, "
                   "or use a file as store");
#endif
}

const char* og_store_path(const og_store* store) {
    return store->path;
}

bool og_store_is_server(const char* address) {
    return store_is_server(address);
}

const char* og_store_name(og_arena* arena, const char* address) {
    if (!store_is_server(address)) {
        const char* scheme = strstr(address, "://");
        return scheme ? og_text_format(arena, "%.*s://...", (int)(scheme - address), address)
                      : address;
    }
    // a password may have any characters in it where the address is malformed
    const char* host = strrchr(address, '@');
    host = host ? host + 1 : strstr(address, "://") + 3;
    const bool doubtful = memchr(address, '?', (size_t)(host - address)) != NULL;
    return doubtful ? "postgresql://..."
                    : og_text_format(arena, "postgresql://%.*s", (int)strcspn(host, "?"), host);
}

og_status og_store_open(const char* address, og_store_mode mode, og_store** opened) {
    const og_store_backend* backend;
    OG_TRY(store_backend_find(address, &backend));
    og_arena* arena = og_arena_create();
    const char* copy = og_text_copy(arena, address, strlen(address));
    og_store* store = OG_NEW(arena, og_store, 1);
    *store =
        (og_store){.backend = backend, .arena = arena, .address = copy, .path = copy, .mode = mode};
    const og_status status = backend->open(store, mode);
    if (status != OG_OK) {
        store->mode = OG_STORE_READ;
        og_store_close(store);
        return status;
    }
    *opened = store;
    return OG_OK;
}

void og_store_close(og_store* store) {
    if (store) {
        store->backend->close(store);
        og_arena_destroy(store->arena);
    }
}

og_status og_store_damaged(const og_store* store, const char* what) {
    return og_fail(OG_ERROR_STORE, "%s is damaged (%s); it was left as it is", store->path, what);
}

og_status og_store_set_durable(og_store* store, bool durable) {
    if (store->backend->set_durable && store->relaxed == durable) {
        OG_TRY(store->backend->set_durable(store, durable));
        store->relaxed = !durable;
    }
    return OG_OK;
}

og_status og_store_begin(og_store* store) {
    OG_TRY(og_store_set_durable(store, true));
    return store->backend->begin(store);
}

og_status og_store_commit(og_store* store) {
    return store->backend->commit(store);
}

void og_store_rollback(og_store* store) {
    store->backend->rollback(store);
}

og_status og_store_query(og_store* store, const char* sql, const og_value* values, int count,
                         og_rows* rows) {
    return store->backend->query(store, sql, values, count, rows);
}

og_status og_rows_next(og_rows* rows, bool* found) {
    return rows->store->backend->next(rows, found);
}

og_value og_rows_value(const og_rows* rows, int column) {
    return rows->store->backend->value(rows, column);
}

void og_rows_finish(og_rows* rows) {
    rows->store->backend->finish(rows);
}

og_status og_store_execute(og_store* store, const char* sql, const og_value* values, int count,
                           int64_t* changed) {
    return store->backend->execute(store, sql, values, count, changed);
}

og_status og_store_integer(og_store* store, const char* sql, const og_value* values, int count,
                           int64_t missing, int64_t* number) {
    og_rows rows;
    bool found;
    *number = missing;
    OG_TRY(og_store_query(store, sql, values, count, &rows));
    const og_status status = og_rows_next(&rows, &found);
    const bool good = status != OG_OK || !found || og_rows_integer(&rows, 0, number);
    og_rows_finish(&rows);
    return good ? status : og_store_damaged(store, "a number");
}

bool og_rows_integer(const og_rows* rows, int column, int64_t* integer) {
    const og_value value = og_rows_value(rows, column);
    *integer = value.integer;
    return value.kind == OG_VALUE_INTEGER;
}

bool og_rows_real(const og_rows* rows, int column, double* real) {
    const og_value value = og_rows_value(rows, column);
    *real = value.kind == OG_VALUE_INTEGER ? (double)value.integer : value.real;
    return value.kind == OG_VALUE_REAL || value.kind == OG_VALUE_INTEGER;
}

bool og_rows_text(const og_rows* rows, int column, og_arena* arena, const char** text) {
    const og_value value = og_rows_value(rows, column);
    const bool good = (value.kind == OG_VALUE_TEXT || value.kind == OG_VALUE_BYTES) &&
                      (value.size == 0 || !memchr(value.bytes, '\0', value.size));
    *text = good ? og_text_copy(arena, value.size > 0 ? value.bytes : "", value.size) : "";
    return good;
}

bool og_rows_reals(const og_rows* rows, int column, int count, og_arena* arena,
                   const double** reals) {
    const og_value value = og_rows_value(rows, column);
    const size_t size = (size_t)count * sizeof(double);
    if (value.kind != OG_VALUE_BYTES || value.size != size) {
        return false;
    }
    double* copy = og_arena_allocate_raw(arena, size);
    if (size > 0) {
        memcpy(copy, value.bytes, size);
    }
    *reals = copy;
    return true;
}

og_status og_store_lock(og_store* store, int64_t id, const char* name) {
    bool taken;
    OG_TRY(store->backend->lock(store, id, &taken));
    return taken ? OG_OK
                 : og_fail(OG_ERROR_STORE,
                           "%s: study '%s' is being run by another process; wait for it, or give "
                           "this run another name",
                           store->path, name);
}

og_status og_store_running(og_store* store, int64_t id, bool* running) {
    return store->backend->held(store, id, running);
}

void og_store_unlock(og_store* store) {
    store->backend->unlock(store);
}
