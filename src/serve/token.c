#include "serve/token.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "ogive/text.h"

og_status og_token_make(og_arena* arena, const char** token) {
    unsigned char bytes[16];
    ssize_t got;
    do {
        got = getrandom(bytes, sizeof bytes, 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof bytes) {
        return og_fail(OG_ERROR_SYSTEM, "no random numbers for a token: %s", strerror(errno));
    }
    og_buffer text = {.arena = arena};
    for (size_t i = 0; i < sizeof bytes; i++) {
        og_buffer_print(&text, "%02x", bytes[i]);
    }
    *token = text.data;
    return OG_OK;
}

bool og_token_equal(const char* token, const char* given) {
    const size_t length = strlen(token);
    const size_t given_length = strlen(given);
    // the token's length is no secret; every byte of it is looked at whatever was given
    volatile unsigned char difference = length != given_length;
    for (size_t i = 0; i < length; i++) {
        const char other = given_length > 0 ? given[i % given_length] : '\0';
        difference = (unsigned char)(difference | (token[i] ^ other));
    }
    return difference == 0;
}
