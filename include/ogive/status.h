/// Results of calls that can fail, and the text that explains the last failure.
///
/// Four kinds of trouble, four mechanisms: a bug of ours is an assert; a wrong file, name or value
/// of the user is an og_status with a message; a bad design is an og_outcome stored with its trial;
/// memory exhaustion aborts (see arena.h). Why a run stopped is an og_stop and no error at all.
#pragma once

/// Result of every call that can fail. Zero is success.
typedef enum og_status {
    OG_OK = 0,
    OG_ERROR_VALUE,   ///< a value is malformed or out of range, or values contradict each other
    OG_ERROR_NAME,    ///< a name (agent, environment, parameter, key, workload...) is unknown
    OG_ERROR_FILE,    ///< a file cannot be read, written or parsed
    OG_ERROR_STORE,   ///< a study store is damaged, locked, of another version, or not writable
    OG_ERROR_SYSTEM,  ///< the operating system refused (threads, processes)
} og_status;

/// Text of the last failure on this thread: where (file:line), what, the allowed range or the
/// nearest name. Never NULL; valid until the next failing call on this thread.
const char* og_error_text(void);

/// Record a message for og_error_text() and return `status`, so that callers write
/// `return og_fail(OG_ERROR_NAME, "no agent '%s'", name);`. Messages longer than 1023 bytes are
/// cut, and what is not printable is masked, see og_text_mask().
og_status og_fail(og_status status, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// Put `format` and ": " before the recorded message (context that only the caller knows) and
/// return `status` unchanged.
og_status og_fail_context(og_status status, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

/// Return from the calling function when `call` fails. The only macro with control flow.
#define OG_TRY(call)                        \
    do {                                    \
        const og_status og_tried_ = (call); \
        if (og_tried_ != OG_OK) {           \
            return og_tried_;               \
        }                                   \
    } while (0)
