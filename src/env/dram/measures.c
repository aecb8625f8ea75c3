#include "env/dram/measures.h"

#include <string.h>

#define MEASURES_REAL(name, unit, better, field, doc) \
    { {name, unit, doc, better}, offsetof(og_dram_result, field), OG_DRAM_OF_ALL }
#define MEASURES_READ(name, unit, better, field, doc) \
    { {name, unit, doc, better}, offsetof(og_dram_result, field), OG_DRAM_OF_READS }
#define MEASURES_COUNT(name, unit, better, field, doc) \
    { {name, unit, doc, better}, offsetof(og_dram_result, field), OG_DRAM_OF_COUNTS }

const og_dram_measure og_dram_measures[OG_DRAM_MEASURES] = {
    MEASURES_REAL("time_ns", "ns", -1, time_ns, "From the start to the last response."),
    MEASURES_REAL("energy_pj", "pJ", -1, energy.total, "Energy of all devices."),
    MEASURES_REAL("power_mw", "mW", -1, power_mw, "Average power of all devices."),
    MEASURES_REAL("bandwidth_gbps", "Gb/s", 1, bandwidth_gbps, "Data moved over time_ns."),
    MEASURES_READ("read_latency_average_ns", "ns", -1, read_latency_average_ns,
                  "Mean read latency, from the arrival that the traffic asks for to the response."),
    MEASURES_READ("read_latency_p50_ns", "ns", -1, read_latency_p50_ns, "Median read latency."),
    MEASURES_READ("read_latency_p95_ns", "ns", -1, read_latency_p95_ns,
                  "Read latency that 95 % of the reads stay below."),
    MEASURES_READ("read_latency_p99_ns", "ns", -1, read_latency_p99_ns,
                  "Read latency that 99 % of the reads stay below."),
    MEASURES_READ("read_latency_max_ns", "ns", -1, read_latency_max_ns, "Longest read latency."),
    MEASURES_READ("read_port_latency_average_ns", "ns", 0, read_port_latency_average_ns,
                  "The same without the time that back-pressure held a request at its initiator."),
    MEASURES_REAL("queue_latency_average_ns", "ns", -1, queue_latency_average_ns,
                  "Mean time of a request inside the controller, to the end of its data."),
    MEASURES_REAL("energy_delay_js", "J s", -1, energy_delay_js, "Energy times time."),
    MEASURES_REAL("bus_utilisation", "", 1, bus_utilisation,
                  "Share of time the data bus is in use."),
    MEASURES_COUNT("row_hits", "requests", 1, row_hits, "Accesses to a row that was open."),
    MEASURES_COUNT("row_misses", "requests", 0, row_misses, "Accesses to a closed bank."),
    MEASURES_COUNT("row_conflicts", "requests", -1, row_conflicts,
                   "Accesses that had to close another row first."),
    MEASURES_COUNT("refreshes", "commands", 0, refreshes, "Refresh commands."),
    MEASURES_REAL("queue_occupancy_average", "requests", 0, queue_occupancy_average,
                  "Requests inside the controller, time average."),
    MEASURES_REAL("energy_active_standby_pj", "pJ", -1, energy.background_active,
                  "Standby energy while a row is open."),
    MEASURES_REAL("energy_precharged_standby_pj", "pJ", -1, energy.background_precharged,
                  "Standby energy while all banks are closed."),
    MEASURES_REAL("energy_read_pj", "pJ", -1, energy.read, "Energy of read bursts."),
    MEASURES_REAL("energy_write_pj", "pJ", -1, energy.write, "Energy of write bursts."),
    MEASURES_REAL("energy_power_down_pj", "pJ", -1, energy.power_down, "Energy in power-down."),
    MEASURES_REAL("energy_self_refresh_pj", "pJ", -1, energy.self_refresh,
                  "Energy in self-refresh."),
    MEASURES_REAL("energy_activate_pj", "pJ", -1, energy.activate, "Energy of row activations."),
    MEASURES_REAL("energy_precharge_pj", "pJ", -1, energy.precharge, "Energy of precharges."),
    MEASURES_REAL("energy_refresh_pj", "pJ", -1, energy.refresh, "Energy of refreshes."),
    MEASURES_REAL("fairness", "", 1, fairness,
                  "Jain's index of the initiators' mean latencies; 1 = all equal."),
};

bool og_dram_measure_given(const og_dram_measure* measure, bool reads) {
    return reads || measure->form != OG_DRAM_OF_READS;
}

double og_dram_measure_read(const og_dram_measure* measure, const og_dram_result* result) {
    const char* place = (const char*)result + measure->offset;
    if (measure->form == OG_DRAM_OF_COUNTS) {
        int64_t count;
        memcpy(&count, place, sizeof count);
        return (double)count;
    }
    double value;
    memcpy(&value, place, sizeof value);
    return value;
}
