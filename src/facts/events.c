/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The modelled events: events.def as rows, and their lookup by the name a trace prints.
 */
#include <string.h>

#include "base/guard.h"
#include "names.h"
#include "tasklife/facts.h"

#define INDEX_OF_EVENTS
#include "facts_index.h"

/* The fields of each event, one array per row. */
#define FIELD(e, f, t, p) { #f, p, TL_FT_##t },
#define EV(ev, sys, evname, fl, ...)                                                               \
	static const struct tl_field_row fields_of_##ev[] = { __VA_ARGS__ };                       \
	_Static_assert(ARRAY_SIZE(fields_of_##ev) <= TL_FIELDS_MAX, "TL_FIELDS_MAX is too small");
#include "events.def"
#undef EV
#undef FIELD

static const struct tl_event_row event_rows[TL_EVENTS] = {
#define FIELD(e, f, t, p)
#define EV(ev, sys, evname, fl, ...)                                                               \
	[TL_EVENT_##ev] = { .id = TL_EVENT_##ev,                                                   \
			    .flags = fl,                                                           \
			    .system = sys,                                                         \
			    .name = evname,                                                        \
			    .field = fields_of_##ev,                                               \
			    .n_fields = ARRAY_SIZE(fields_of_##ev) },
#include "events.def"
#undef EV
#undef FIELD
};

const struct tl_event_row *tl_event_row_of(enum tl_event_id id)
{
	return (unsigned)id < TL_EVENTS ? &event_rows[id] : NULL;
}

const struct tl_event_row *tl_event_row_named(const char *name, size_t n)
{
	size_t at = name_hash(name, n) & (EVENT_SLOTS - 1);

	for (; event_slots[at] != NO_ROW; at = (at + 1) & (EVENT_SLOTS - 1)) {
		const struct tl_event_row *row = &event_rows[event_slots[at]];

		if (strlen(row->name) == n && !memcmp(row->name, name, n))
			return row;
	}
	return NULL;
}
