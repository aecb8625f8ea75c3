/// All of Ogive, for C and C++.
#pragma once

// the standard headers that the others include come first, outside of extern "C"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "ogive/acquisition.h"
#include "ogive/adam.h"
#include "ogive/agent.h"
#include "ogive/analysis.h"
#include "ogive/arena.h"
#include "ogive/binding.h"
#include "ogive/boosting.h"
#include "ogive/clock.h"
#include "ogive/column.h"
#include "ogive/compare.h"
#include "ogive/dram.h"
#include "ogive/dram_check.h"
#include "ogive/dram_device.h"
#include "ogive/dram_picture.h"
#include "ogive/dram_trace.h"
#include "ogive/environment.h"
#include "ogive/expression.h"
#include "ogive/file.h"
#include "ogive/forest.h"
#include "ogive/gaussian_process.h"
#include "ogive/hypervolume.h"
#include "ogive/network.h"
#include "ogive/parameter.h"
#include "ogive/plugin.h"
#include "ogive/proxy.h"
#include "ogive/random.h"
#include "ogive/report.h"
#include "ogive/ridge.h"
#include "ogive/session.h"
#include "ogive/space.h"
#include "ogive/statistics.h"
#include "ogive/status.h"
#include "ogive/store.h"
#include "ogive/study.h"
#include "ogive/text.h"
#include "ogive/worker.h"
#include "ogive/workers.h"

#ifdef __cplusplus
}
#endif
