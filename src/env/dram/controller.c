#include "env/dram/controller.h"

#include <math.h>
#include <string.h>

enum {
    CONTROLLER_PAGE_POLICY,
    CONTROLLER_SCHEDULER,
    CONTROLLER_SCHEDULER_BUFFER,
    CONTROLLER_REQUEST_BUFFER_SIZE,
    CONTROLLER_RESP_QUEUE,
    CONTROLLER_REFRESH_POLICY,
    CONTROLLER_REFRESH_MAX_POSTPONED,
    CONTROLLER_REFRESH_MAX_PULLEDIN,
    CONTROLLER_ARBITER,
    CONTROLLER_MAX_ACTIVE_TRANSACTIONS,
    CONTROLLER_ARCHGYM_PARAMETERS,  // the ten above are ArchGym's, in its order
    CONTROLLER_COMMAND_MUX = CONTROLLER_ARCHGYM_PARAMETERS,
    CONTROLLER_WRITE_HIGH_WATERMARK,
    CONTROLLER_WRITE_LOW_WATERMARK,
    CONTROLLER_POWER_DOWN_POLICY,
    CONTROLLER_ADDRESS_MAP,
    CONTROLLER_PARAMETERS,
};

// the order of each list is the order of its enumeration in dram.h
static const char* const controller_page_policies[] = {"Open", "OpenAdaptive", "Closed",
                                                       "ClosedAdaptive"};
static const char* const controller_schedulers[] = {"Fifo", "FrFcfs", "FrFcfsGrp", "GrpFrFcfs",
                                                    "GrpFrFcfsWm"};
static const char* const controller_scheduler_buffers[] = {"Bankwise", "ReadWrite", "Shared"};
static const char* const controller_response_queues[] = {"Fifo", "Reorder"};
static const char* const controller_refresh_policies[] = {"NoRefresh", "AllBank", "PerBank",
                                                          "SameBank"};
static const char* const controller_arbiters[] = {"Simple", "Fifo", "Reorder"};
static const char* const controller_command_muxes[] = {"Oldest", "Strict"};
static const char* const controller_power_downs[] = {"NoPowerDown", "Staggered"};

// Address maps that a design may choose, each a pattern for any organisation: %d stands for the
// column bits inside one burst. Interleaving lines over banks or bank groups spreads streams; the
// xor map spreads rows that conflict (Zhang, Zhu and Zhang, MICRO 2000).
static const char* const controller_map_names[] = {
    "device", "row_column_bank", "row_bank_column_group", "bank_row_column", "row_bank_column_xor"};
static const char* const controller_maps[OG_DRAM_CONTROLLER_MAPS] = {
    NULL,
    "ro:co:ba:bg:ra:ch:co%d",
    "ro:ba:ra:ch:co:bg:co%d",
    "ba:bg:ra:ro:ch:co",
    "ro:ba:bg:ra:ch:co bank^row bankgroup^row",
};

