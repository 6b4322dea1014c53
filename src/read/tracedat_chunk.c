/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packed chunks of pages, of one cpu of one buffer (trace-cmd.dat.v7(5), "compression format of the
 * trace data"):
 *
 *	u32 number of chunks | per chunk: u32 packed size, u32 unpacked size, data
 *
 * `place` of an event is the offset of its entry in the file; in a packed stream the offset of its
 * chunk's data plus its offset in the unpacked chunk, which still tells two events apart within a
 * chunk and keeps their order, but may reach into the next chunk's numbers.
 *
 * To unpack takes a third of the time of reading, and no chunk needs another one: where there is a
 * crew the reader looks some chunks ahead, and whoever has nothing better to do unpacks them. What
 * the reader needs and nobody has begun it unpacks itself.
 *
 * Invariant: given <= taken <= seen <= given + td->ahead (or + 1, where that is 0). [taken, seen)
 * are nobody's; of [given, taken) those not done belong to who took them, the others to the reader,
 * who also has the bytes of chunk given - 1. With a crew taken, seen and done change with its lock
 * only.
 */
#include <stdlib.h>
#include "base/crew.h"
#include "base/guard.h"
#include "read/tracedat.h"

/*
 * AHEAD: chunks that are seen at once; of all streams no more than ALL, since each takes room.
 * MOST: larger ones are not unpacked ahead, nor is their room kept.
 */
enum { AHEAD = 8, ALL = 256, MOST = 1 << 20 };

struct chunk {
	struct tl_str in;
	uint64_t place;
	uint32_t n; /* unpacked */
	bool done, good;
	struct td_room room;
};

struct td_chunks {
	struct cursor rest; /* behind those that were seen */
	uint64_t at;	    /* of the rest's first byte in the file */
	uint32_t left;
	bool cut;
	uint64_t given, taken, seen;
	struct chunk chunk[AHEAD + 1];
};

/* One behind those that are seen, for the one whose bytes are being read; without a crew that one
 * gives its room to the next. */
static struct chunk *chunk_at(const struct tracedat *td, struct td_chunks *c, uint64_t i)
{
	return &c->chunk[i % (td->ahead + 1)];
}

struct td_chunks *td_chunks_new(const struct tracedat *td, struct tl_str data, uint64_t at)
{
	struct td_chunks *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->rest = (struct cursor){(const uint8_t *)data.p, data.n, 0, td->big, false};
	c->at = at;
	c->left = cursor_u32(&c->rest);
	return c;
}

void td_chunks_free(struct td_chunks *c)
{
	for (unsigned i = 0; c && i < ARRAY_SIZE(c->chunk); i++)
		free(c->chunk[i].room.p);
	free(c);
}

size_t td_chunks_done(const struct td_chunks *c, size_t *ret_all)
{
	*ret_all = c->rest.n;
	return c->rest.pos;
}

static void lock(const struct tracedat *td)
{
	if (td->crew)
		crew_lock(td->crew);
}

static void unlock(const struct tracedat *td)
{
	if (td->crew)
		crew_unlock(td->crew);
}

typedef bool (*unpack_fn)(struct td_unpacker *u, enum td_codec codec, struct tl_str in, void *to,
			  size_t n);

/* With the lock, which is dropped meanwhile. */
static void unpack(struct tracedat *td, struct chunk *k, unpack_fn fn)
{
	struct td_unpacker *u = td_unpacker_get(td);

	unlock(td);
	k->good = k->n && k->n <= TD_CHUNK_MAX && td_room_for(&k->room, k->n) &&
		  fn(u, td->codec, k->in, k->room.p, k->n);
	lock(td);
	td_unpacker_put(td, u);
	k->done = true;
}

/* ---- ahead ---- */

/* Before a second chunk of any stream is asked for. */
bool td_unpack_begin(struct tracedat *td)
{
	size_t each = ALL / (td->stream.n + 1);

	td->ahead = each < 2 ? 0 : each < AHEAD ? (unsigned)each : AHEAD;
	return td->ahead && crew_join(td->crew, td_unpack_ahead, td);
}

/* Of the stream whose next one will be needed soonest. */
static struct td_chunks *most_wanted(struct tracedat *td)
{
	struct td_chunks *best = NULL;

	vec_each(s, &td->stream) {
		struct td_chunks *c = s->chunks;

		if (c && c->taken < c->seen && chunk_at(td, c, c->taken)->n <= MOST &&
		    (!best || c->taken - c->given < best->taken - best->given))
			best = c;
	}
	return best;
}

bool td_unpack_ahead(void *ctx, unsigned hand)
{
	struct tracedat *td = ctx;
	struct td_chunks *c = most_wanted(td);
	struct chunk *k;

	(void)hand;
	if (!c)
		return false;
	k = chunk_at(td, c, c->taken++);
	unpack(td, k, td_unpack_for_another);
	crew_done(td->crew);
	return true;
}

/* ---- the reader ---- */

/* A chunk's head; false: there is none. */
static bool see(struct td_chunks *c, struct chunk *k)
{
	uint32_t packed;

	if (!c->left || c->cut)
		return false;
	c->left--;
	packed = cursor_u32(&c->rest);
	k->n = cursor_u32(&c->rest);
	k->place = c->at + c->rest.pos;
	k->in = cursor_span(&c->rest, packed);
	k->done = false;
	c->cut = c->rest.bad;
	return !c->cut;
}

/* Several at once: to say that there is something to do costs, too. */
static void look_ahead(struct tracedat *td, struct td_chunks *c)
{
	uint64_t seen = c->seen, until = c->given + (td->ahead ? td->ahead : 1);

	if (seen - c->given > td->ahead / 2)
		return;
	while (seen < until && see(c, chunk_at(td, c, seen)))
		seen++;
	lock(td);
	c->seen = seen;
	if (td->crew) {
		crew_call(td->crew);
		crew_done(td->crew);
	}
	unlock(td);
}

/* Unpacked, by whomever. */
static struct chunk *fetch(struct tracedat *td, struct td_chunks *c)
{
	struct chunk *k = chunk_at(td, c, c->given);

	lock(td);
	if (c->taken == c->given) {
		c->taken++;
		unpack(td, k, td_unpack);
	}
	while (!k->done)
		crew_sleep(td->crew);
	c->given++;
	unlock(td);
	return k;
}

static void let_go_room(struct chunk *k)
{
	if (k->room.n > MOST)
		free(take(k->room).p);
}

enum td_chunk_step td_chunk_next(struct tracedat *td, struct td_chunks *c, struct tl_str *ret,
				 const uint8_t **ret_packed, uint64_t *ret_place)
{
	const struct chunk *k;

	if (c->given)
		let_go_room(chunk_at(td, c, c->given - 1));
	look_ahead(td, c);
	if (c->given == c->seen && c->cut) {
		c->cut = false;
		c->left = 0;
		return TD_CHUNK_CUT;
	}
	if (c->given == c->seen)
		return TD_CHUNK_END;
	k = fetch(td, c);
	*ret = (struct tl_str){(const char *)k->room.p, k->n};
	*ret_packed = (const uint8_t *)k->in.p;
	*ret_place = k->place;
	return k->good ? TD_CHUNK_READ : TD_CHUNK_DAMAGED;
}
