/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pieces of a version 7 file as trace-cmd packs them (lib/trace-cmd/trace-compress-{zlib,zstd}.c):
 * each piece is one zlib stream or one zstd frame, and its unpacked size stands in the file. That
 * size is the room given; a piece that holds more or less is damaged, so no piece can grow beyond
 * what was checked before.
 */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include "base/line.h"
#include "read/tracedat.h"

enum td_codec td_codec_named(struct tl_str name)
{
	static const struct {
		const char *name;
		enum td_codec codec;
	} known[] = {
		{"none", TD_CODEC_NONE},
		{"zlib", TD_CODEC_ZLIB},
		{"zstd", TD_CODEC_ZSTD},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].name) == name.n && !memcmp(known[i].name, name.p, name.n))
			return known[i].codec;
	return TD_CODEC_UNKNOWN;
}

bool td_room_for(struct td_room *room, size_t n)
{
	if (n <= room->n)
		return true;
	free(room->p);
	room->p = malloc(n);
	room->n = room->p ? n : 0;
	return room->p;
}

/* zstd's own state is 160 kB, which to allocate and to touch for each piece anew takes a sixth of
 * its time. */
struct td_unpacker {
	struct td_unpacker *next;
	ZSTD_DCtx *zstd;
	struct td_room room; /* where a piece is made that goes to another core */
};

struct td_unpacker *td_unpacker_get(struct tracedat *td)
{
	struct td_unpacker *u = td->unpackers;

	if (!u)
		return calloc(1, sizeof(*u));
	td->unpackers = u->next;
	return u;
}

void td_unpacker_put(struct tracedat *td, struct td_unpacker *u)
{
	if (!u)
		return;
	u->next = td->unpackers;
	td->unpackers = u;
}

void td_unpackers_free(struct tracedat *td)
{
	for (struct td_unpacker *u; (u = td->unpackers);) {
		td->unpackers = u->next;
		ZSTD_freeDCtx(u->zstd);
		free(u->room.p);
		free(u);
	}
}

static bool unpack_zstd(struct td_unpacker *u, struct tl_str in, void *to, size_t n)
{
	if (!u->zstd)
		u->zstd = ZSTD_createDCtx();
	return u->zstd && ZSTD_decompressDCtx(u->zstd, to, n, in.p, in.n) == n;
}

bool td_unpack(struct td_unpacker *u, enum td_codec codec, struct tl_str in, void *to, size_t n)
{
	uLongf zn = n;

	switch (codec) {
	case TD_CODEC_ZLIB:
		return uncompress(to, &zn, (const Bytef *)in.p, in.n) == Z_OK && zn == n;
	case TD_CODEC_ZSTD:
		return u && unpack_zstd(u, in, to, n);
	default:
		return false;
	}
}

bool td_unpack_for_another(struct td_unpacker *u, enum td_codec codec, struct tl_str in, void *to,
			   size_t n)
{
	if (!LINE_HANDS)
		return td_unpack(u, codec, in, to, n);
	if (!u || !td_room_for(&u->room, n) || !td_unpack(u, codec, in, u->room.p, n))
		return false;
	line_hand(to, u->room.p, n);
	return true;
}
