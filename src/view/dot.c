/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The family as a graph for graphviz: who made whom, who adopted whom, who killed whom. A box is a
 * process, an ellipse a thread; each has a class (fate.h), so that an SVG made of it can be dressed
 * by CSS. Written as lives are told; what is only referred to is told last.
 *
 * Names are hostile: they are shown as on a terminal, then quoted as DOT wants it, where \ and &
 * mean something.
 */
#include <errno.h>
#include <string.h>
#include "base/guard.h"
#include "base/map.h"
#include "base/text.h"
#include "view/fate.h"
#include "view/views.h"

struct dot {
	struct map seen; /* tid and generation → its comm; told: TOLD; without a name: NAMELESS */
	struct out text;
	bool starved;
};

static const char marks[2];
#define TOLD	 ((void *)(uintptr_t)&marks[0])
#define NAMELESS ((void *)(uintptr_t)&marks[1])

static const struct {
	const char *line, *fill, *style;
} looks[FATES] = {
	[FATE_KILLED] = {"#b3261e", "#fde7e5", "filled"},
	[FATE_FAILED] = {"#9a5b00", "#fff1d6", "filled"},
	[FATE_ENDED] = {"#5f6b7a", "#f1f4f8", "filled"},
	[FATE_DIED] = {"#5f6b7a", "#e3e6eb", "filled"},
	[FATE_ALIVE] = {"#1f7a3a", "#e6f5ea", "filled"},
	[FATE_OUTSIDE] = {"#8a94a3", "#ffffff", "dashed"},
};

static void put_quoted(struct out *o, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			out_char(o, '\\');
		if (s[i] == '&')
			out_str(o, "&amp;");
		else
			out_char(o, s[i]);
	}
}

static void put_name(struct dot *dot, struct out *o, const struct tl_atom *comm)
{
	dot->text.n = 0;
	text_safe_atom(&dot->text, comm);
	put_quoted(o, dot->text.buf, dot->text.n);
}

static uint64_t key_of(tl_pid tid, uint32_t generation)
{
	return (uint64_t)(uint32_t)tid << 32 | generation;
}

static void put_id(struct out *o, tl_pid tid, uint32_t generation)
{
	out_fmt(o, "t%d_%u", tid, generation);
}

static void note(struct dot *dot, uint64_t key, const void *what)
{
	if (!map_put(&dot->seen, key, (void *)what))
		dot->starved = true;
}

static void put_node(struct dot *dot, struct out *o, tl_pid tid, uint32_t generation,
		     const struct tl_atom *comm, enum fate fate, const char *shape)
{
	out_str(o, "  ");
	put_id(o, tid, generation);
	out_fmt(o,
		" [class=\"%s\", shape=%s, style=\"%s%s\", color=\"%s\", fillcolor=\"%s\", label=\"",
		fate_class(fate), shape, looks[fate].style, *shape == 'b' ? ",rounded" : "",
		looks[fate].line, looks[fate].fill);
	put_name(dot, o, comm);
	out_fmt(o, generation > 1 ? "\\n%d #%u" : "\\n%d", tid, generation);
}

static void put_edge(struct dot *dot, struct out *o, const struct tl_ref *from,
		     const struct tl_task *to, const char *class, const char *look,
		     const char *label)
{
	uint64_t key = key_of(from->tid, from->generation);

	if (from->tid == TL_PID_NONE)
		return;
	if (!map_get(&dot->seen, key))
		note(dot, key, from->comm ? (const void *)from->comm : NAMELESS);
	out_str(o, "  ");
	put_id(o, from->tid, from->generation);
	out_str(o, " -> ");
	put_id(o, to->tid, to->generation);
	out_fmt(o, " [class=\"%s\", %s", class, look);
	if (label)
		out_fmt(o, ", label=\" %s\"", label);
	out_str(o, "];\n");
}

static void put_edges(struct dot *dot, struct out *o, const struct tl_told *d)
{
	const struct tl_task *t = d->task;
	const char *kind = tl_finding_id(&d->birth),
		   *name = d->death.signal ? tl_signal_name(d->death.signal) : NULL;

	if (t->birth.seen.is)
		put_edge(dot, o, &t->birth.creator, t, "birth",
			 t->is_leader ? "color=\"#5f6b7a\"" : "color=\"#5f6b7a\", style=dotted",
			 strcmp(kind, "fork") ? kind : NULL);
	else /* from before the trace: whose child it was is all that is known */
		put_edge(dot, o, &t->parent, t, "parent", "color=\"#b0b7c3\", arrowhead=none",
			 NULL);
	for (unsigned i = 0; i < t->n_adoptions; i++)
		put_edge(dot, o, &t->adoption[i].by, t, "adoption",
			 "color=\"#6750a4\", style=dashed, constraint=false", "adopted");
	if (t->death->seen.is)
		put_edge(dot, o, &d->death.by, t, "kill", "color=\"#b3261e\", fontcolor=\"#b3261e\", penwidth=2, constraint=false",
			 name ? name : "killed");
}

static bool dot_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct dot *dot = calloc(1, sizeof(*dot));

	if (!dot)
		return false;
	map_init(&dot->seen);
	out_init(&dot->text, -1);
	out_str(o, "digraph tasklife {\n"
		   "  graph [rankdir=LR, bgcolor=\"transparent\", fontname=\"sans-serif\", nodesep=0.15, ranksep=0.5];\n"
		   "  node [fontname=\"sans-serif\", fontsize=11, margin=\"0.12,0.05\", height=0.3];\n"
		   "  edge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.7, fontcolor=\"#5f6b7a\"];\n");
	*ret_state = dot;
	return true;
}

static void dot_task(struct out *o, void *state, const struct tl_told *d)
{
	struct dot *dot = state;
	const struct tl_task *t = d->task;
	char end[120];

	note(dot, key_of(t->tid, t->generation), TOLD);
	put_node(dot, o, t->tid, t->generation, t->comm, fate_of(d),
		 t->is_leader ? "box" : "ellipse");
	fate_text(d, end, sizeof(end));
	out_fmt(o, *end ? "\\n%s\"];\n" : "%s\"];\n", end);
	put_edges(dot, o, d);
	if (dot->starved || dot->text.os)
		o->os = ENOMEM;
}

/* Who was referred to and never told: parents from before the trace, or not among the lives
 * asked for. */
static void dot_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct dot *dot = state;

	map_each(slot, &dot->seen) {
		if (slot->val == TOLD)
			continue;
		put_node(dot, o, (tl_pid)(slot->key >> 32), (uint32_t)slot->key,
			 slot->val == NAMELESS ? NULL : slot->val, FATE_OUTSIDE, "box");
		out_str(o, "\"];\n");
	}
	out_str(o, "}\n");
	map_fini(&dot->seen);
	out_fini(&dot->text);
	free(dot);
}

const struct tl_view view_dot = {
	.name = "dot",
	.suffix = ".dot",
	.summary = N_("the family as a graph, for graphviz"),
	.is_export = true,
	.begin = dot_begin,
	.task = dot_task,
	.end = dot_end,
};
