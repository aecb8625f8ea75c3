// Runs a trace through Ramulator 2.1's library: ramulator CONFIGURATION.yaml TRACE.stl
// The address map is the pass-through one: 8 GiB of DDR4 as row, bank, bank group, column, offset.
#include <cstdio>
#include <exception>
#include <memory>

#include "ramulator/base/config.h"
#include "ramulator/base/factory.h"
#include "ramulator/base/request.h"
#include "ramulator/frontend/i_frontend.h"
#include "ramulator/memory_system/i_memory_system.h"
#include "trace.hpp"

namespace {

constexpr int line_bytes = 64;

// Channel, rank, bank group, bank, row, column; columns count in single transfers.
Ramulator::AddrVec_t ramulator_decode(uint64_t address) {
    return {0,
            0,
            static_cast<int>(address >> 13 & 3),
            static_cast<int>(address >> 15 & 3),
            static_cast<int>(address >> 17 & 0xffff),
            static_cast<int>(address >> 6 & 0x7f)};
}

int ramulator_run(const char* configuration, const std::vector<trace_request>& trace) {
    const Ramulator::ConfigNode config = Ramulator::Config::parse_config_file(configuration);
    const std::unique_ptr<Ramulator::IFrontEnd> frontend(
        Ramulator::Factory::create_frontend(config));
    const std::unique_ptr<Ramulator::IMemorySystem> memory(
        Ramulator::Factory::create_memory_system(config));
    frontend->connect_memory_system(memory.get());
    memory->connect_frontend(frontend.get());
    int64_t done = 0;
    const auto send = [&memory, &done](const trace_request& request) {
        Ramulator::Request asked(ramulator_decode(request.address), request.write ? 1 : 0);
        asked.addr = static_cast<Ramulator::Addr_t>(request.address);
        asked.size_bytes = line_bytes;
        asked.callback = [&done](Ramulator::Request&) { done++; };
        return memory->send(asked);
    };
    return trace_drive(trace, done, send, [&memory] { memory->tick(); });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: ramulator CONFIGURATION.yaml TRACE.stl\n");
        return 2;
    }
    try {
        return ramulator_run(argv[1], trace_load(argv[2]));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
