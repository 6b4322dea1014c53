/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing. Pids are given one after the other; multiples of the golden ratio lay neighbours evenly apart. */
#include <stdlib.h>
#include "life/pids.h"

void pids_fini(struct pids *p)
{
	free(p->entry);
	*p = (struct pids){};
}

/* Where pid is, or the empty entry where it would go. cap must not be 0. */
static struct pid_entry *place_of(const struct pids *p, tl_pid pid)
{
	size_t i = (uint32_t)pid * 0x9e3779b1u >> p->shift;

	while (p->entry[i].pid && p->entry[i].pid != pid)
		i = (i + 1) & (p->cap - 1);
	return &p->entry[i];
}

struct pid_entry *pids_find(struct pids *p, tl_pid pid)
{
	struct pid_entry *e = p->cap && pid > 0 ? place_of(p, pid) : NULL;

	return e && e->pid ? p->last = e : NULL;
}

static bool grow(struct pids *p)
{
	struct pids bigger = {.cap = p->cap ? p->cap * 2 : 64, .n = p->n, .shift = p->cap ? p->shift - 1 : 32 - 6};

	bigger.entry = calloc(bigger.cap, sizeof(*bigger.entry));
	if (!bigger.entry)
		return false;
	pids_each (e, p)
		*place_of(&bigger, e->pid) = *e;
	free(p->entry);
	*p = bigger;
	return true;
}

struct pid_entry *pids_make(struct pids *p, tl_pid pid)
{
	struct pid_entry *e = pids_at(p, pid);

	if (e)
		return e;
	if (p->n * 4 >= p->cap * 3 && !grow(p))
		return NULL;
	e = place_of(p, pid);
	e->pid = pid;
	p->n++;
	return p->last = e;
}
