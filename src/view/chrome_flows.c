/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arrows between lives. Lives are told when they are complete, so the other end of an arrow may
 * come much later (a shell outlives what it forks): until then the arrow waits, and one whose other
 * end is never told is never drawn. Both ends lie inside the slice of a life, or viewers would have
 * nothing to fasten them to.
 */
#include "view/chrome.h"

static const char *const names[] = {"fork", "wake", "signal", "notice"};

static void put_end(struct chrome *c, const char *phase, enum flow_kind kind,
		    const struct track *track, tl_ns t)
{
	struct json j;

	event_begin(c, &j, phase, names[kind], strlen(names[kind]), names[kind], track);
	event_time(&j, "ts", t);
	json_u64(&j, "id", c->flows);
	if (*phase == 'f')
		json_str(&j, "bp", "e");
	event_end(&j);
}

/* Clocks of CPUs differ: an arrow never flies backwards. */
static void put_flow(struct chrome *c, const struct flow *f, const struct drawn *other)
{
	const struct track *from = f->to_other ? &f->here : &other->track,
			   *to = f->to_other ? &other->track : &f->here;
	tl_ns t = f->to_other ? f->here_t : f->other_t, end = f->to_other ? f->other_t : f->here_t;

	c->flows++;
	put_end(c, "s", f->kind, from, t);
	put_end(c, "f", f->kind, to, end > t ? end : t);
}

static bool fits(const struct flow *f, const struct drawn *d)
{
	if (f->other_generation && f->other_generation != d->generation)
		return false;
	return f->other_t >= d->from && f->other_t <= d->to;
}

static void free_flow(struct chrome *c, uint32_t at)
{
	c->flow.v[at - 1].next = c->free_flow;
	c->free_flow = at;
}

void flows_meet(struct chrome *c, tl_pid tid, const struct drawn *d)
{
	uint32_t at = (uint32_t)(uintptr_t)map_del(&c->waiting, (uint64_t)tid), keep = 0;

	while (at) {
		struct flow *f = &c->flow.v[at - 1];
		uint32_t next = f->next;

		if (fits(f, d)) {
			put_flow(c, f, d);
			free_flow(c, at);
		} else if (f->other_t > d->to) { /* a later bearer of the id, perhaps */
			f->next = keep;
			keep = at;
		} else { /* an earlier one, who is never told */
			free_flow(c, at);
		}
		at = next;
	}
	if (keep && !map_put(&c->waiting, (uint64_t)tid, (void *)(uintptr_t)keep))
		c->starved = true;
}

void flows_add(struct chrome *c, const struct flow *flow, tl_pid other)
{
	const struct drawn *d = map_get(&c->drawn, (uint64_t)other);
	uint32_t at = c->free_flow;
	struct flow *f;

	if (d && fits(flow, d)) {
		put_flow(c, flow, d);
		return;
	}
	if (at) {
		f = &c->flow.v[at - 1];
		c->free_flow = f->next;
	} else {
		f = vec_push(&c->flow);
		at = (uint32_t)c->flow.n;
	}
	if (!f) {
		c->starved = true;
		return;
	}
	*f = *flow;
	f->next = (uint32_t)(uintptr_t)map_get(&c->waiting, (uint64_t)other);
	if (!map_put(&c->waiting, (uint64_t)other, (void *)(uintptr_t)at))
		c->starved = true;
}
