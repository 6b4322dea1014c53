/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A story with its lesson beside it: what each row means, and what comes next in a life. A row,
 * with what continues it, is caught in memory; its lessons are set to the right of it where the
 * page is wide, else under it. A lesson is told at length once, later only in its one line: who
 * reads on knows it.
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "base/vec.h"
#include "teach/teach.h"
#include "view/story.h"

#define LESSONS_MAX 24	/* of one row */
#define WIDE_ENOUGH 116 /* from here on side by side */
#define LEFT_MOST   78	/* a story needs no more */
#define BAR	    ST_DIM "\xe2\x94\x82 " ST_OFF
#define UNDER	    "    " BAR

struct story_teach {
	int release;		/* of the kernel that made the trace; 0 not known */
	struct out left;	/* the row as it is drawn, while open */
	struct out *page_out;
	int page_width;
	bool open;
	enum label label;
	struct topic topic[LESSONS_MAX];
	unsigned n;
	VEC(const char *) told; /* msgids */
};

struct story_teach *story_teach_new(void)
{
	struct story_teach *te = calloc(1, sizeof(*te));

	if (te)
		out_init(&te->left, -1);
	return te;
}

void story_teach_free(struct story_teach *te)
{
	if (!te)
		return;
	out_fini(&te->left);
	vec_fini(&te->told);
	free(te);
}

void story_teach_release(struct story *st, const char *kernel)
{
	if (st->teach && !st->teach->release && kernel)
		st->teach->release = (int)tl_release_of(kernel);
}

/* ---- what a row has to teach ---- */

void story_lesson(struct story *st, enum topic_group g, const char *id)
{
	struct story_teach *te = st->teach;

	if (!te || !te->open || !id || te->n == LESSONS_MAX ||
	    !topic_in(g, id, te->release, &te->topic[te->n]))
		return;
	for (unsigned i = 0; i < te->n; i++)
		if (te->topic[i].group == g && !strcmp(te->topic[i].id, id))
			return;
	te->n++;
}

void story_lesson_clone(struct story *st, uint64_t flags)
{
	for (unsigned bit = 7; st->teach && bit < 64; bit++)
		if (flags >> bit & 1 && tl_clone_flag_name(bit))
			story_lesson(st, TOPIC_CLONE,
				     page_fmt(&st->pg, "CLONE_%s", tl_clone_flag_name(bit)));
}

void story_lesson_state(struct story *st, char state)
{
	story_lesson(st, TOPIC_STATE, (char[]){state, '\0'});
}

/* By the role it plays, else by its own name. */
void story_lesson_function(struct story *st, const struct tl_atom *name)
{
	enum tl_role role = st->teach ? tl_role_of(name->s, name->len) : TL_ROLE_NONE;

	if (role != TL_ROLE_NONE)
		story_lesson(st, TOPIC_FUNCTION, tl_role_id(role));
	else
		story_lesson(st, TOPIC_STEP, name->s);
}

void story_lesson_frame(struct story *st, const struct tl_frame *f)
{
	story_lesson_function(st, f->name);
	if (f->mark == TL_FM_CORRECTED || f->mark == TL_FM_DOUBTFUL)
		story_lesson(st, TOPIC_HOW, "return-address");
}

void story_lesson_signal(struct story *st, const struct tl_signal *s,
			 const struct tl_finding *source)
{
	const char *name = tl_signal_name(s->sig);

	story_lesson(st, TOPIC_SIGNAL, name);
	story_lesson(st, TOPIC_SOURCE, source ? tl_finding_id(source) : NULL);
	story_lesson(st, TOPIC_CODE, tl_sigcode_name(s->sig, s->code));
	if (s->result)
		story_lesson(st, TOPIC_RESULT, tl_sigresult_name(s->result));
	if (s->delivered.is && s->deliver_sig && s->deliver_sig != s->sig)
		story_lesson(st, TOPIC_HOW, "signal-delivery");
	if (source)
		story_lesson_grade(st, source);
}

void story_lesson_grade(struct story *st, const struct tl_finding *f)
{
	if (f->row && f->grade != TL_OBSERVED)
		story_lesson(st, TOPIC_GRADE, tl_grade_name(f->grade));
}

static const char *const next[LABELS] = {
	[L_BORN] = N_("its creator puts it onto a run queue (sched_wakeup_new); the first sched_switch to it starts it in ret_from_fork."),
	[L_PATH] = N_("the innermost function stands first; each was called by the one below it, and the last ones are the door from user space."),
	[L_EXEC] = N_("same task, same number, another program: new memory, default signal handlers; open files stay unless marked close-on-exec."),
	[L_RAN] = N_("a sleep ends with a sched_wakeup, a wait for a CPU with a sched_switch."),
	[L_SIGNAL] = N_("the target must run to take it: its sched_wakeup, then signal_deliver in its own context."),
	[L_DIED] = N_("do_exit gives back memory, files and namespaces step by step (tasklife explain do_exit), then tells the parent."),
	[L_TOLD] = N_("the parent's wait fetches the exit status; until then the task is a zombie."),
	[L_REAPED] = N_("the last reference goes, RCU frees the task_struct (sched_process_free), and the number may be used again."),
};