const og_parameter og_dram_controller_parameters[CONTROLLER_PARAMETERS] = {
    [CONTROLLER_PAGE_POLICY] = {OG_CHOICE_ROW(
                                    "page_policy", controller_page_policies, OG_DRAM_PAGE_OPEN,
                                    "When a row is closed: only when another is needed, after "
                                    "every access, or by what waits for the bank."),
                                .group = "page"},
    [CONTROLLER_SCHEDULER] = {OG_CHOICE_ROW(
                                  "scheduler", controller_schedulers, OG_DRAM_SCHEDULER_FRFCFS,
                                  "Which request of a bank is served next: the oldest, row "
                                  "hits first, row hits of the same direction first, one "
                                  "direction as long as it has requests, or writes drained "
                                  "between two watermarks."),
                              .group = "scheduler"},
    [CONTROLLER_SCHEDULER_BUFFER] = {OG_CHOICE_ROW(
                                         "scheduler_buffer", controller_scheduler_buffers,
                                         OG_DRAM_BUFFER_BANKWISE,
                                         "How the buffer is divided: one per bank, one for "
                                         "reads and one for writes, or one for all."),
                                     .group = "scheduler"},
    [CONTROLLER_REQUEST_BUFFER_SIZE] = {OG_INTEGER_ROW("request_buffer_size", "requests", 1, 128, 8,
                                                       "Entries of one such buffer."),
                                        .scale = OG_LOGARITHMIC, .group = "scheduler"},
    [CONTROLLER_RESP_QUEUE] = {OG_CHOICE_ROW(
                                   "resp_queue", controller_response_queues, OG_DRAM_RESPONSE_FIFO,
                                   "Order of responses: as data arrive, or as requests came."),
                               .group = "response"},
    [CONTROLLER_REFRESH_POLICY] = {OG_CHOICE_ROW(
                                       "refresh_policy", controller_refresh_policies,
                                       OG_DRAM_REFRESH_ALL_BANK,
                                       "What one refresh command covers. NoRefresh loses data "
                                       "and needs the option unsafe."),
                                   .group = "refresh"},
    [CONTROLLER_REFRESH_MAX_POSTPONED] = {OG_INTEGER_ROW(
                                              "refresh_max_postponed", "intervals", 0, 8, 0,
                                              "Refreshes that may be put off while there is "
                                              "work."),
                                          .group = "refresh"},
    [CONTROLLER_REFRESH_MAX_PULLEDIN] = {OG_INTEGER_ROW(
                                             "refresh_max_pulledin", "intervals", 0, 8, 0,
                                             "Refreshes that may be done early while there "
                                             "is no work."),
                                         .group = "refresh"},
    [CONTROLLER_ARBITER] = {OG_CHOICE_ROW(
                                "arbiter", controller_arbiters, OG_DRAM_ARBITER_SIMPLE,
                                "Between initiators and controller: one request at a time, a "
                                "queue, or a queue that returns responses in order."),
                            .group = "arbiter"},
    [CONTROLLER_MAX_ACTIVE_TRANSACTIONS] = {OG_INTEGER_ROW(
                                                "max_active_transactions", "requests", 1, 128, 64,
                                                "Requests that an initiator may have in "
                                                "flight; not used by the Simple arbiter."),
                                            .scale = OG_LOGARITHMIC, .group = "arbiter"},
    [CONTROLLER_COMMAND_MUX] = {OG_CHOICE_ROW("command_mux", controller_command_muxes,
                                              OG_DRAM_MUX_OLDEST,
                                              "Which ready command goes first: that of the oldest "
                                              "request, or columns strictly in order of arrival."),
                                .group = "scheduler"},
    [CONTROLLER_WRITE_HIGH_WATERMARK] = {OG_INTEGER_ROW(
                                             "write_high_watermark", "requests", 1, 127, 24,
                                             "Buffered writes that start a write drain."),
                                         .scale = OG_LOGARITHMIC, .group = "scheduler",
                                         .active = "scheduler == GrpFrFcfsWm"},
    [CONTROLLER_WRITE_LOW_WATERMARK] = {OG_INTEGER_ROW("write_low_watermark", "requests", 0, 126, 8,
                                                       "Buffered writes that end it."),
                                        .group = "scheduler", .active = "scheduler == GrpFrFcfsWm"},
    [CONTROLLER_POWER_DOWN_POLICY] = {OG_CHOICE_ROW(
                                          "power_down_policy", controller_power_downs,
                                          OG_DRAM_POWER_DOWN_NONE,
                                          "Whether idle ranks power down and, later, refresh "
                                          "themselves."),
                                      .group = "power"},
    [CONTROLLER_ADDRESS_MAP] = {OG_CHOICE_ROW(
                                    "address_map", controller_map_names, 0,
                                    "Which address bits choose row, bank and column; the xor "
                                    "map hashes banks with row bits. `device` is the usual map "
                                    "of the standard."),
                                .group = "address"},
};
const int og_dram_controller_parameter_count = CONTROLLER_PARAMETERS;

