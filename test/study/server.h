/// A PostgreSQL server of a test, on a socket of its own in a folder of its own. Where there is
/// none, `server_folder` stays NULL and the reason is printed.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"

static const char* server_folder;
static const char* server_programs;
static pid_t server_process;
static og_arena* server_arena;

// The server refuses to run as root.
static inline bool server_drop_rights(void) {
    const struct passwd* user = getpwnam("postgres");
    return geteuid() != 0 || (user && setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 &&
                              setuid(user->pw_uid) == 0);
}

// Start a program of PostgreSQL with its output in the log.
static inline pid_t server_spawn(const char* const words[]) {
    const pid_t child = fork();
    if (child == 0) {
        const int log = open(og_text_format(server_arena, "%s/log", server_folder),
                             O_WRONLY | O_CREAT | O_APPEND, 0666);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        // signals to the test are none to the server
        setpgid(0, 0);
        // a test that is killed leaves no server behind
        if (server_drop_rights() && chdir(server_folder) == 0 &&
            prctl(PR_SET_PDEATHSIG, SIGINT) == 0) {
            execv(words[0], (char* const*)words);
        }
        _exit(127);
    }
    return child;
}

static inline void server_wait(pid_t child) {
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
}

/// Address of the store in schema `schema`.
static inline const char* server_address(og_arena* arena, const char* schema) {
    return og_text_format(arena, "postgresql://ogive@/postgres?host=%s&options=-csearch_path%%3D%s",
                          server_folder, schema);
}

static inline bool server_answers(void) {
    og_store* store;
    const bool good =
        og_store_open(server_address(server_arena, "probe"), OG_STORE_CREATE, &store) == OG_OK;
    if (good) {
        og_store_close(store);
    }
    return good;
}

/// Start it on the data that it has; false when it does not come up in a minute.
static inline bool server_run(void) {
    const char* words[] = {og_text_format(server_arena, "%s/postgres", server_programs),
                           "-D",
                           og_text_format(server_arena, "%s/data", server_folder),
                           "-k",
                           og_text_format(server_arena, "%s", server_folder),
                           "-h",
                           "",
                           "-F",
                           "-c",
                           "max_connections=150",
                           "-c",
                           "shared_buffers=16MB",
                           NULL};
    server_process = server_spawn(words);
    for (int i = 0; i < 6000; i++) {
        if (server_answers()) {
            return true;
        }
        int status;
        if (waitpid(server_process, &status, WNOHANG) == server_process) {
            // who was killed may leave others behind that take a moment to end
            usleep(100000);
            server_process = server_spawn(words);
        }
        usleep(10000);
    }
    return false;
}

/// Kill it without any notice.
static inline void server_kill(void) {
    kill(server_process, SIGKILL);
    server_wait(server_process);
}

static inline void server_stop(void) {
    if (server_folder) {
        kill(server_process, SIGINT);
        server_wait(server_process);
        const char* words[] = {"/bin/rm", "-rf", og_text_format(server_arena, "%s", server_folder),
                               NULL};
        const pid_t child = fork();
        if (child == 0) {
            execv(words[0], (char* const*)words);
            _exit(127);
        }
        server_wait(child);
    }
    og_arena_destroy(server_arena);
}

static inline void server_find(void) {
    for (int version = 12; version < 30; version++) {
        const char* folder = og_text_format(server_arena, "/usr/lib/postgresql/%d/bin", version);
        if (access(og_text_format(server_arena, "%s/postgres", folder), X_OK) == 0) {
            server_programs = folder;
        }
    }
}

static inline const char* server_set_up(void) {
    og_store* store;
    if (og_store_open("postgresql://nobody@/x?host=/nonexistent", OG_STORE_READ, &store) != OG_OK &&
        strstr(og_error_text(), "built without PostgreSQL")) {
        return "built without PostgreSQL";
    }
    server_find();
    if (!server_programs) {
        return "PostgreSQL is not installed";
    }
    if (geteuid() == 0 && !getpwnam("postgres")) {
        return "there is no user postgres, and root may not run the server";
    }
    char* path = og_text_format(server_arena, "%s", fixture_path(server_arena, ""));
    path[strlen(path) - 1] = '\0';
    server_folder = path;
    const struct passwd* user = getpwnam("postgres");
    if (geteuid() == 0 &&
        (chmod(path, 0755) != 0 || chown(path, user->pw_uid, user->pw_gid) != 0)) {
        return "its folder cannot be given away";
    }
    const char* words[] = {og_text_format(server_arena, "%s/initdb", server_programs),
                           "-D",
                           og_text_format(server_arena, "%s/data", server_folder),
                           "-A",
                           "trust",
                           "-U",
                           "ogive",
                           "-E",
                           "UTF8",
                           "--locale=C",
                           "--no-sync",
                           NULL};
    server_wait(server_spawn(words));
    return server_run() ? NULL : "the server does not start";
}

/// Start a server; tests that need it skip when `server_folder` is NULL.
static inline int server_start(void** state) {
    (void)state;
    server_arena = og_arena_create();
    const char* problem = server_set_up();
    if (problem) {
        printf("skipped where a server is needed: %s\n", problem);
        server_folder = NULL;
    }
    return 0;
}

static inline int server_end(void** state) {
    (void)state;
    server_stop();
    return 0;
}
