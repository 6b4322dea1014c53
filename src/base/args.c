/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "base/args.h"
#include "base/guard.h"

/* Where a row's value goes: the row, and the start of the struct its offsets count from. */
struct place {
	const struct opt *opt;
	char *base;
};

struct parse {
	const struct opt *opts;
	char *base;
	int argc, at; /* at: the word being read */
	char **argv;
};

const struct opt *args_walk(const struct opt *opts, unsigned *it)
{
	unsigned left = (*it)++;

	for (const struct opt *o = opts; o->type != OPT_T_END; o++) {
		unsigned inner = 0;
		const struct opt *sub;

		if (o->type != OPT_T_TABLE) {
			if (!left--)
				return o;
			continue;
		}
		while ((sub = args_walk(o->table, &inner)))
			if (!left--)
				return sub;
	}
	return NULL;
}

static bool name_fits(const struct opt *o, const char *name, size_t n, bool whole)
{
	return o->name && !strncmp(o->name, name, n) && (!whole || !o->name[n]);
}

/* Count the long names that fit; the last one found goes to *ret. */
static unsigned find_long(const struct opt *o, char *base, const char *name, size_t n, bool whole,
			  struct place *ret)
{
	unsigned found = 0;

	for (; o->type != OPT_T_END; o++) {
		if (o->type == OPT_T_TABLE) {
			found += find_long(o->table, base + o->offset, name, n, whole, ret);
		} else if (name_fits(o, name, n, whole)) {
			*ret = (struct place){o, base};
			found++;
		}
	}
	return found;
}

static bool find_letter(const struct opt *o, char *base, char letter, struct place *ret)
{
	for (; o->type != OPT_T_END; o++) {
		if (o->type == OPT_T_TABLE) {
			if (find_letter(o->table, base + o->offset, letter, ret))
				return true;
		} else if (o->letter == letter) {
			*ret = (struct place){o, base};
			return true;
		}
	}
	return false;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Slips of the finger between two words: a letter more, less, another one, or two in the wrong
 * order. */
static unsigned distance(const char *a, size_t n, const char *b)
{
	unsigned row[3][64], m = (unsigned)strlen(b);

	if (n >= 60 || m >= 63)
		return UINT_MAX;
	for (unsigned j = 0; j <= m; j++)
		row[0][j] = j;
	for (unsigned i = 1; i <= n; i++) {
		unsigned *now = row[i % 3], *was = row[(i + 2) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= m; j++) {
			now[j] = least(was[j - 1] + (a[i - 1] != b[j - 1]),
				       least(was[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return row[n % 3][m];
}

const char *args_nearest(const char *word, size_t n, const char *const *known, unsigned n_known)
{
	unsigned best = n < 4 ? 2 : 3;
	const char *name = NULL;

	for (unsigned i = 0; i < n_known; i++) {
		unsigned d = distance(word, n, known[i]);

		/* half of its letters may be wrong, not more */
		if (d < best && 2 * d < (n > strlen(known[i]) ? n : strlen(known[i]))) {
			best = d;
			name = known[i];
		}
	}
	return name;
}

static struct tl_err *unknown(const struct parse *p, const char *name, size_t n)
{
	struct tl_err *err = tl_err_new(TL_E_USAGE, N_("unknown option '%s'"), p->argv[p->at]);
	const char *known[128], *near;
	const struct opt *o;
	unsigned it = 0, n_known = 0;

	while ((o = args_walk(p->opts, &it)) && n_known < ARRAY_SIZE(known))
		if (o->name)
			known[n_known++] = o->name;
	near = args_nearest(name, n, known, n_known);
	return near ? tl_err_hint(err, N_("did you mean '--%s'?"), near) : err;
}

static struct tl_err *put_int(const char *word, const char *text, int64_t *ret)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (end == text || *end || errno)
		return tl_err_cause(
			tl_err_new(TL_E_USAGE, N_("option '%s' wants a whole number"), word),
			N_("'%s' is none"), text);
	*ret = v;
	return NULL;
}

static struct tl_err *put(struct place to, const char *word, const char *text)
{
	void *field = to.base + to.opt->offset;
	struct opt_list *list = field;

	switch (to.opt->type) {
	case OPT_T_FLAG:
		*(bool *)field = true;
		return NULL;
	case OPT_T_STR:
	case OPT_T_MAYBE:
		*(const char **)field = text;
		return NULL;
	case OPT_T_INT:
		return put_int(word, text, field);
	case OPT_T_LIST:
		if (list->n == OPT_LIST_MAX)
			return tl_err_new(TL_E_USAGE, N_("option '%s' was given too often"), word);
		list->v[list->n++] = text;
		return NULL;
	default:
		return NULL;
	}
}

/* The argument of an option: what is attached to it, else the next word. */
static struct tl_err *put_with_arg(struct parse *p, struct place to, const char *attached)
{
	const char *word = p->argv[p->at];

	if (to.opt->type == OPT_T_FLAG)
		return put(to, word, NULL);
	if (attached)
		return put(to, word, attached);
	if (to.opt->type == OPT_T_MAYBE)
		return put(to, word, "");
	if (p->at + 1 >= p->argc)
		return tl_err_new(TL_E_USAGE, N_("option '%s' wants an argument"), word);
	return put(to, word, p->argv[++p->at]);
}

static struct tl_err *parse_long(struct parse *p)
{
	const char *name = p->argv[p->at] + 2, *eq = strchr(name, '=');
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	struct place to;
	unsigned found = find_long(p->opts, p->base, name, n, true, &to);

	if (!found)
		found = n ? find_long(p->opts, p->base, name, n, false, &to) : 0;
	if (!found)
		return unknown(p, name, n);
	if (found > 1)
		return tl_err_new(TL_E_USAGE, N_("option '%s' is ambiguous"), p->argv[p->at]);
	if (eq && to.opt->type == OPT_T_FLAG)
		return tl_err_new(TL_E_USAGE, N_("option '%s' takes no argument"), p->argv[p->at]);
	return put_with_arg(p, to, eq ? eq + 1 : NULL);
}

/* "-ab" is -a -b; "-ofile" and "-o file" are the same. */
static struct tl_err *parse_letters(struct parse *p)
{
	for (const char *c = p->argv[p->at] + 1; *c; c++) {
		struct place to;

		if (!find_letter(p->opts, p->base, *c, &to))
			return unknown(p, c, 1);
		if (to.opt->type != OPT_T_FLAG)
			return put_with_arg(p, to, c[1] ? c + 1 : NULL);
		try(put(to, p->argv[p->at], NULL));
	}
	return NULL;
}

struct tl_err *args_parse(const struct opt *opts, void *base, int argc, char **argv,
			  bool stop_at_first_word, int *ret_n)
{
	struct parse p = {.opts = opts, .base = base, .argc = argc, .argv = argv};
	int words = 0;

	for (p.at = 1; p.at < argc; p.at++) {
		char *word = argv[p.at];

		if (!strcmp(word, "--")) {
			struct place dashes;

			if (find_long(opts, base, "", 0, true, &dashes))
				try(put(dashes, word, NULL));
			p.at++;
			break;
		}
		if (word[0] != '-' || !word[1]) {
			if (stop_at_first_word)
				break;
			argv[words++] = word;
			continue;
		}
		try(word[1] == '-' ? parse_long(&p) : parse_letters(&p));
	}
	while (p.at < argc)
		argv[words++] = argv[p.at++];
	*ret_n = words;
	return NULL;
}
