// From counters to results. Energy follows DRAMPower 4: currents of the data sheet times the cycles
// that JEDEC defines them for, background by the state of the rank, for all devices of the rank.
#include "sim/dram/measure.h"

#include <assert.h>
#include <math.h>

dram_measure og_dram_measure_make(og_arena* arena, const og_dram_system* system) {
    const int ranks = system->distances.ranks;
    const int all = ranks * system->device->organisation.channels;
    dram_measure measure = {
        .latencies = OG_NEW(arena, uint32_t, DRAM_LATENCY_BINS),
        .initiator_latency = OG_NEW(arena, int64_t, system->initiators),
        .initiator_requests = OG_NEW(arena, int64_t, system->initiators),
        .activity = OG_NEW(arena, dram_activity, all),
        .ranks = all,
        .last = -1,
    };
    for (int i = 0; i < all; ++i) {
        measure.activity[i].since = -1;
    }
    return measure;
}

// lower end of a bin
static int64_t measure_bin_latency(int bin) {
    if (bin < 2 * DRAM_LATENCY_STEPS) {
        return bin;
    }
    const int shift = bin / DRAM_LATENCY_STEPS - 1;
    return (int64_t)(bin - DRAM_LATENCY_STEPS * shift) << shift;
}

// smallest latency that at least `share` of the reads do not exceed
static int64_t measure_percentile(const dram_measure* m, double share) {
    const double wanted = share * (double)m->reads;
    int64_t seen = 0;
    for (int bin = 0; bin < DRAM_LATENCY_BINS; ++bin) {
        seen += m->latencies[bin];
        if (m->latencies[bin] && (double)seen >= wanted) {
            const int64_t latency = measure_bin_latency(bin);
            return latency < m->read_latency_max ? latency : m->read_latency_max;
        }
    }
    return 0;
}

static void measure_latencies(const dram_measure* m, double ns, og_dram_result* r) {
    // without reads, NaN: 0 would be the best of latencies
    const double none = m->reads > 0 ? 0.0 : NAN;
    r->read_latency_average_ns = r->read_port_latency_average_ns = none;
    r->read_latency_p50_ns = r->read_latency_p95_ns = none;
    r->read_latency_p99_ns = r->read_latency_max_ns = none;
    if (m->reads > 0) {
        r->read_latency_average_ns = (double)m->read_latency / (double)m->reads * ns;
        r->read_port_latency_average_ns = (double)m->read_port_latency / (double)m->reads * ns;
        r->read_latency_p50_ns = (double)measure_percentile(m, 0.50) * ns;
        r->read_latency_p95_ns = (double)measure_percentile(m, 0.95) * ns;
        r->read_latency_p99_ns = (double)measure_percentile(m, 0.99) * ns;
        r->read_latency_max_ns = (double)m->read_latency_max * ns;
    }
}

// Jain, Chiu and Hawe 1984, equation 1, over the mean latencies of the initiators
static double measure_fairness(const dram_measure* m, int initiators) {
    double sum = 0.0;
    double squares = 0.0;
    int count = 0;
    for (int i = 0; i < initiators; ++i) {
        if (m->initiator_requests[i] > 0) {
            const double mean = (double)m->initiator_latency[i] / (double)m->initiator_requests[i];
            sum += mean;
            squares += mean * mean;
            ++count;
        }
    }
    return squares > 0.0 ? sum * sum / (count * squares) : 1.0;
}

// cycles of the background states of one rank over the window
typedef struct measure_background {
    double active, precharged, active_down, precharged_down, self_refresh;
} measure_background;

static measure_background measure_rank(const dram_activity* a, int64_t refresh_active,
                                       int64_t window) {
    int64_t active = a->active + refresh_active;
    if (a->since >= 0) {
        const int64_t end = a->open > 0 ? window : a->end;
        active += end > a->since ? end - a->since : 0;
    }
    const int64_t asleep = a->active_down + a->precharged_down + a->self_refresh;
    // rows stay open through active power-down, which is accounted on its own
    active -= a->active_down;
    const int64_t precharged = window - active - asleep;
    return (measure_background){
        .active = (double)active,
        .precharged = precharged > 0 ? (double)precharged : 0.0,
        .active_down = (double)a->active_down,
        .precharged_down = (double)a->precharged_down,
        .self_refresh = (double)a->self_refresh,
    };
}

