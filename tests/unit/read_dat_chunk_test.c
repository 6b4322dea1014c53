/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packed chunks, of zlib and of zstd, unpacked by one thread and ahead by several: the same bytes
 * in the same order, the damaged ones told where they stand. */
#include <zlib.h>
#include <zstd.h>
#include "base/crew.h"
#include "read/tracedat.h"
#include "dat_make.h"

enum { CHUNKS = 60, LARGE = 7, WRONG = 20, WORSE = 21, BOMB = 40, LARGE_N = 3 << 20 };

static uint32_t size_of(unsigned i)
{
	return i % 13 == LARGE ? LARGE_N + i : 100 + i * 977;
}

static void fill(uint8_t *to, unsigned i)
{
	for (uint32_t k = 0; k < size_of(i); k++)
		to[k] = (uint8_t)(i + k / 7);
}

static size_t put_u32(uint8_t *to, uint32_t v)
{
	memcpy(to, &v, sizeof(v));
	return sizeof(v);
}

static size_t pack(enum td_codec codec, void *to, size_t room, const void *from, size_t n)
{
	uLongf packed = room;

	if (codec == TD_CODEC_ZLIB)
		assert_int_equal(compress(to, &packed, from, n), Z_OK);
	else
		packed = ZSTD_compress(to, room, from, n, 1);
	assert_true(packed < room);
	return packed;
}

/* A stream as it lies in a file, on a little-endian machine; what is allocated is the caller's. */
static struct tl_str stream_new(enum td_codec codec)
{
	uint8_t *plain = malloc(LARGE_N + CHUNKS), *to = malloc(CHUNKS * 60000);
	size_t n = put_u32(to, CHUNKS);

	for (unsigned i = 0; i < CHUNKS; i++) {
		size_t packed;

		fill(plain, i);
		packed = pack(codec, to + n + 8, 59000, plain, size_of(i));
		if (i == WORSE)
			memset(to + n + 8, 0xff, packed);
		put_u32(to + n, (uint32_t)packed);
		put_u32(to + n + 4, i == BOMB ? TD_CHUNK_MAX + 1u : size_of(i) + (i == WRONG));
		n += 8 + packed;
	}
	free(plain);
	return (struct tl_str){(char *)to, n};
}

static bool is_damaged(unsigned i)
{
	return i == WRONG || i == WORSE || i == BOMB;
}

static void expect(const struct tl_str *got, enum td_chunk_step step, unsigned i)
{
	static uint8_t want[LARGE_N + CHUNKS];

	assert_int_equal(step, is_damaged(i) ? TD_CHUNK_DAMAGED : TD_CHUNK_READ);
	if (is_damaged(i))
		return;
	fill(want, i);
	assert_int_equal(got->n, size_of(i));
	assert_memory_equal(got->p, want, got->n);
}

/* All of the first n bytes, or as many chunks as are asked for. */
static void read_with(enum td_codec codec, struct tl_str data, unsigned hands, size_t n,
		      unsigned most)
{
	struct tracedat td = {.codec = codec};
	struct crew *crew = crew_new(hands);
	struct td_stream *s = vec_push(&td.stream);
	enum td_chunk_step step = TD_CHUNK_END;
	const uint8_t *packed;
	struct tl_str got;
	uint64_t place, last = 0;
	unsigned i = 0;

	*s = (struct td_stream){.packed = true};
	s->chunks = td_chunks_new(&td, (struct tl_str){data.p, n}, 1000);
	td.crew = hands ? crew : NULL; /* one thread reads without */
	if (td.crew)
		assert_true(td_unpack_begin(&td));
	for (; i < most; i++) {
		step = td_chunk_next(&td, s->chunks, &got, &packed, &place);
		if (step == TD_CHUNK_END || step == TD_CHUNK_CUT)
			break;
		expect(&got, step, i);
		assert_true(place > last);
		assert_int_equal(place, 1000 + (packed - (const uint8_t *)data.p));
		last = place;
	}
	if (most > CHUNKS) {
		assert_int_equal(step, n == data.n ? TD_CHUNK_END : TD_CHUNK_CUT);
		assert_true(n < data.n ? i < CHUNKS : i == CHUNKS);
		assert_int_equal(td_chunk_next(&td, s->chunks, &got, &packed, &place),
				 TD_CHUNK_END);
	}
	if (td.crew)
		crew_leave(crew, &td);
	crew_free(crew);
	td_chunks_free(s->chunks);
	td_unpackers_free(&td);
	vec_fini(&td.stream);
}

static void read_all(enum td_codec codec)
{
	struct tl_str data = stream_new(codec);

	for (unsigned hands = 0; hands < 4; hands++)
		read_with(codec, data, hands, data.n, UINT32_MAX);
	free((char *)data.p);
}

static void all_come_in_order(void **state)
{
	read_all(TD_CODEC_ZLIB);
	read_all(TD_CODEC_ZSTD);
}

static void a_cut_is_told_where_it_is(void **state)
{
	struct tl_str data = stream_new(TD_CODEC_ZSTD);

	for (unsigned i = 1; i < 9; i++)
		read_with(TD_CODEC_ZSTD, data, i % 3, data.n - i, UINT32_MAX);
	free((char *)data.p);
	data = stream_new(TD_CODEC_ZLIB);
	for (unsigned i = 1; i < 9; i++)
		read_with(TD_CODEC_ZLIB, data, i % 3, data.n - i * i * 500, UINT32_MAX);
	read_with(TD_CODEC_ZLIB, data, 1, data.n - 1, UINT32_MAX);
	free((char *)data.p);
}

static void leave(enum td_codec codec)
{
	struct tl_str data = stream_new(codec);

	for (unsigned i = 0; i < 60; i++)
		read_with(codec, data, 1 + i % 3, data.n, i % 40);
	free((char *)data.p);
}

static void who_leaves_is_let_go(void **state)
{
	leave(TD_CODEC_ZLIB);
	leave(TD_CODEC_ZSTD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_come_in_order),
		cmocka_unit_test(a_cut_is_told_where_it_is),
		cmocka_unit_test(who_leaves_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
