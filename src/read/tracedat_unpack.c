/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pieces of a version 7 file as trace-cmd packs them (lib/trace-cmd/trace-compress-{zlib,zstd}.c):
 * each piece is one zlib stream or one zstd frame, and its unpacked size stands in the file. That
 * size is the room given; a piece that holds more or less is damaged, so no piece can grow beyond
 * what was checked before.
 */
#include <zlib.h>
#include <zstd.h>
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

bool td_unpack(enum td_codec codec, struct tl_str in, void *to, size_t n)
{
	uLongf zn = n;

	switch (codec) {
	case TD_CODEC_ZLIB:
		return uncompress(to, &zn, (const Bytef *)in.p, in.n) == Z_OK && zn == n;
	case TD_CODEC_ZSTD:
		return ZSTD_decompress(to, n, in.p, in.n) == n;
	default:
		return false;
	}
}
