// Runs a trace through DRAMsim3's library: dramsim3 CONFIGURATION.ini TRACE.stl OUTPUT_FOLDER
#include "dramsim3.h"

#include <cstdio>
#include <memory>

#include "trace.hpp"

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: dramsim3 CONFIGURATION.ini TRACE.stl OUTPUT_FOLDER\n");
        return 2;
    }
    const std::vector<trace_request> trace = trace_load(argv[2]);
    int64_t done = 0;
    const auto finished = [&done](uint64_t) { done++; };
    const std::unique_ptr<dramsim3::MemorySystem> memory(
        dramsim3::GetMemorySystem(argv[1], argv[3], finished, finished));
    const auto send = [&memory](const trace_request& request) {
        return memory->WillAcceptTransaction(request.address, request.write) &&
               memory->AddTransaction(request.address, request.write);
    };
    return trace_drive(trace, done, send, [&memory] { memory->ClockTick(); });
}