static void measure_commands_energy(const dram_measure* m, const og_dram_device* device,
                                    const og_dram_supply* supply, double scale, og_dram_energy* e) {
    const og_dram_timing* t = &device->timing;
    const double burst = og_dram_device_burst_cycles(device);
    const double reads = (double)(m->commands[OG_DRAM_RD] + m->commands[OG_DRAM_RDA]);
    const double writes = (double)(m->commands[OG_DRAM_WR] + m->commands[OG_DRAM_WRA]);
    const double small = (double)t->refresh_bank * (double)m->commands[OG_DRAM_REFB] +
                         (double)t->refresh_same_bank * (double)m->commands[OG_DRAM_REFS];
    const double pre_cycles = t->activate_to_activate - t->activate_to_precharge;
    e->activate += scale * (double)m->commands[OG_DRAM_ACT] * t->activate_to_precharge *
                   (supply->idd0 - supply->idd3n);
    e->precharge += scale * (double)m->precharges * pre_cycles * (supply->idd0 - supply->idd2n);
    e->read += scale * reads * burst * (supply->idd4r - supply->idd3n);
    e->write += scale * writes * burst * (supply->idd4w - supply->idd3n);
    e->refresh += scale * (double)m->commands[OG_DRAM_REFA] * t->refresh_all *
                  (supply->idd5b - supply->idd3n);
    e->refresh += scale * small * (supply->idd5pb - supply->idd2n);
}

static void measure_energy(const dram_measure* m, const og_dram_system* system, int64_t window,
                           og_dram_energy* e) {
    const og_dram_device* device = system->device;
    const og_dram_timing* t = &device->timing;
    // the part of a refresh during which banks are open counts as active background; rows of all
    // ranks are refreshed alike, so the share of a rank is the mean
    const int64_t refresh_active =
        m->commands[OG_DRAM_REFA] * (t->refresh_all - t->precharge) / m->ranks;
    for (int s = 0; s < 2; ++s) {
        const og_dram_supply* supply = &device->supply[s];
        // mA x V x ps = 1e-3 pJ
        const double scale =
            supply->volt * t->clock_ps * 1e-3 * (double)device->organisation.devices;
        measure_commands_energy(m, device, supply, scale, e);
        for (int i = 0; i < m->ranks; ++i) {
            const measure_background b = measure_rank(&m->activity[i], refresh_active, window);
            e->background_active += scale * b.active * supply->idd3n;
            e->background_precharged += scale * b.precharged * supply->idd2n;
            e->power_down += scale * b.active_down * supply->idd3p;
            e->power_down += scale * b.precharged_down * supply->idd2p;
            e->self_refresh += scale * b.self_refresh * supply->idd6;
        }
    }
    e->total = e->activate + e->precharge + e->read + e->write + e->refresh + e->background_active +
               e->background_precharged + e->power_down + e->self_refresh;
}

static int64_t measure_window(const dram_measure* m) {
    int64_t window = m->window_end > 1 ? m->window_end : 1;
    for (int i = 0; i < m->ranks; ++i) {
        window = m->activity[i].refreshed > window ? m->activity[i].refreshed : window;
    }
    return window;
}

void og_dram_measure_finish(const dram_measure* m, const og_dram_system* system,
                            og_dram_result* r) {
    const og_dram_device* device = system->device;
    const double ns = device->timing.clock_ps * 1e-3;
    const double time = m->end > 0 ? (double)m->end : 1.0;
    const int channels = device->organisation.channels;
    *r = (og_dram_result){.cycles = m->end, .time_ns = (double)m->end * ns};
    for (int i = 0; i < OG_DRAM_COMMANDS; ++i) {
        r->commands[i] = m->commands[i];
    }
    r->reads = m->commands[OG_DRAM_RD] + m->commands[OG_DRAM_RDA];
    r->writes = m->commands[OG_DRAM_WR] + m->commands[OG_DRAM_WRA];
    measure_latencies(m, ns, r);
    const double served = (double)(r->reads + r->writes);
    const double burst = og_dram_device_burst_cycles(device);
    const int buses = channels * (device->organisation.rank_data_bus ? system->distances.ranks : 1);
    r->queue_latency_average_ns = served > 0.0 ? (double)m->data_latency / served * ns : 0.0;
    r->bandwidth_gbps = served * og_dram_device_burst_bytes(device) * 8.0 / (time * ns);
    r->bus_utilisation = served * burst / (time * buses);
    r->queue_occupancy_average = (double)m->occupancy / time;
    r->queue_occupancy_max = (int)m->buffered_max;
    r->row_hits = m->origins[0];
    r->row_misses = m->origins[1];
    r->row_conflicts = m->origins[2];
    r->refreshes =
        m->commands[OG_DRAM_REFA] + m->commands[OG_DRAM_REFB] + m->commands[OG_DRAM_REFS];
    r->fairness = measure_fairness(m, system->initiators);
    const int64_t window = measure_window(m);
    measure_energy(m, system, window, &r->energy);
    r->power_mw = r->energy.total / ((double)window * ns);
    r->energy_delay_js = r->energy.total * 1e-12 * r->time_ns * 1e-9;
}
