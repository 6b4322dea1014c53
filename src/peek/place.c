/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the fields of the table lie in a kernel, and its structs line by line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "peek/peek.h"

#define BTF "/sys/kernel/btf/vmlinux"

struct tl_err *tl_peek_types_open(const char *path, struct tl_peek_types **ret)
{
	struct tl_peek_types *t = calloc(1, sizeof(*t));
	struct tl_err *err = t ? types_open(path ? path : BTF, &t->types) : &tl_enomem;

	if (err) {
		free(t);
		return err;
	}
	for (enum tl_task_field f = 0; f < TL_TASK_FIELDS; f++) {
		const struct tl_task_field_row *row = tl_task_field_row_of(f);

		t->have[f] = types_path_of(t->types, "task_struct", row->path, &t->path[f]) ||
			     (row->older &&
			      types_path_of(t->types, "task_struct", row->older, &t->path[f]));
	}
	*ret = t;
	return NULL;
}

void tl_peek_types_close(struct tl_peek_types *t)
{
	if (!t)
		return;
	types_close(t->types);
	free(t);
}

static void type_text(const struct types *t, uint32_t type, char *to, size_t cap)
{
	struct out o;

	out_init(&o, -1);
	types_put(t, type, &o);
	snprintf(to, cap, "%s", out_text(&o));
	out_fini(&o);
}

bool tl_peek_place_of(const struct tl_peek_types *t, enum tl_task_field f,
		      struct tl_peek_place *ret)
{
	if ((unsigned)f >= TL_TASK_FIELDS || !t->have[f])
		return false;
	const struct types_path *p = &t->path[f];
	*ret = (struct tl_peek_place){.off = p->off[0], .size = p->size, .behind = p->n_derefs > 0};
	type_text(t->types, p->type, ret->type, sizeof(ret->type));
	return true;
}

/* ---- a struct, line by line ---- */

struct walk {
	const struct tl_peek_types *t;
	bool outer; /* of task_struct: the table's offsets count from here */
	tl_peek_line_fn *line;
	void *ctx;
	uint32_t at; /* where the next member may begin */
};

#define DEEP 4

/* The field of the table that stands at, or begins at, this place. */
static enum tl_task_field field_at(const struct walk *w, uint32_t off)
{
	for (enum tl_task_field f = 0; w->outer && f < TL_TASK_FIELDS; f++)
		if (w->t->have[f] && !w->t->path[f].n_derefs && w->t->path[f].off[0] == off)
			return f;
	return TL_TASK_FIELDS;
}

/* Is something of the table inside? Then it is worth being opened. */
static bool holds_fields(const struct walk *w, uint32_t off, uint32_t size)
{
	for (enum tl_task_field f = 0; w->outer && f < TL_TASK_FIELDS; f++)
		if (w->t->have[f] && !w->t->path[f].n_derefs && w->t->path[f].off[0] >= off &&
		    w->t->path[f].off[0] < off + size)
			return true;
	return false;
}

static void tell_hole(struct walk *w, uint32_t off, unsigned depth)
{
	if (off > w->at)
		w->line(w->ctx, &(struct tl_peek_line){.depth = depth,
						       .off = w->at,
						       .size = off - w->at,
						       .field = TL_TASK_FIELDS});
}

static void walk(struct walk *w, uint32_t strct, uint32_t base, unsigned depth, bool is_union);

static void member(struct walk *w, const struct types_member *m, uint32_t base, unsigned depth)
{
	uint32_t inner = types_struct_of(w->t->types, m->type), off = base + m->off;
	struct tl_peek_line l = {.depth = depth,
				 .name = m->name,
				 .off = off,
				 .size = m->size,
				 .bits = m->bits,
				 .field = m->bits ? TL_TASK_FIELDS : field_at(w, off)};

	type_text(w->t->types, m->type, l.type, sizeof(l.type));
	l.opens = inner && depth < DEEP && (!*m->name || holds_fields(w, off, m->size));
	if (l.opens)
		l.field = TL_TASK_FIELDS;
	w->line(w->ctx, &l);
	if (!l.opens)
		return;
	uint32_t next = w->at;
	w->at = off;
	walk(w, inner, off, depth + 1, !strncmp(l.type, "union", 5));
	w->at = next;
	w->line(w->ctx, &(struct tl_peek_line){.depth = depth,
					       .name = m->name,
					       .off = off,
					       .size = m->size,
					       .closes = true,
					       .field = TL_TASK_FIELDS});
}

static void walk(struct walk *w, uint32_t strct, uint32_t base, unsigned depth, bool is_union)
{
	struct types_member m;

	for (unsigned i = 0; types_member_at(w->t->types, strct, i, &m); i++) {
		uint32_t end = base + m.off + (m.bits ? (m.bit + m.bits + 7) / 8 : m.size);

		if (!is_union && !m.bits)
			tell_hole(w, base + m.off, depth);
		member(w, &m, base, depth);
		if (end > w->at)
			w->at = end;
	}
}

struct tl_err *tl_peek_layout(const struct tl_peek_types *t, const char *strct,
			      tl_peek_line_fn *line, void *ctx, uint32_t *ret_size)
{
	struct walk w = {.t = t, .outer = !strcmp(strct, "task_struct"), .line = line, .ctx = ctx};
	uint32_t id = types_struct_named(t->types, strct);

	if (!id)
		return tl_err_new(TL_E_INPUT,
				  N_("these types know no struct %s: they are not a kernel's"),
				  strct);
	*ret_size = types_sizeof(t->types, strct);
	walk(&w, id, 0, 0, false);
	tell_hole(&w, *ret_size, 0);
	return NULL;
}