void og_dram_controller_set(og_dram_controller* c, int index, double value) {
    const int v = (int)value;
    switch (index) {
    case CONTROLLER_PAGE_POLICY: c->page_policy = (og_dram_page_policy)v; break;
    case CONTROLLER_SCHEDULER: c->scheduler = (og_dram_scheduler)v; break;
    case CONTROLLER_SCHEDULER_BUFFER: c->scheduler_buffer = (og_dram_scheduler_buffer)v; break;
    case CONTROLLER_REQUEST_BUFFER_SIZE: c->request_buffer_size = v; break;
    case CONTROLLER_RESP_QUEUE: c->response_queue = (og_dram_response_queue)v; break;
    case CONTROLLER_REFRESH_POLICY: c->refresh_policy = (og_dram_refresh_policy)v; break;
    case CONTROLLER_REFRESH_MAX_POSTPONED: c->refresh_max_postponed = v; break;
    case CONTROLLER_REFRESH_MAX_PULLEDIN: c->refresh_max_pulled_in = v; break;
    case CONTROLLER_ARBITER: c->arbiter = (og_dram_arbiter)v; break;
    case CONTROLLER_MAX_ACTIVE_TRANSACTIONS: c->max_active_transactions = v; break;
    case CONTROLLER_COMMAND_MUX: c->command_mux = (og_dram_command_mux)v; break;
    case CONTROLLER_WRITE_HIGH_WATERMARK: c->write_high_watermark = v; break;
    case CONTROLLER_WRITE_LOW_WATERMARK: c->write_low_watermark = v; break;
    case CONTROLLER_POWER_DOWN_POLICY: c->power_down = (og_dram_power_down)v; break;
    case CONTROLLER_ADDRESS_MAP: c->address_map = v; break;
    default: break;
    }
}

double og_dram_controller_get(const og_dram_controller* c, int index) {
    const int values[CONTROLLER_PARAMETERS] = {
        [CONTROLLER_PAGE_POLICY] = (int)c->page_policy,
        [CONTROLLER_SCHEDULER] = (int)c->scheduler,
        [CONTROLLER_SCHEDULER_BUFFER] = (int)c->scheduler_buffer,
        [CONTROLLER_REQUEST_BUFFER_SIZE] = c->request_buffer_size,
        [CONTROLLER_RESP_QUEUE] = (int)c->response_queue,
        [CONTROLLER_REFRESH_POLICY] = (int)c->refresh_policy,
        [CONTROLLER_REFRESH_MAX_POSTPONED] = c->refresh_max_postponed,
        [CONTROLLER_REFRESH_MAX_PULLEDIN] = c->refresh_max_pulled_in,
        [CONTROLLER_ARBITER] = (int)c->arbiter,
        [CONTROLLER_MAX_ACTIVE_TRANSACTIONS] = c->max_active_transactions,
        [CONTROLLER_COMMAND_MUX] = (int)c->command_mux,
        [CONTROLLER_WRITE_HIGH_WATERMARK] = c->write_high_watermark,
        [CONTROLLER_WRITE_LOW_WATERMARK] = c->write_low_watermark,
        [CONTROLLER_POWER_DOWN_POLICY] = (int)c->power_down,
        [CONTROLLER_ADDRESS_MAP] = c->address_map,
    };
    return values[index];
}

const char* const og_dram_preset_names[OG_DRAM_PRESETS] = {"archgym", "archgym_wide", "controller"};

// One row of a preset that differs from the full table.
typedef struct controller_override {
    int index;
    og_scale scale;
    double minimum, maximum;
} controller_override;

