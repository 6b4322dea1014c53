/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the command peek. */
#ifndef CMD_PEEK_H
#define CMD_PEEK_H

#include "cmd/cmd.h"
#include "view/peek.h"

struct peek_opts {
	struct common common;
	bool tree, stack, watch, json, layout;
	const char *fields, *interval, *btf, *gdb, *kernel, *first, *at;
	int64_t stops, timeout;
};

/* The same, understood. */
struct peek_asked {
	unsigned field[PEEK_SHOWN]; /* as enum peek_shown goes on */
	unsigned n_fields;
	tl_pid pid[256];
	unsigned n_pids;
	double interval;
};

struct tl_err *peek_ask(const struct peek_opts *o, int n, char **words, struct peek_asked *a);
/* Into an array with room for all rows and all pids. */
struct tl_err *peek_choose(const struct tl_peek *p, const struct peek_asked *a,
			   const struct tl_peek_task **ret, size_t *ret_n);
struct tl_err *peek_show(const struct peek_opts *o, const struct peek_asked *a,
			 const struct view_peek *v, struct out *out);
struct tl_err *peek_layout(const struct peek_opts *o, const struct tl_peek_types *types,
			   struct out *out);
void peek_page(struct page *pg, struct out *o, const struct common *c);
/* Of a guest, through its gdb stub. */
struct tl_err *peek_gdb(const struct peek_opts *o, const struct peek_asked *a, struct out *out);
/* Look again and again, until the tasks asked for are gone or a signal comes. */
struct tl_err *peek_watch(const struct peek_opts *o, const struct peek_asked *a,
			  const struct view_peek *v, struct tl_peek_live *l, struct tl_peek *p,
			  struct out *out);

#endif
