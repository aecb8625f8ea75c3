/// The live page: studies of a store as they run, served to browsers on this machine.
#pragma once

#include <stdbool.h>

#include "ogive/status.h"

typedef struct og_serve_options {
    const char* store;              ///< path of a store that there is
    int port;                       ///< of 127.0.0.1, 0 = any free one
    bool allow_control;             ///< studies can be changed by who has the token
    const volatile int* interrupt;  ///< serving ends when this becomes non-zero
    double client_seconds;          ///< that a client may be silent, or its body may take; 0 = 5
    /// Called once when the server answers: its address, with the token if there is one.
    void (*ready)(void* context, const char* address);
    void* context;
} og_serve_options;

/// Serve until interrupted. Fails when the store cannot be read, the port is taken, or this program
/// was built without a web server.
og_status og_serve(const og_serve_options* options);
