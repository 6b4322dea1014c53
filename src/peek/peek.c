/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's tasks, by the best means it permits. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include "base/guard.h"
#include "bpf/tasks.h"
#include "peek/peek.h"

_Static_assert(TASK_SLOTS == (int)TL_TASK_FIELDS, "rows of one table");
_Static_assert(sizeof(((struct task_row *)0)->have) == sizeof(((struct tl_peek_task *)0)->have),
	       "a bit per row");

struct tl_peek_live {
	struct tasks *tasks; /* NULL: /proc */
	struct tl_peek *into;
	bool failed;
};

struct tl_peek_task *peek_add(struct tl_peek *p)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 256;
		struct tl_peek_task *task = realloc(p->task, cap * sizeof(*task));

		if (!task)
			return NULL;
		p->task = task;
		p->cap = cap;
	}
	struct tl_peek_task *t = &p->task[p->n++];
	memset(t, 0, offsetof(struct tl_peek_task, stack));
	t->n_stack = TL_PEEK_NO_STACK;
	return t;
}

static void take_namespaces(struct tl_peek_task *t, const struct task_row *r)
{
	for (; t->n_ns < TASK_NS_MOST && t->n_ns < TL_PEEK_NS && r->ns[t->n_ns]; t->n_ns++) {
		t->ns[t->n_ns].ns = r->ns[t->n_ns];
		t->ns[t->n_ns].nr = r->nr[t->n_ns];
	}
}

static bool take_row(void *ctx, const struct task_row *r)
{
	struct tl_peek_live *live = ctx;
	struct tl_peek_task *t = peek_add(live->into);

	if (!t) {
		live->failed = true;
		return false;
	}
	t->addr = r->addr;
	memcpy(t->have, r->have, sizeof(t->have));
	memcpy(t->v, r->v, sizeof(t->v));
	memcpy(t->comm, r->comm, sizeof(r->comm));
	take_namespaces(t, r);
	if (live->into->with_stacks) {
		t->n_stack = r->n_stack > TL_PEEK_STACK ? TL_PEEK_STACK : r->n_stack;
		if (t->n_stack > 0)
			memcpy(t->stack, r->stack, t->n_stack * sizeof(t->stack[0]));
	}
	return true;
}

static enum tl_arch arch_of(const char *machine)
{
	static const struct {
		const char *name;
		enum tl_arch arch;
	} known[] = {{"x86_64", TL_ARCH_X86}, {"aarch64", TL_ARCH_ARM64}, {"armv", TL_ARCH_ARM}};

	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		if (!strncmp(machine, known[i].name, strlen(known[i].name)))
			return known[i].arch;
	return TL_ARCH_UNKNOWN;
}

struct tl_err *tl_peek_open(bool with_stacks, struct tl_peek *p, struct tl_peek_live **ret)
{
	struct tl_peek_live *live = calloc(1, sizeof(*live));
	struct utsname u;
	struct stat ns;

	if (!live)
		return &tl_enomem;
	*p = (struct tl_peek){.with_stacks = with_stacks};
	if (!uname(&u)) {
		p->arch = arch_of(u.machine);
		p->release = tl_release_of(u.release);
		snprintf(p->release_text, sizeof(p->release_text), "%.95s", u.release);
	}
	if (!stat("/proc/self/ns/pid", &ns))
		p->own_ns = ns.st_ino;
	p->why = tasks_open(with_stacks, &live->tasks);
	p->source = p->why ? TL_PEEK_PROC : TL_PEEK_BPF;
	*ret = live;
	return NULL;
}

struct tl_err *tl_peek_sweep(struct tl_peek_live *live, struct tl_peek *p)
{
	struct timespec now;

	p->n = 0;
	live->into = p;
	live->failed = false;
	clock_gettime(CLOCK_BOOTTIME, &now);
	p->now = now.tv_sec * 1000000000ll + now.tv_nsec;
	if (live->tasks)
		try(tasks_sweep(live->tasks, take_row, live));
	else
		try(peek_proc_sweep(p));
	return live->failed ? &tl_enomem : peek_sort(p);
}

static struct tl_peek_task **like(const struct tl_peek *p, struct tl_peek_task **sorted, size_t n,
				  struct tl_peek_task *task)
{
	struct tl_peek_task **ret = malloc((n + !n) * sizeof(*ret));

	for (size_t i = 0; ret && i < n; i++)
		ret[i] = task + (sorted[i] - p->task);
	return ret;
}

struct tl_err *tl_peek_keep(const struct tl_peek *p, struct tl_peek *ret)
{
	size_t n = p->n;

	tl_peek_fini(ret);
	*ret = *p;
	ret->why = NULL;
	ret->cap = n;
	ret->task = malloc((n + !n) * sizeof(*p->task));
	ret->by_parent = ret->task ? like(p, p->by_parent, p->n_leaders, ret->task) : NULL;
	ret->by_group = ret->task ? like(p, p->by_group, n, ret->task) : NULL;
	if (!ret->by_parent || !ret->by_group)
		return &tl_enomem;
	memcpy(ret->task, p->task, n * sizeof(*p->task));
	return NULL;
}

void tl_peek_close(struct tl_peek_live *live)
{
	if (!live)
		return;
	tasks_close(live->tasks);
	free(live);
}

void tl_peek_fini(struct tl_peek *p)
{
	tl_err_free(p->why);
	free(p->task);
	free(p->by_parent);
	free(p->by_group);
	*p = (struct tl_peek){};
}
