// What the drivers of the peer simulators share: the trace, the clock, and the way requests are
// fed.
#pragma once

#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

struct trace_request {
    int64_t cycle;
    uint64_t address;
    bool write;
};

// Reads the .stl lines "cycle: read|write 0xaddress"; anything else ends the process.
inline std::vector<trace_request> trace_load(const char* path) {
    std::FILE* file = std::fopen(path, "r");
    if (file == nullptr) {
        std::perror(path);
        std::exit(2);
    }
    std::vector<trace_request> trace;
    char line[256];
    while (std::fgets(line, sizeof line, file) != nullptr) {
        long long cycle = 0;
        unsigned long long address = 0;
        char operation[8];
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        if (std::sscanf(line, "%lld: %7s %llx", &cycle, operation, &address) != 3) {
            std::fprintf(stderr, "%s: not a request: %s", path, line);
            std::exit(2);
        }
        trace.push_back({cycle, address, operation[0] == 'w'});
    }
    std::fclose(file);
    return trace;
}

inline double trace_cpu_seconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Runs `trace` through a simulator: at most one request a cycle, in order, not before its cycle,
// asked again when refused. `send(request)` offers one, `tick()` moves the simulator by a cycle,
// `done` counts the requests that it has finished. Prints cycles and CPU seconds of the loop alone.
template <typename Send, typename Tick>
int trace_drive(const std::vector<trace_request>& trace, const int64_t& done, Send send,
                Tick tick) {
    constexpr int64_t patience = 2000000;
    const int64_t count = static_cast<int64_t>(trace.size());
    const double start = trace_cpu_seconds();
    int64_t cycle = 0;
    int64_t sent = 0;
    int64_t progress = 0;
    int64_t last_done = 0;
    for (; done < count; cycle++) {
        tick();
        if (sent < count && trace[sent].cycle <= cycle && send(trace[sent])) {
            sent++;
            progress = cycle;
        }
        if (done != last_done) {
            last_done = done;
            progress = cycle;
        }
        if (cycle - progress > patience) {
            std::printf("livelock\n");
            return 1;
        }
    }
    std::printf("%lld %.6f\n", static_cast<long long>(cycle), trace_cpu_seconds() - start);
    return 0;
}
