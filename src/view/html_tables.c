/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything distinct once: names, tasks, call paths. A row of the page's data refers to them
 * by number. */
#include <string.h>
#include "base/guard.h"
#include "base/json.h"
#include "base/text.h"
#include "view/html.h"

static void strings_init(struct strings *st)
{
	atoms_init(&st->at);
	map_init(&st->by_atom);
}

static void strings_fini(struct strings *st)
{
	atoms_fini(&st->at);
	map_fini(&st->by_atom);
	vec_fini(&st->v);
}

void html_tables_init(struct html_tables *tb)
{
	strings_init(&tb->names);
	strings_init(&tb->sentences);
	strings_init(&tb->forms);
	map_init(&tb->ref_of);
	map_init(&tb->stack_of);
}

void html_tables_fini(struct html_tables *tb)
{
	strings_fini(&tb->names);
	strings_fini(&tb->sentences);
	strings_fini(&tb->forms);
	map_fini(&tb->ref_of);
	map_fini(&tb->stack_of);
	vec_fini(&tb->refs);
	vec_fini(&tb->stacks);
}

/* The number of a key, 0 when it has none yet; numbers are kept one higher, because a map holds
 * no NULL. */
static uintptr_t number_of(const struct map *m, const void *key)
{
	return (uintptr_t)map_get(m, (uint64_t)(uintptr_t)key);
}

static void number_is(struct html_tables *tb, struct map *m, const void *key, size_t n)
{
	if (!map_put(m, (uint64_t)(uintptr_t)key, (void *)(uintptr_t)(n + 1)))
		tb->starved = true;
}

uint32_t html_strings_add(struct html_tables *tb, struct strings *st, const char *s, size_t n)
{
	const struct tl_atom *a = atom_of(&st->at, s, n), **kept;
	uintptr_t number = a ? number_of(&st->by_atom, a) : 0;

	if (number)
		return (uint32_t)number - 1;
	kept = a ? vec_push(&st->v) : NULL;
	if (!kept) {
		tb->starved = true;
		return 0;
	}
	*kept = a;
	number_is(tb, &st->by_atom, a, st->v.n - 1);
	return (uint32_t)st->v.n - 1;
}

uint32_t html_name_of_text(struct html_tables *tb, struct tl_str s)
{
	struct out safe;
	uint32_t number;

	if (text_is_plain(s.p, s.n))
		return html_strings_add(tb, &tb->names, s.p, s.n);
	out_init(&safe, -1);
	text_safe(&safe, s.p, s.n);
	number = html_strings_add(tb, &tb->names, safe.n ? safe.buf : "", safe.n);
	out_fini(&safe);
	return number;
}

uint32_t html_name_of(struct html_tables *tb, const struct tl_atom *a)
{
	uintptr_t number = number_of(&tb->names.by_atom, a);

	if (!number) {
		number = (uintptr_t)html_name_of_text(tb, (struct tl_str){a->s, a->len}) + 1;
		number_is(tb, &tb->names.by_atom, a, number - 1);
	}
	return (uint32_t)number - 1;
}

static void put_null(struct out *o)
{
	out_mem(o, "null", 4);
}

void html_put_name(struct html_tables *tb, struct out *o, const struct tl_atom *a)
{
	if (a)
		out_u64(o, html_name_of(tb, a));
	else
		put_null(o);
}

/* Keys may collide, rows are compared; the next free key takes what collides. */
static uint64_t key_of_ref(const struct html_ref *r)
{
	return ((uint64_t)(uint32_t)r->tid << 32 | (r->generation & 0xfff) << 20 |
		(r->name & 0xfffff)) *
	       0x9e3779b97f4a7c15u;
}

static uint32_t ref_number(struct html_tables *tb, const struct html_ref *want)
{
	struct html_ref *r;
	uint64_t key = key_of_ref(want);

	for (uintptr_t n; (n = (uintptr_t)map_get(&tb->ref_of, key)); key++) {
		r = &tb->refs.v[n - 1];
		if (r->tid == want->tid && r->generation == want->generation &&
		    r->name == want->name)
			return (uint32_t)n - 1;
	}
	r = vec_push(&tb->refs);
	if (!r || !map_put(&tb->ref_of, key, (void *)(uintptr_t)tb->refs.n)) {
		tb->starved = true;
		return 0;
	}
	*r = *want;
	return (uint32_t)tb->refs.n - 1;
}

void html_put_ref(struct html_tables *tb, struct out *o, const struct tl_ref *ref)
{
	struct html_ref r = {ref->tid, ref->generation, 0};

	if (ref->tid == TL_PID_NONE) {
		put_null(o);
		return;
	}
	r.name = ref->comm ? html_name_of(tb, ref->comm) : html_strings_add(tb, &tb->names, "?", 1);
	out_u64(o, ref_number(tb, &r));
}

void html_put_stack(struct html_tables *tb, struct out *o, const struct tl_stack *stack)
{
	uintptr_t number = stack ? number_of(&tb->stack_of, stack) : 0;
	const struct tl_stack **kept;

	if (!stack) {
		put_null(o);
		return;
	}
	if (!number) {
		kept = vec_push(&tb->stacks);
		if (!kept) {
			tb->starved = true;
			put_null(o);
			return;
		}
		*kept = stack;
		number = tb->stacks.n;
		number_is(tb, &tb->stack_of, stack, number - 1);
	}
	out_u64(o, number - 1);
}

/* ---- writing ---- */

/* "<" could begin "</script>" or "<!--"; U+2028 and U+2029 end a line for JavaScript. */
static void put_harmless(struct out *o, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t run = i;

		while (run < n && s[run] != '<' && s[run] != '\xe2')
			run++;
		out_mem(o, s + i, run - i);
		i = run;
		if (i == n)
			break;
		if (s[i] == '<') {
			out_str(o, "\\u003c");
			i++;
		} else if (n - i > 2 && s[i + 1] == '\x80' &&
			   (s[i + 2] == '\xa8' || s[i + 2] == '\xa9')) {
			out_str(o, s[i + 2] == '\xa8' ? "\\u2028" : "\\u2029");
			i += 3;
		} else {
			out_char(o, s[i++]);
		}
	}
}

void html_put_string(struct out *o, const char *s, size_t n)
{
	struct json j;
	struct out text;

	out_init(&text, -1);
	json_init(&j, &text);
	json_strn(&j, NULL, s, n);
	put_harmless(o, text.buf, text.n);
	if (text.os)
		o->os = text.os;
	out_fini(&text);
}

void html_put_time(struct out *o, tl_ns t, tl_ns t0)
{
	if (t == TL_NS_NONE)
		put_null(o);
	else
		out_i64(o, (int64_t)((uint64_t)t - (uint64_t)t0));
}
