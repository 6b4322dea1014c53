/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is shown of a living task beside the rows of the table: what it is called, its numbers in
 * the pid namespaces, its kin, its kernel stack. A row each, so that users name them like fields.
 */
#include <string.h>
#include "base/text.h"
#include "base/tongue.h"
#include "view/peek.h"

struct asked {
	struct page *pg;
	struct json *j;
	const struct view_peek *v;
	const struct tl_peek_task *t;
	const char *id;
};

/* ---- what it is called ---- */

static const char *comm_text(const struct asked *a)
{
	struct out o;

	out_init(&o, -1);
	text_safe(&o, a->t->comm, strlen(a->t->comm));
	const char *text = page_fmt(a->pg, "%s", out_text(&o));
	out_fini(&o);
	return text;
}

static void comm_json(const struct asked *a)
{
	json_str(a->j, a->id, a->t->comm);
}

static const char *addr_text(const struct asked *a)
{
	return a->t->addr ? page_fmt(a->pg, "0x%llx", (unsigned long long)a->t->addr) : NULL;
}

static void addr_json(const struct asked *a)
{
	if (a->t->addr)
		json_u64(a->j, a->id, a->t->addr);
}

static const char *letter_text(const struct asked *a)
{
	return page_fmt(a->pg, "%c", tl_peek_letter(a->t));
}

static void letter_json(const struct asked *a)
{
	json_strn(a->j, a->id, (const char[]){tl_peek_letter(a->t)}, 1);
}

/* ---- in the pid namespaces ---- */

static const char *pids_text(const struct asked *a)
{
	const struct tl_peek_task *t = a->t;
	const char *all = NULL;

	for (unsigned i = 0; i < t->n_ns; i++)
		all = page_join(a->pg, all, " \xe2\x86\x92 ",
				t->ns[i].ns ? page_fmt(a->pg, "%d [%u]", t->ns[i].nr, t->ns[i].ns)
					    : page_fmt(a->pg, "%d", t->ns[i].nr));
	return all;
}

static void pids_json(const struct asked *a)
{
	json_arr(a->j, a->id);
	for (unsigned i = 0; i < a->t->n_ns; i++) {
		json_obj(a->j, NULL);
		if (a->t->ns[i].ns)
			json_u64(a->j, "ns", a->t->ns[i].ns);
		else
			json_null(a->j, "ns");
		json_int(a->j, "pid", a->t->ns[i].nr);
		json_end_obj(a->j);
	}
	json_end_arr(a->j);
}

/* ---- kin ---- */

struct kin {
	struct tl_peek_task **who;
	size_t n;
	bool any; /* it is of those who can have such */
};

static struct kin kin_of(const struct asked *a, enum peek_shown shown)
{
	const struct tl_peek *p = a->v->peek;
	const struct tl_peek_task *parent = tl_peek_relative(p, a->t, TL_TASK_real_parent);
	bool leads = a->t->v[TL_TASK_pid] == a->t->v[TL_TASK_tgid];
	struct kin k = {.any = true};

	if (shown == PEEK_CHILDREN)
		k.who = tl_peek_children(p, a->t, &k.n);
	else if (shown == PEEK_THREADS)
		k.who = tl_peek_threads(p, a->t, &k.n);
	else if (parent && leads)
		k.who = tl_peek_children(p, parent, &k.n);
	else
		k.any = false;
	return k;
}

static const char *kin_text(const struct asked *a, enum peek_shown shown)
{
	struct kin k = kin_of(a, shown);
	const char *all = NULL;

	for (size_t i = 0; i < k.n; i++)
		if (k.who[i] != a->t)
			all = page_join(a->pg, all, " ", peek_name(a->pg, k.who[i]));
	return all;
}

static void kin_json(const struct asked *a, enum peek_shown shown)
{
	struct kin k = kin_of(a, shown);

	if (!k.any)
		return;
	json_arr(a->j, a->id);
	for (size_t i = 0; i < k.n; i++) {
		if (k.who[i] == a->t)
			continue;
		json_obj(a->j, NULL);
		json_int(a->j, "pid", tl_peek_pid(k.who[i]));
		json_str(a->j, "comm", k.who[i]->comm);
		json_end_obj(a->j);
	}
	json_end_arr(a->j);
}

static const char *children_text(const struct asked *a)
{
	return kin_text(a, PEEK_CHILDREN);
}

static void children_json(const struct asked *a)
{
	kin_json(a, PEEK_CHILDREN);
}

