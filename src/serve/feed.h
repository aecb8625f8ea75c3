/// What changes in a store while others write it, as server-sent events for any number of
/// listeners.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/status.h"
#include "ogive/text.h"
#include "serve/site.h"

typedef struct og_feed og_feed;

/// A feed of the store of `site`; nothing is known of it until the first look.
og_status og_feed_create(const og_site* site, og_feed** feed);

/// Free it; nobody may wait any more.
void og_feed_destroy(og_feed* feed);

/// Read the store and wake those who wait when something changed. A store that cannot be read is a
/// change too.
void og_feed_look(og_feed* feed);

/// Wait at most `seconds` for what is newer than `*seen` (0 at first), and add it to `out` as
/// events: `studies` with all of them at first and when one was removed, then `study` for each that
/// changed, `trouble` while the store cannot be read. Nothing new: a comment, which shows that the
/// line is alive. False when the feed is closed.
bool og_feed_wait(og_feed* feed, uint64_t* seen, double seconds, og_buffer* out);

/// Send all who wait home.
void og_feed_close(og_feed* feed);
