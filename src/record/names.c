/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include "base/map.h"
#include "base/out.h"
#include "record/census.h"
#include "record/names.h"

#define DEAD_MOST 32768

void names_died(struct names *n, tl_pid tid, const char *comm)
{
	struct name *name = NULL;

	if (n->dead.n < DEAD_MOST)
		name = vec_push(&n->dead);
	if (!name && n->dead.n) {
		name = &n->dead.v[n->next];
		n->next = (n->next + 1) % n->dead.n;
	}
	if (!name)
		return;
	name->tid = tid;
	snprintf(name->comm, sizeof(name->comm), "%s", comm);
}

/* ---- as text ---- */

struct listing {
	struct out to; /* memory */
	struct map seen; /* by pid */
};

/* A name that would break its line is left out. */
static void list(struct listing *l, long tid, const char *comm, size_t n)
{
	if (!n || memchr(comm, '\n', n) || map_get(&l->seen, (uint64_t)tid))
		return;
	if (map_put(&l->seen, (uint64_t)tid, l))
		out_fmt(&l->to, "%ld %.*s\n", tid, (int)n, comm);
}

static void list_living(void *ctx, const struct census_task *t)
{
	list(ctx, t->tid, t->comm.p, t->comm.n);
}

char *names_text(const struct names *n, size_t *ret_n)
{
	struct listing l = {};
	char *text;

	out_init(&l.to, -1);
	map_init(&l.seen);
	census_each(list_living, &l);
	for (size_t i = n->dead.n; i-- > 0;) {
		const struct name *name = &n->dead.v[(n->next + i) % n->dead.n];

		list(&l, name->tid, name->comm, strlen(name->comm));
	}
	map_fini(&l.seen);
	text = l.to.os ? NULL : strndup(l.to.buf ? l.to.buf : "", l.to.n);
	*ret_n = l.to.n;
	out_fini(&l.to);
	return text;
}

void names_fini(struct names *n)
{
	vec_fini(&n->dead);
}
