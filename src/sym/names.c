/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "What is it called here?" asked of a list of functions, wherever the list came from.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "sym/names.h"

/* ---- reading ---- */

struct words {
	struct tl_str v[4];
	unsigned n; /* 5: more than a list's line has */
};

static struct words split(const char *p, const char *end)
{
	struct words w = {};

	while (p < end) {
		const char *from;

		while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		from = p;
		while (p < end && *p != ' ' && *p != '\t' && *p != '\r')
			p++;
		if (p == from)
			break;
		if (w.n == ARRAY_SIZE(w.v)) {
			w.n++;
			break;
		}
		w.v[w.n++] = (struct tl_str){from, (size_t)(p - from)};
	}
	return w;
}

static bool is_address(struct tl_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr("0123456789abcdefABCDEFx", s.p[i]))
			return false;
	return s.n >= 8 && s.n <= 18;
}

/* As a linker allows it, compiler suffixes and ".L" included. */
static bool is_name(struct tl_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] == '_' || s.p[i] == '.' || s.p[i] == '$' ||
		      (s.p[i] >= '0' && s.p[i] <= '9') ||
		      ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z')))
			return false;
	return s.n > 0 && !(s.p[0] >= '0' && s.p[0] <= '9');
}

static bool is_module(struct tl_str s)
{
	return s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';
}

/* The name in a line of a list; n 0: a symbol that is no function, or (*strange) no line of a list
 * at all. */
static struct tl_str name_in(struct words *w, bool *symbols, bool *strange)
{
	unsigned n = w->n && is_module(w->v[w->n > 4 ? 3 : w->n - 1]) ? w->n - 1 : w->n;
	bool symbol = n == 3 && is_address(w->v[0]) && w->v[1].n == 1,
	     addressed = n == 2 && is_address(w->v[0]);
	struct tl_str name = {};

	*strange = !symbol && !addressed && n != 1;
	if (*strange)
		return name;
	name = w->v[n - 1];
	*symbols |= symbol;
	if (symbol && !strchr("tTwW", w->v[1].p[0]))
		return (struct tl_str){};
	*strange = !is_name(name);
	return *strange || name.p[0] == '$' || name.p[0] == '.' ? (struct tl_str){} : name;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct sym_names *names)
{
	size_t kept = 0;

	if (names->name.n)
		vec_sort(&names->name, by_text);
	for (size_t i = 0; i < names->name.n; i++) {
		if (kept && !strcmp(names->name.v[kept - 1], names->name.v[i]))
			free(names->name.v[i]);
		else
			names->name.v[kept++] = names->name.v[i];
	}
	names->name.n = kept;
}

/* Roles are asked for again and again, and are the dearest to find out. */
static bool know_roles(struct sym_names *names)
{
	names->role = calloc(names->name.n, sizeof(*names->role));
	for (size_t i = 0; names->role && i < names->name.n; i++)
		names->role[i] = (uint16_t)tl_role_of(names->name.v[i], strlen(names->name.v[i]));
	return names->role;
}

static struct tl_err *read_lines(const char *text, size_t n, struct sym_names *ret,
				 size_t *ret_strange)
{
	const char *end = text + n;
	bool symbols = false;

	for (const char *p = text; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct words w = split(p, nl ? nl : end);
		bool strange = false;
		struct tl_str name = w.n ? name_in(&w, &symbols, &strange) : (struct tl_str){};

		*ret_strange += strange;
		if (name.n) {
			char *copy = strndup(name.p, name.n),
			     **slot = copy ? vec_push(&ret->name) : NULL;

			if (!slot) {
				free(copy);
				return &tl_enomem;
			}
			*slot = copy;
		}
		p = nl ? nl + 1 : end;
	}
	ret->kind = symbols ? SYM_LIST_SYMBOLS : SYM_LIST_TRACEABLE;
	return NULL;
}

struct tl_err *sym_names_read(const char *text, size_t n, const char *what, struct sym_names *ret)
{
	size_t strange = 0;
	struct tl_err *err;

