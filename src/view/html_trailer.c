/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the page's data refers to by number, the words of the page itself, and the trace's
 * own report. */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/html.h"
#include "view/html_words.h"

static void comma(struct out *o, size_t i)
{
	if (i)
		out_char(o, ',');
}

static void put_text(struct out *o, const char *s)
{
	if (s)
		html_put_string(o, s, strlen(s));
	else
		out_str(o, "null");
}

void html_put_both(struct out *o, const char *msgid)
{
	static const enum tongue tongues[] = {TONGUE_EN, TONGUE_KO};
	enum tongue chosen = tongue_now();

	for (unsigned i = 0; i < ARRAY_SIZE(tongues); i++) {
		out_char(o, i ? ',' : '[');
		tongue_set(tongues[i]);
		put_text(o, _(msgid));
	}
	out_char(o, ']');
	tongue_set(chosen);
}

static void put_strings(struct out *o, const char *key, const struct strings *st)
{
	out_fmt(o, ",\n\"%s\":[", key);
	for (size_t i = 0; i < st->v.n; i++) {
		comma(o, i);
		html_put_string(o, st->v.v[i]->s, st->v.v[i]->len);
	}
	out_char(o, ']');
}

/* tid, generation, name; one after the other */
static void put_refs(struct out *o, const struct html_tables *tb)
{
	out_str(o, ",\n\"tasks\":[");
	for (size_t i = 0; i < tb->refs.n; i++) {
		const struct html_ref *r = &tb->refs.v[i];

		comma(o, i);
		out_fmt(o, "%d,%u,%u", r->tid, r->generation, r->name);
	}
	out_char(o, ']');
}

/* function, what the trace said, mark; one frame after the other, innermost first */
static void put_stacks(struct out *o, struct html_tables *tb)
{
	out_str(o, ",\n\"paths\":[");
	for (size_t i = 0; i < tb->stacks.n; i++) {
		const struct tl_stack *s = tb->stacks.v[i];

		comma(o, i);
		out_char(o, '[');
		for (unsigned k = 0; k < s->n; k++) {
			comma(o, k);
			html_put_name(tb, o, s->frame[k].name);
			out_char(o, ',');
			html_put_name(tb, o, s->frame[k].raw);
			out_fmt(o, ",%u", s->frame[k].mark);
		}
		out_char(o, ']');
	}
	out_char(o, ']');
}

/* rule: its id, its sentence in both languages, the kernel fact it rests on */
static void put_causes(struct out *o)
{
	unsigned n;
	const struct tl_cause *row = tl_causes(&n);

	out_str(o, ",\n\"causes\":{");
	for (unsigned i = 0; i < n; i++) {
		comma(o, i);
		put_text(o, row[i].rule);
		out_str(o, ":[");
		put_text(o, row[i].id);
		out_char(o, ',');
		html_put_both(o, row[i].says);
		out_char(o, ',');
		put_text(o, row[i].cite);
		out_char(o, ']');
	}
	out_char(o, '}');
}

static void put_words(struct out *o)
{
	out_str(o, ",\n\"words\":{");
	for (unsigned i = 0; i < html_words_n; i++) {
		comma(o, i);
		put_text(o, html_words[i]);
		out_char(o, ':');
		html_put_both(o, html_words[i]);
	}
	out_str(o, "},\n\"signals\":{");
	for (int sig = 1; sig <= 64; sig++) {
		comma(o, (size_t)sig - 1);
		out_fmt(o, "\"%d\":", sig);
		put_text(o, tl_signal_name(sig));
	}
	out_char(o, '}');
}

static void put_blind(struct out *o, const struct tl_trace_info *info, tl_ns t0)
{
	out_str(o, ",\"blind\":[");
	for (unsigned i = 0; i < info->n_blind; i++) {
		const struct tl_blind *b = &info->blind[i];

		comma(o, i);
		out_char(o, '[');
		html_put_time(o, b->from, t0);
		out_char(o, ',');
		html_put_time(o, b->to, t0);
		out_fmt(o, ",%d,", b->cpu);
		html_put_both(o, b->why);
		out_char(o, ']');
	}
	out_char(o, ']');
}

static void put_warnings(struct out *o, const struct tl_trailer *tr)
{
	const struct tl_trace_info *info = tr->info;

	out_str(o, ",\"warnings\":[");
	for (unsigned i = 0; i < info->n_warnings; i++) {
		comma(o, i);
		out_char(o, '[');
		html_put_both(o, info->warnings[i]);
		out_char(o, ']');
	}
	for (unsigned i = 0; i < tr->n_oddities; i++) {
		comma(o, info->n_warnings + i);
		out_char(o, '[');
		html_put_both(o, tr->oddity[i].what);
		out_fmt(o, ",%d,%llu]", tr->oddity[i].tid,
			(unsigned long long)tr->oddity[i].seen.place);
	}
	out_char(o, ']');
}

static void put_number(struct out *o, const char *key, uint64_t n, bool known)
{
	out_fmt(o, ",\"%s\":", key);
	if (known)
		out_u64(o, n);
	else
		out_str(o, "null");
}

static void put_trace(struct out *o, const struct tl_trailer *tr, tl_ns t0)
{
	const struct tl_trace_info *info = tr->info;
	const struct tl_witnesses *w = tr->witnesses;

	out_str(o, ",\n\"trace\":{\"format\":");
	put_text(o, info->format);
	out_str(o, ",\"clock\":");
	put_text(o, info->clock);
	out_str(o, ",\"kernel\":");
	put_text(o, info->kernel);
	out_str(o, ",\"first\":");
	html_put_time(o, info->first, t0);
	out_str(o, ",\"last\":");
	html_put_time(o, info->last, t0);
	put_number(o, "cpus", (uint64_t)info->cpus, info->cpus > 0);
	put_number(o, "events", info->records, true);
	put_number(o, "lost", info->lost, !info->lost_unknown);
	put_number(o, "unparsed", info->unparsed, true);
	put_number(o, "tasks", tr->tasks, true);
	put_number(o, "deaths_told", w->exit || w->functions, true);
	put_number(o, "switches_told", w->sw, true);
	put_blind(o, info, t0);
	put_warnings(o, tr);
	out_char(o, '}');
}

/* t0 in two numbers: seconds and the nanoseconds behind them, never negative. */
static void put_origin(struct out *o, tl_ns t0)
{
	tl_ns ns = t0 % 1000000000, s = t0 / 1000000000;

	if (ns < 0) {
		ns += 1000000000;
		s--;
	}
	out_fmt(o, "{\"t0\":[%lld,%lld],\"lang\":\"%s\"", (long long)s, (long long)ns,
		tongue_now() == TONGUE_KO ? "ko" : "en");
}

void html_put_trailer(struct out *o, struct html_tables *tb, const struct tl_trailer *tr, tl_ns t0)
{
	out_str(o, "<script type=\"application/json\" data-is=\"tables\">");
	put_origin(o, t0);
	out_str(o, ",\n\"columns\":");
	html_put_columns(o);
	put_stacks(o, tb);
	put_strings(o, "names", &tb->names); /* after whatever may add one */
	put_refs(o, tb);
	put_strings(o, "sentences", &tb->sentences);
	put_strings(o, "forms", &tb->forms);
	put_causes(o);
	put_words(o);
	put_trace(o, tr, t0);
	out_str(o, "}</script>\n");
}
