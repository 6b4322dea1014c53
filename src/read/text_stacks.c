/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stacks that were met before; see text_stacks.h.
 *
 * Invariant: equal lines give the same frames at the same address as long as the source lives,
 * unequal lines never do.
 */
#include <string.h>
#include "base/hash.h"
#include "read/text_stacks.h"

#define KEPT_MAX   (16u << 20)
#define FRAMES_MAX 256

void stacks_init(struct text_stacks *s)
{
	map_init(&s->by_hash);
	arena_init(&s->mem);
	s->kept = 0;
}

void stacks_fini(struct text_stacks *s)
{
	map_fini(&s->by_hash);
	arena_fini(&s->mem);
}

/* All of its lines must be frames. */
static bool cut_frames(struct kept_stack *k, struct tl_rawframe *frame, stack_line take)
{
	const char *p = k->bytes, *end = p + k->n;

	k->lines = k->n_frames = 0;
	while (p < end) {
		const char *nl = memchr(p, '\n', end - p), *stop = nl;
		bool wanted;

		while (stop > p && stop[-1] == '\r')
			stop--;
		if (k->n_frames == FRAMES_MAX ||
		    !take((struct tl_str){p, stop - p}, &frame[k->n_frames], &wanted))
			return false;
		k->n_frames += wanted;
		k->lines++;
		p = nl + 1;
	}
	return true;
}

static struct kept_stack *keep(struct text_stacks *s, const char *bytes, size_t n, stack_line take)
{
	struct tl_rawframe frame[FRAMES_MAX], *kept;
	struct kept_stack stack = {.n = n, .bytes = bytes}, *k;

	if (s->kept >= KEPT_MAX || n > KEPT_MAX / 16 || !cut_frames(&stack, frame, take))
		return NULL;
	stack.bytes = arena_strdup(&s->mem, bytes, n);
	kept = arena_alloc(&s->mem, stack.n_frames * sizeof(*frame) + 1);
	k = arena_alloc(&s->mem, sizeof(*k));
	s->kept += n + stack.n_frames * sizeof(*frame) + sizeof(*k);
	if (!stack.bytes || !kept || !k)
		return NULL;
	cut_frames(&stack, frame, take); /* once more, from the bytes that stay */
	memcpy(kept, frame, stack.n_frames * sizeof(*frame));
	*k = stack;
	k->frame = kept;
	return k;
}

const struct kept_stack *stacks_of(struct text_stacks *s, const char *bytes, size_t n,
				   stack_line take)
{
	uint64_t hash = hash_bytes(bytes, n);
	struct kept_stack *first = map_get(&s->by_hash, hash), *k;

	for (k = first; k; k = k->next)
		if (k->n == n && !memcmp(k->bytes, bytes, n))
			return k;
	k = keep(s, bytes, n, take);
	if (!k)
		return NULL;
	k->next = first;
	return map_put(&s->by_hash, hash, k) ? k : NULL;
}
