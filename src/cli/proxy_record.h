/// Trials of a store as a proxy learns from them.
#pragma once

#include "cli/command.h"
#include "ogive/proxy.h"

/// The trials of the studies that option "study" names, or of all in the store given as argument 0,
/// with the metrics of option "metric", or those that objectives and constraints name. Fails when
/// the studies searched different spaces or were evaluated by different environments, options or
/// files, and when a metric is not known.
og_status og_proxy_record_read(const og_call* call, og_proxy_data* data);
