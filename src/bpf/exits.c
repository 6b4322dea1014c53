/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include "base/guard.h"
#include "bpf/exit.skel.h"
#include "bpf/exit_record.h"
#include "bpf/exits.h"
#include "bpf/refusal.h"

#define SIGNAL_GROUP_EXIT 4 /* include/linux/sched/signal.h, the same in every kernel with BTF */

struct exits {
	struct exit_bpf *skel;
	struct ring_buffer *ring;
	void (*each)(void *ctx, const struct exits_death *d);
	void *ctx;
};

/* As kernel/exit.c wait_task_zombie() decides. */
static int status_of(const struct exit_record *r)
{
	return r->signal_flags & SIGNAL_GROUP_EXIT ? r->group_exit_code : r->exit_code;
}

static int on_record(void *ctx, void *data, size_t n)
{
	struct exits *x = ctx;
	const struct exit_record *r = data;

	if (n >= sizeof(*r) && x->each)
		x->each(x->ctx, &(struct exits_death){.t = (tl_ns)r->t,
						      .tid = r->tid,
						      .tgid = r->tgid,
						      .status = status_of(r)});
	return 0;
}

static struct tl_err *load(struct exits *x)
{
	int rc;

	libbpf_set_print(NULL); /* the library prints nothing */
	x->skel = exit_bpf__open();
	if (!x->skel)
		return exits_refused(errno);
	rc = exit_bpf__load(x->skel);
	if (!rc)
		rc = exit_bpf__attach(x->skel);
	if (rc)
		return exits_refused(-rc);
	x->ring = ring_buffer__new(bpf_map__fd(x->skel->maps.deaths), on_record, x, NULL);
	return x->ring ? NULL : exits_refused(errno);
}

struct tl_err *exits_open(struct exits **ret)
{
	struct exits *x = calloc(1, sizeof(*x));
	struct tl_err *err;

	if (!x)
		return &tl_enomem;
	err = load(x);
	if (err)
		exits_close(x);
	else
		*ret = x;
	return err;
}

int exits_fd(const struct exits *x)
{
	return ring_buffer__epoll_fd(x->ring);
}

void exits_take(struct exits *x, void (*each)(void *ctx, const struct exits_death *d), void *ctx)
{
	x->each = each;
	x->ctx = ctx;
	ring_buffer__consume(x->ring);
	x->each = NULL;
}

uint64_t exits_lost(const struct exits *x)
{
	return x->skel->bss->lost;
}

void exits_close(struct exits *x)
{
	if (!x)
		return;
	if (x->ring)
		ring_buffer__free(x->ring);
	exit_bpf__destroy(x->skel);
	free(x);
}
