/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options as data. A table row says the long name, the letter, what it takes and where it goes in
 * the command's own struct; parsing, -h, completion and the manual's check all walk the same table.
 *
 *	static const struct opt opts[] = {
 *		OPT_STR('o', "output", "FILE", N_("keep it in FILE"), struct run, output),
 *		OPT_FLAG(0, "all", N_("every task"), struct run, all),
 *		OPT_END,
 *	};
 */
#ifndef BASE_ARGS_H
#define BASE_ARGS_H

#include "tasklife/err.h"

enum opt_type {
	OPT_T_END,
	OPT_T_FLAG,  /* bool */
	OPT_T_STR,   /* const char * */
	OPT_T_INT,   /* int64_t */
	OPT_T_MAYBE, /* const char *: --name=value, or --name alone, which is "" */
	OPT_T_LIST,  /* struct opt_list: may be given more than once */
	OPT_T_TABLE, /* another table whose fields lie in the struct at this offset */
};

#define OPT_LIST_MAX 64
struct opt_list {
	const char *v[OPT_LIST_MAX];
	int n;
};

struct opt {
	enum opt_type type;
	char letter; /* 0: none */
	const char *name;
	const char *arg;  /* name of the argument as shown, NULL for flags */
	const char *help; /* msgid */
	size_t offset;
	const struct opt *table;
};

#define OPT_FLAG(l, n, h, T, f)	   {OPT_T_FLAG, l, n, NULL, h, offsetof(T, f), NULL}
#define OPT_STR(l, n, a, h, T, f)  {OPT_T_STR, l, n, a, h, offsetof(T, f), NULL}
#define OPT_INT(l, n, a, h, T, f)  {OPT_T_INT, l, n, a, h, offsetof(T, f), NULL}
#define OPT_MAYBE(n, a, h, T, f)   {OPT_T_MAYBE, 0, n, a, h, offsetof(T, f), NULL}
#define OPT_LIST(l, n, a, h, T, f) {OPT_T_LIST, l, n, a, h, offsetof(T, f), NULL}
#define OPT_TABLE(t, T, f)	   {OPT_T_TABLE, 0, NULL, NULL, NULL, offsetof(T, f), t}
/* Set by "--" itself, for who must know that what follows is a command. */
#define OPT_DASHES(h, T, f)	   {OPT_T_FLAG, 0, "", NULL, h, offsetof(T, f), NULL}
#define OPT_END			   {OPT_T_END, 0, NULL, NULL, NULL, 0, NULL}

/*
 * Parse argv[1..]. Options are written into base (a command's struct); what is left over is moved
 * to the front of argv and *ret_n says how many. "--" ends options; with stop_at_first_word the
 * first word that is no option ends them too (for `run CMD -x`). Long names may be shortened while
 * unambiguous; --name=value, --name value, -ovalue, -o value. Errors are TL_E_USAGE and name the
 * option, with the nearest known one as a hint.
 */
struct tl_err *args_parse(const struct opt *opts, void *base, int argc, char **argv,
			  bool stop_at_first_word, int *ret_n);

/* The known word nearest to a misspelt one, NULL when none is near: for hints. */
const char *args_nearest(const char *word, size_t n, const char *const *known, unsigned n_known);

/* Walk a table and its sub-tables in order; NULL at the end. `it` starts at 0. */
const struct opt *args_walk(const struct opt *opts, unsigned *it);

#endif
