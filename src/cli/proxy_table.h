/// What a proxy is and how good it is, for people.
#pragma once

#include "ogive/proxy.h"
#include "ogive/text.h"

/// Add where the proxy comes from, a table of candidates for each metric, and what it says of
/// feasibility.
void og_proxy_table_show(const og_proxy* proxy, int columns, bool color, og_buffer* out);