// ArchGym's space for learned agents: powers of two (action_decoder_rl in oss-arch-gym).
static const controller_override controller_archgym[] = {
    {CONTROLLER_REQUEST_BUFFER_SIZE, OG_POWERS, 1, 128},
    {CONTROLLER_REFRESH_MAX_POSTPONED, OG_POWERS, 1, 8},
    {CONTROLLER_REFRESH_MAX_PULLEDIN, OG_POWERS, 1, 8},
    {CONTROLLER_MAX_ACTIVE_TRANSACTIONS, OG_POWERS, 1, 128},
};
// ArchGym's space for genetic and Bayesian search (train_ga_DRAMSys.py in oss-arch-gym).
static const controller_override controller_archgym_wide[] = {
    {CONTROLLER_REQUEST_BUFFER_SIZE, OG_LINEAR, 1, 8},
    {CONTROLLER_REFRESH_MAX_POSTPONED, OG_LINEAR, 1, 8},
    {CONTROLLER_REFRESH_MAX_PULLEDIN, OG_LINEAR, 1, 8},
    {CONTROLLER_MAX_ACTIVE_TRANSACTIONS, OG_LOGARITHMIC, 1, 128},
};
// The full controller; refresh limits as in ArchGym.
static const controller_override controller_full[] = {
    {CONTROLLER_REFRESH_MAX_POSTPONED, OG_LINEAR, 1, 8},
    {CONTROLLER_REFRESH_MAX_PULLEDIN, OG_LINEAR, 1, 8},
};

typedef struct controller_preset {
    const controller_override* overrides;
    int override_count;
    int parameter_count;
    int scheduler_count;  // ArchGym knows the first three schedulers and the first two refreshes
} controller_preset;

static const controller_preset controller_preset_table[] = {
    [OG_DRAM_PRESET_ARCHGYM] = {controller_archgym, 4, CONTROLLER_ARCHGYM_PARAMETERS, 3},
    [OG_DRAM_PRESET_ARCHGYM_WIDE] = {controller_archgym_wide, 4, CONTROLLER_ARCHGYM_PARAMETERS, 3},
    [OG_DRAM_PRESET_CONTROLLER] = {controller_full, 2, CONTROLLER_PARAMETERS, 5},
};

const char* og_dram_controller_map(og_arena* arena, int index, const og_dram_device* device) {
    const char* pattern = controller_maps[index];
    const char* hole = pattern ? strstr(pattern, "%d") : NULL;
    if (!hole) {
        return pattern;
    }
    int burst_bits = 0;
    while (1 << burst_bits < device->organisation.burst_length) {
        burst_bits++;
    }
    return og_text_format(arena, "%.*s%d%s", (int)(hole - pattern), pattern, burst_bits, hole + 2);
}

og_space_table og_dram_preset_space(og_arena* arena, og_dram_preset choice, bool unsafe,
                                    const og_dram_device* device) {
    const controller_preset* preset = &controller_preset_table[choice];
    og_parameter* rows = OG_NEW(arena, og_parameter, preset->parameter_count);
    memcpy(rows, og_dram_controller_parameters,
           sizeof(og_parameter) * (size_t)preset->parameter_count);
    for (int i = 0; i < preset->override_count; i++) {
        const controller_override* row = &preset->overrides[i];
        rows[row->index].scale = row->scale;
        rows[row->index].minimum = row->minimum;
        rows[row->index].maximum = row->maximum;
        rows[row->index].initial = fmax(rows[row->index].initial, row->minimum);
    }
    rows[CONTROLLER_SCHEDULER].level_count = preset->scheduler_count;
    const og_dram_timing* timing = &device->timing;
    const bool archgym = preset->parameter_count == CONTROLLER_ARCHGYM_PARAMETERS;
    const bool per_bank = timing->refresh_bank > 0;
    const bool same_bank = timing->refresh_same_bank > 0;
    rows[CONTROLLER_REFRESH_POLICY].level_count = archgym ? 2 : same_bank ? 4 : per_bank ? 3 : 2;

    const char** constraints = OG_NEW(arena, const char*, 4);
    int count = 0;
    if (!unsafe) {
        constraints[count++] = "refresh_policy != NoRefresh";
    }
    if (!archgym && same_bank && !per_bank) {
        constraints[count++] = "refresh_policy != PerBank";
    }
    if (!archgym) {
        constraints[count++] = "write_low_watermark < write_high_watermark";
        // the strict multiplexer waits for the oldest request, which only the Fifo scheduler serves
        // next
        constraints[count++] = "command_mux == Oldest or scheduler == Fifo";
    }
    return (og_space_table){rows, preset->parameter_count, constraints, count};
}