	*ret = (struct sym_names){};
	err = read_lines(text, n, ret, &strange);
	if (!err && (!ret->name.n || strange > ret->name.n)) {
		err = tl_err_new(TL_E_INPUT, N_("'%s' is no list of kernel functions"), what);
		err = tl_err_hint(
			err,
			N_("a kernel's available_filter_functions, System.map or /proc/kallsyms is wanted"),
			NULL);
	}
	if (!err) {
		sort(ret);
		err = know_roles(ret) ? NULL : &tl_enomem;
	}
	if (err)
		sym_names_fini(ret);
	return err;
}

void sym_names_fini(struct sym_names *names)
{
	for (size_t i = 0; i < names->name.n; i++)
		free(names->name.v[i]);
	vec_fini(&names->name);
	free(names->role);
	names->role = NULL;
}

/* ---- asking ---- */

void sym_found_fini(struct sym_found *found)
{
	vec_fini(&found->name);
}

static bool add(struct sym_found *found, const char *name)
{
	const char **slot;

	for (size_t i = 0; i < found->name.n; i++)
		if (found->name.v[i] == name)
			return true;
	slot = vec_push(&found->name);
	if (slot)
		*slot = name;
	return slot;
}

/* The first name not before `name`. */
static size_t lower(const struct sym_names *names, const char *name, size_t n)
{
	size_t lo = 0, hi = names->name.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strncmp(names->name.v[mid], name, n) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool sym_names_has(const struct sym_names *names, const char *name)
{
	return names->name.n &&
	       bsearch(&name, names->name.v, names->name.n, sizeof(*names->name.v), by_text);
}

/* Code moved out of line by the compiler: no entry, so nothing to trace */
static bool is_piece(const char *name)
{
	return strstr(name, ".cold") || strstr(name, ".localalias");
}

bool sym_names_glob(const struct sym_names *names, const char *glob, struct sym_found *ret)
{
	for (size_t i = 0; i < names->name.n; i++)
		if (!fnmatch(glob, names->name.v[i], 0) && !is_piece(names->name.v[i]))
			add(ret, names->name.v[i]);
	return ret->name.n;
}

bool sym_names_of_base(const struct sym_names *names, const char *base, size_t n,
		       struct sym_found *ret)
{
	for (size_t i = lower(names, base, n);
	     i < names->name.n && !strncmp(names->name.v[i], base, n); i++) {
		const char *at = names->name.v[i];

		if (tl_function_base(at, strlen(at)) == n && !is_piece(at))
			add(ret, at);
	}
	return ret->name.n;
}

bool sym_names_of_role(const struct sym_names *names, enum tl_role role, struct sym_found *ret)
{
	for (size_t i = 0; i < names->name.n; i++)
		if (names->role[i] == role && !is_piece(names->name.v[i]))
			add(ret, names->name.v[i]);
	return ret->name.n;
}

bool sym_names_lead(const struct sym_names *names, enum tl_role role, struct sym_found *ret)
{
	unsigned n;
	const struct tl_function_row *row = tl_role_rows(role, &n);

	for (unsigned i = 0; i < n; i++)
		if (!strchr(row[i].name, '*') &&
		    sym_names_of_base(names, row[i].name, strlen(row[i].name), ret))
			return true;
	return sym_names_of_role(names, role, ret);
}

bool sym_names_of_syscall(const struct sym_names *names, const char *name, struct sym_found *ret)
{
	size_t n = tl_function_base(name, strlen(name)), at = tl_syscall_part(name, n);

	for (size_t i = 0; at && i < names->name.n; i++) {
		const char *other = names->name.v[i];
		size_t other_n = tl_function_base(other, strlen(other)),
		       other_at = tl_syscall_part(other, other_n);

		if (other_at && other_n - other_at == n - at &&
		    !memcmp(other + other_at, name + at, n - at) && !is_piece(other))
			add(ret, other);
	}
	return ret->name.n;
}
