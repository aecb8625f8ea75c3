#include "env/dram/traffic.h"

#include <stddef.h>
#include <string.h>

#include "ogive/text.h"

// Parts of a list are not empty and, unless `again`, not given twice.
static og_status traffic_check_parts(const char* option, char** parts, int count, bool again) {
    for (int i = 0; i < count; i++) {
        if (*parts[i] == '\0') {
            return og_fail(OG_ERROR_VALUE, "%s: part %d of the list is empty", option, i + 1);
        }
        for (int j = 0; j < i && !again; j++) {
            if (strcmp(parts[i], parts[j]) == 0) {
                return og_fail(OG_ERROR_VALUE, "%s: %s is given twice", option, parts[i]);
            }
        }
    }
    return OG_OK;
}

// Names of workloads and files become part of metric names: letters, digits and '_' only, and
// unique.
static void traffic_name(og_arena* arena, og_dram_trace* traces, int count) {
    for (int i = 0; i < count; i++) {
        const char* slash = strrchr(traces[i].name, '/');
        char* name = og_text_trim(arena, slash ? slash + 1 : traces[i].name);
        name[strcspn(name, ".")] = '\0';
        for (char* c = name; *c; c++) {
            const bool plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
            const bool upper = *c >= 'A' && *c <= 'Z';
            *c = plain ? *c : upper ? (char)(*c - 'A' + 'a') : '_';
        }
        traces[i].name = name;
        for (int j = 0; j < i; j++) {
            if (strcmp(traces[j].name, name) == 0) {
                traces[i].name = og_text_format(arena, "%s_%d", name, i + 1);
            }
        }
    }
}

// How often names[index] was named before.
static int traffic_turn(char** names, int index) {
    int turn = 0;
    for (int i = 0; i < index; i++) {
        turn += strcmp(names[i], names[index]) == 0;
    }
    return turn;
}

og_status og_dram_traffic_open(og_arena* arena, const og_dram_traffic* traffic,
                               og_dram_trace** traces, int* count) {
    char** files;
    char** names;
    const int file_count = og_text_split(arena, traffic->files, ',', &files);
    const int name_count = og_text_split(arena, traffic->workloads, ',', &names);
    if (file_count + name_count == 0) {
        return og_fail(OG_ERROR_VALUE, "no traffic: give %s or trace", traffic->option);
    }
    OG_TRY(traffic_check_parts(traffic->option, names, name_count, traffic->again));
    OG_TRY(traffic_check_parts("trace", files, file_count, false));
    *traces = OG_NEW(arena, og_dram_trace, file_count + name_count);
    *count = file_count + name_count;
    for (int i = 0; i < name_count; i++) {
        const og_dram_workload* workload;
        const og_status status = og_dram_workload_find(names[i], &workload);
        if (status != OG_OK) {
            return og_fail_context(status, "%s", traffic->option);
        }
        workload->make(arena, traffic->requests, traffic->bytes,
                       traffic->seed + (uint64_t)traffic_turn(names, i), &(*traces)[i]);
    }
    for (int i = 0; i < file_count; i++) {
        OG_TRY(og_dram_trace_load(arena, files[i], &(*traces)[name_count + i]));
    }
    traffic_name(arena, *traces, *count);
    return OG_OK;
}

bool og_dram_traffic_reads(const og_dram_trace* traces, int count) {
    for (int i = 0; i < count; i++) {
        int64_t writes = 0;
        for (int64_t k = 0; k < traces[i].count; k++) {
            writes += traces[i].requests[k].write;
        }
        if (writes == traces[i].count) {
            return false;
        }
    }
    return true;
}

static uint64_t traffic_hash(uint64_t hash, uint64_t value) {
    // FNV-1a over 64-bit words, with a final mix of the high half
    hash = (hash ^ value) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

uint64_t og_dram_traffic_hash(const og_dram_trace* trace) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (int64_t i = 0; i < trace->count; i++) {
        const og_dram_request* r = &trace->requests[i];
        hash = traffic_hash(hash, r->address);
        hash = traffic_hash(hash, (uint64_t)r->arrival);
        hash = traffic_hash(hash, (uint64_t)r->initiator << 1 | r->write);
    }
    return hash;
}

uint64_t og_dram_device_hash(const og_dram_device* device) {
    // the struct holds pointers; everything behind them follows from its numbers
    uint64_t hash = 0xcbf29ce484222325u;
    const int* numbers = (const int*)&device->organisation;
    for (size_t i = 0; i < sizeof device->organisation / sizeof *numbers; i++) {
        hash = traffic_hash(hash, (uint64_t)numbers[i]);
    }
    numbers = &device->timing.read_latency;
    const size_t first = offsetof(og_dram_timing, read_latency);
    const size_t last = offsetof(og_dram_timing, split_command_bus);
    for (size_t i = 0; i < (last - first) / sizeof *numbers; i++) {
        hash = traffic_hash(hash, (uint64_t)numbers[i]);
    }
    const double* reals = (const double*)device->supply;
    for (size_t i = 0; i < sizeof device->supply / (sizeof *reals); i++) {
        uint64_t bits;
        memcpy(&bits, &reals[i], sizeof bits);
        hash = traffic_hash(hash, bits);
    }
    return hash;
}
