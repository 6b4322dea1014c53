/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a reader tells about the whole trace beside its records: intervals in which silence proves
 * nothing, lost events, warnings, and which events occurred at all.
 *
 * Invariant: info's borrowed arrays always point at the source's own vectors, also after these have
 * moved. A hostile file may claim losses without end; the list of intervals does not follow it:
 * when it is full the last one is widened to everything after it.
 */
#include <string.h>
#include "base/guard.h"
#include "read/reader.h"

#define BLIND_MAX 65536

static uint64_t add_lost(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void changed(struct tl_source *src, size_t i)
{
	src->blind_changed = i < src->blind_changed ? i : src->blind_changed;
}

static void widen_last(struct tl_source *src, const struct tl_blind *more)
{
	struct tl_blind *last = &src->blind.v[src->blind.n - 1];

	last->cpu = -1;
	last->to = TL_NS_NONE;
	last->lost = add_lost(last->lost, more->lost);
	changed(src, src->blind.n - 1);
}

void source_blind_closed(struct tl_source *src, size_t i, tl_ns to)
{
	src->blind.v[i].to = to;
	changed(src, i);
}

unsigned tl_source_blind_changed(struct tl_source *src)
{
	size_t i = src->blind_changed;

	src->blind_changed = src->blind.n;
	return (unsigned)i;
}

bool source_blind(struct tl_source *src, struct tl_blind blind)
{
	struct tl_blind *b;

	if (src->blind.n >= BLIND_MAX) {
		widen_last(src, &blind);
		return true;
	}
	b = vec_push(&src->blind);
	if (!b)
		return false;
	*b = blind;
	src->info.blind = src->blind.v;
	src->info.n_blind = src->blind.n;
	return true;
}

bool source_warn(struct tl_source *src, const char *msgid)
{
	const char **w;

	vec_each (it, &src->warnings)
		if (*it == msgid || strcmp(*it, msgid) == 0)
			return true;
	w = vec_push(&src->warnings);
	if (!w)
		return false;
	*w = msgid;
	src->info.warnings = src->warnings.v;
	src->info.n_warnings = src->warnings.n;
	return true;
}

void source_lost(struct tl_source *src, int cpu, tl_ns from, tl_ns to, uint64_t lost)
{
	source_blind(src, (struct tl_blind){.from = from,
					    .to = to,
					    .cpu = cpu,
					    .why = N_("events were lost: the buffer was full"),
					    .lost = lost});
	if (lost == UINT64_MAX)
		src->info.lost_unknown = true;
	else
		src->info.lost = add_lost(src->info.lost, lost);
}

void source_event_seen(struct tl_source *src, enum tl_event_id id)
{
	if ((unsigned)id < TL_EVENTS)
		src->info.event_seen[id / 64] |= 1ull << id % 64;
}
