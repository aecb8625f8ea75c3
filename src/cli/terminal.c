#include "cli/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/interrupt.h"

bool og_terminal_color(FILE* stream) {
    const char* no_color = getenv("NO_COLOR");
    const char* type = getenv("TERM");
    const bool wanted = !no_color || no_color[0] == '\0';
    return wanted && isatty(fileno(stream)) && type && strcmp(type, "dumb") != 0;
}

int og_terminal_columns(FILE* stream) {
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
        return size.ws_col;
    }
    return 100;
}

static volatile int terminal_interrupted;

static void terminal_handle(int signal_number) {
    if (terminal_interrupted) {
        // the second request does not wait for anything
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    og_interrupt(&terminal_interrupted);
    if (signal_number == SIGINT) {
        static const char text[] =
            "\nfinishing the designs in flight; Ctrl-C again stops at once\n";
        // begins a line of its own where a progress line may stand
        const size_t skip = isatty(STDERR_FILENO) ? 0 : 1;
        const int before = errno;
        const ssize_t written = write(STDERR_FILENO, text + skip, sizeof text - 1 - skip);
        (void)written;
        errno = before;
    }
}

const volatile int* og_terminal_interrupt(void) {
    struct sigaction action = {.sa_handler = terminal_handle, .sa_flags = SA_RESTART | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &terminal_interrupted;
}