/* ---- setting it ---- */

/* True the first time. */
static bool is_new(struct story_teach *te, const char *msgid)
{
	const char **slot;

	vec_each(it, &te->told)
		if (*it == msgid)
			return false;
	slot = vec_push(&te->told);
	if (slot)
		*slot = msgid;
	return true;
}

static void put_paragraph(struct page *pg, const char *stem, const char *text)
{
	if (*stem)
		page_under(pg, stem, stem, text);
	else
		page_line(pg, 0, text);
}

static void put_topic(struct page *pg, struct story_teach *te, const char *stem,
		      const struct topic *t)
{
	const char *gist = t->gist ? _(t->gist) : "", *text = t->text ? _(t->text) : "";

	put_paragraph(pg, stem,
		      te->label == LABELS ? gist
					  : page_fmt(pg, ST_COOL "%s" ST_OFF "  %s", t->id, gist));
	if (!*text || !is_new(te, t->text))
		return;
	while (*text) {
		size_t n = strcspn(text, "\n");

		put_paragraph(pg, stem, page_fmt(pg, "%.*s", (int)n, text));
		text += n + (text[n] == '\n');
	}
}

static void put_lessons(struct page *pg, struct story_teach *te, const char *stem)
{
	const char *then = te->label < LABELS ? next[te->label] : NULL;

	for (unsigned i = 0; i < te->n; i++)
		put_topic(pg, te, stem, &te->topic[i]);
	if (te->n && then && is_new(te, then))
		put_paragraph(pg, stem, page_fmt(pg, ST_BOLD "\xe2\x86\x92" ST_OFF " %s", _(then)));
}

/* ---- two columns: lines already drawn, colours and all ---- */

/* One drawn line: its bytes and its cells; an escape sequence of ours takes none. Keeps the colour
 * it ends in. */
static size_t drawn_line(const char *s, int *ret_cells, const char **color, size_t *color_n)
{
	size_t i = 0, from = 0;

	*ret_cells = 0;
	for (; s[i] && s[i] != '\n'; i++) {
		size_t n;

		if (s[i] != '\033')
			continue;
		n = strcspn(s + i, "m") + 1;
		*ret_cells += page_text_cells(s + from, i - from);
		*color = strncmp(s + i, "\033[0m", 4) ? s + i : NULL;
		*color_n = n;
		i += n - 1;
		from = i + 1;
	}
	*ret_cells += page_text_cells(s + from, i - from);
	return i;
}

/* A colour that goes over the end of a line is put out there and taken up again on the next. */
static int put_drawn(struct out *o, const char **at, const char **color, size_t *color_n)
{
	int cells;
	size_t n;

	if (*color)
		out_mem(o, *color, *color_n);
	n = drawn_line(*at, &cells, color, color_n);
	out_mem(o, *at, n);
	if (*color)
		out_str(o, "\033[0m");
	*at += n + ((*at)[n] == '\n');
	return cells;
}

static void zip(struct page *pg, const char *left, const char *right, int left_width)
{
	const char *color[2] = {NULL, NULL};
	size_t color_n[2] = {0, 0};

	while (*left || *right) {
		int cells = put_drawn(pg->out, &left, &color[0], &color_n[0]);

		if (*right) {
			for (; cells < left_width; cells++)
				out_char(pg->out, ' ');
			page_put(pg, " " BAR);
			put_drawn(pg->out, &right, &color[1], &color_n[1]);
		}
		out_char(pg->out, '\n');
	}
}

static int left_width(const struct story_teach *te)
{
	int half = te->page_width * 11 / 20;

	return half < LEFT_MOST ? half : LEFT_MOST;
}

static bool is_wide(const struct story_teach *te)
{
	return te->page_width >= WIDE_ENOUGH;
}

static void put_beside(struct story *st)
{
	struct story_teach *te = st->teach;
	struct page *pg = &st->pg;
	struct out right;

	out_init(&right, -1);
	pg->out = &right;
	pg->opts.width = te->page_width - left_width(te) - 3;
	put_lessons(pg, te, "");
	pg->out = te->page_out;
	pg->opts.width = te->page_width;
	zip(pg, out_text(&te->left), out_text(&right), left_width(te));
	out_fini(&right);
}

void story_teach_close(struct story *st)
{
	struct story_teach *te = st->teach;

	if (!te || !te->open)
		return;
	te->open = false;
	st->pg.out = te->page_out;
	st->pg.opts.width = te->page_width;
	if (is_wide(te)) {
		put_beside(st);
	} else {
		out_str(st->pg.out, out_text(&te->left));
		put_lessons(&st->pg, te, UNDER);
	}
	out_fini(&te->left);
	out_init(&te->left, -1);
}

void story_teach_open(struct story *st, enum label l)
{
	struct story_teach *te = st->teach;

	if (!te)
		return;
	story_teach_close(st);
	te->open = true;
	te->label = l;
	te->n = 0;
	te->page_out = st->pg.out;
	te->page_width = st->pg.opts.width;
	st->pg.out = &te->left;
	if (is_wide(te))
		st->pg.opts.width = left_width(te);
}
