/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The iterator is opened anew for each sweep and read like a file: rows stand in it one after the
 * other, whole, but a read may end inside one.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "bpf/exits.h"
#include "bpf/refusal.h"
#include "bpf/task.skel.h"
#include "bpf/tasks.h"

struct tasks {
	struct task_bpf *skel;
	struct bpf_link *link;
	size_t row_size;
};

static int load(struct tasks *t, bool with_stacks)
{
	int rc;

	libbpf_set_print(NULL); /* the library prints nothing */
	t->row_size = with_stacks ? sizeof(struct task_row) : TASK_ROW_SHORT;
	t->skel = task_bpf__open();
	if (!t->skel)
		return errno;
	t->skel->bss->with_stack = with_stacks;
	rc = task_bpf__load(t->skel);
	if (rc)
		return -rc;
	t->link = bpf_program__attach_iter(t->skel->progs.on_task, NULL);
	return t->link ? 0 : errno;
}

struct tl_err *tasks_open(bool with_stacks, struct tasks **ret)
{
	struct tasks *t;
	int os;

	/* ARM 6.1.192 refuses it; one that takes it may crash in it, as it does in the other
	 * program (exits.c) */
	if (sizeof(void *) < sizeof(uint64_t) && exits_btf())
		return tasks_refused(EOVERFLOW);
	t = calloc(1, sizeof(*t));
	if (!t)
		return &tl_enomem;
	os = load(t, with_stacks);
	if (os) {
		tasks_close(t);
		return tasks_refused(os);
	}
	*ret = t;
	return NULL;
}

/* Whole rows of buf are told; what is left of the last one moves to the front. False: enough. */
static bool tell(struct tasks *t, char *buf, size_t *n, tasks_row_fn *row, void *ctx)
{
	size_t at = 0;
	bool more = true;

	for (; more && *n - at >= t->row_size; at += t->row_size)
		more = row(ctx, (const struct task_row *)(buf + at));
	memmove(buf, buf + at, *n - at);
	*n -= at;
	return more;
}

struct tl_err *tasks_sweep(struct tasks *t, tasks_row_fn *row, void *ctx)
{
	auto_close int fd = bpf_iter_create(bpf_link__fd(t->link));
	_Alignas(struct task_row) char buf[65536];
	size_t n = 0;

	if (fd < 0)
		return tasks_refused(errno);
	for (;;) {
		ssize_t got = read(fd, buf + n, sizeof(buf) - n);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return tasks_refused(errno);
		n += got;
		if (!got || !tell(t, buf, &n, row, ctx))
			return NULL;
	}
}

void tasks_close(struct tasks *t)
{
	if (!t)
		return;
	bpf_link__destroy(t->link);
	task_bpf__destroy(t->skel);
	free(t);
}
