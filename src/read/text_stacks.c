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
	*s = (struct text_stacks){};
	map_init(&s->by_hash);
	arena_init(&s->mem);
}

void stacks_fini(struct text_stacks *s)
{
	map_fini(&s->by_hash);
	arena_fini(&s->mem);
}

/* All of its lines must be frames. */
static bool cut_frames(struct kept_stack *k, struct tl_rawframe *frame,
		       const struct stack_form *form)
{
	const char *p = k->bytes, *end = p + k->n;

	k->lines = k->n_frames = 0;
	while (p < end) {
		const char *nl = memchr(p, '\n', end - p), *stop = nl;
		bool wanted;

		while (stop > p && stop[-1] == '\r')
			stop--;
		if (k->n_frames == FRAMES_MAX ||
		    !form->take((struct tl_str){p, stop - p}, &frame[k->n_frames], &wanted))
			return false;
		k->n_frames += wanted;
		k->lines++;
		p = nl + 1;
	}
	return true;
}

static struct kept_stack *keep(struct text_stacks *s, const char *bytes, size_t n,
			       const struct stack_form *form)
{
	struct tl_rawframe frame[FRAMES_MAX], *kept;
	struct kept_stack stack = {.n = n, .bytes = bytes}, *k;

	if (s->kept >= KEPT_MAX || n > KEPT_MAX / 32 || !cut_frames(&stack, frame, form))
		return NULL;
	stack.bytes = arena_strdup(&s->mem, bytes, n);
	kept = arena_alloc(&s->mem, stack.n_frames * sizeof(*frame) + 1);
	k = arena_alloc(&s->mem, sizeof(*k));
	s->kept += n + stack.n_frames * sizeof(*frame) + sizeof(*k);
	if (!stack.bytes || !kept || !k)
		return NULL;
	cut_frames(&stack, frame, form); /* once more, from the bytes that stay */
	memcpy(kept, frame, stack.n_frames * sizeof(*frame));
	*k = stack;
	k->frame = kept;
	return k;
}

static struct kept_stack *stack_of(struct text_stacks *s, const char *bytes, size_t n,
				   const struct stack_form *form)
{
	uint64_t hash = hash_bytes(bytes, n);
	struct kept_stack *first = map_get(&s->by_hash, hash), *k;

	for (k = first; k; k = k->next)
		if (k->n == n && !memcmp(k->bytes, bytes, n))
			return k;
	k = keep(s, bytes, n, form);
	if (!k)
		return NULL;
	k->next = first;
	return map_put(&s->by_hash, hash, k) ? k : NULL;
}

/* Behind the stack's lines; NULL: no end is in sight. */
static const char *lines_end(const struct stack_form *form, const char *from, const char *end)
{
	const char *p = from;

	while (form->begins(p)) {
		p = memchr(p, '\n', end - p);
		if (!p++ || p == end)
			return NULL;
	}
	return p;
}

const struct kept_stack *stacks_at(struct text_stacks *s, const struct stack_form *form, int cpu,
				   const char *p, const char *end)
{
	struct kept_stack **last = &s->last[(unsigned)cpu % STACKS_CPUS],
			  *k = *last ? (*last)->then : NULL;
	const char *behind;

	if (k && k->n < (size_t)(end - p) && !memcmp(k->bytes, p, k->n) &&
	    !form->begins(p + k->n)) {
		behind = p + k->n;
	} else {
		behind = lines_end(form, p, end);
		k = NULL;
	}
	if (!behind || behind == p || !form->ends(behind, end))
		return NULL;
	if (!k)
		k = stack_of(s, p, behind - p, form);
	if (k && *last)
		(*last)->then = k;
	return *last = k;
}