static const char *sibling_text(const struct asked *a)
{
	enum { MANY = 40 }; /* of whom nobody reads the list unasked: kthreadd's and init's */

	return a->v->field || kin_of(a, PEEK_SIBLING).n <= MANY ? kin_text(a, PEEK_SIBLING) : NULL;
}

static void sibling_json(const struct asked *a)
{
	kin_json(a, PEEK_SIBLING);
}

static const char *threads_text(const struct asked *a)
{
	return kin_text(a, PEEK_THREADS);
}

static void threads_json(const struct asked *a)
{
	kin_json(a, PEEK_THREADS);
}

/* ---- its kernel stack ---- */

static const char *frames_text(const struct asked *a)
{
	const struct tl_peek_task *t = a->t;
	const char *all = NULL;

	if (t->n_stack == TL_PEEK_NO_STACK)
		return NULL;
	if (t->n_stack <= 0)
		return t->n_stack < 0 ? _("not to be had")
				      : _("none: it is in user space, or a CPU is executing it");
	for (int i = 0; i < t->n_stack; i++)
		all = page_join(a->pg, all, " \xe2\x86\x90 ",
				peek_code(a->pg, a->v, t->stack[i], i > 0));
	return all;
}

static void frames_json(const struct asked *a)
{
	const struct tl_peek_task *t = a->t;

	if (t->n_stack == TL_PEEK_NO_STACK)
		return;
	if (t->n_stack < 0) {
		json_null(a->j, a->id);
		return;
	}
	json_arr(a->j, a->id);
	for (int i = 0; i < t->n_stack; i++) {
		struct tl_pc pc = {.addr = t->stack[i], .kind = i ? TL_PC_RETURN : TL_PC_EXACT};
		uint64_t off = 0;
		const struct tl_symbol *s =
			a->v->symbols ? tl_pc_lookup(a->v->symbols, pc, &off) : NULL;

		json_obj(a->j, NULL);
		json_u64(a->j, "addr", t->stack[i]);
		json_str(a->j, "function", s ? s->name : NULL);
		if (s)
			json_u64(a->j, "offset", off);
		json_end_obj(a->j);
	}
	json_end_arr(a->j);
}

/* ---- all of them ---- */

static const struct {
	const char *id, *says;
	const char *(*text)(const struct asked *a);
	void (*json)(const struct asked *a);
} more[] = {
#define MORE(shown, id, fn, says) [PEEK_##shown - TL_TASK_FIELDS] = {id, says, fn##_text, fn##_json}
	MORE(COMM, "comm", comm, N_("what it is called")),
	MORE(ADDR, "addr", addr, N_("where its task_struct lies")),
	MORE(LETTER, "letter", letter, N_("the letter of its state, as ps shows it")),
	MORE(PIDS, "pids", pids, N_("its number in each pid namespace, outermost first")),
	MORE(CHILDREN, "children", children, N_("processes it made or adopted")),
	MORE(SIBLING, "sibling", sibling, N_("the other children of its parent")),
	MORE(THREADS, "threads", threads, N_("the other threads of its process")),
	MORE(STACK_FRAMES, "stack_frames", frames, N_("its kernel stack")),
#undef MORE
};

const char *view_peek_id(unsigned shown)
{
	return shown < TL_TASK_FIELDS ? tl_task_field_row_of(shown)->id
				      : more[shown - TL_TASK_FIELDS].id;
}

unsigned view_peek_named(const char *name, size_t n)
{
	unsigned i = 0;

	while (i < PEEK_SHOWN && (strlen(view_peek_id(i)) != n || memcmp(view_peek_id(i), name, n)))
		i++;
	return i;
}

bool view_peek_wants(const struct view_peek *v, unsigned shown)
{
	for (unsigned i = 0; i < v->n_fields; i++)
		if (v->field[i] == shown)
			return true;
	return !v->field;
}

const char *view_peek_more(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
			   enum peek_shown shown, const char **ret_says)
{
	*ret_says = more[shown - TL_TASK_FIELDS].says;
	return more[shown - TL_TASK_FIELDS].text(&(struct asked){.pg = pg, .v = v, .t = t});
}

void view_peek_json_more(struct json *j, const struct view_peek *v, const struct tl_peek_task *t,
			 enum peek_shown shown)
{
	more[shown - TL_TASK_FIELDS].json(
		&(struct asked){.j = j, .v = v, .t = t, .id = view_peek_id(shown)});
}
