/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/guard.h"
#include "bpf/exit.skel.h"
#include "bpf/exit_record.h"
#include "bpf/exits.h"
#include "bpf/refusal.h"

#define SIGNAL_GROUP_EXIT 4 /* include/linux/sched/signal.h, the same in every kernel with BTF */

struct exits {
	struct exit_bpf *skel;
	struct ring_buffer *ring;
	const struct exits_ear *ear; /* during exits_take() */
	bool has_execs, prompt, may_miss;
};

#if defined(__x86_64__)
#define ARCH_HERE TL_ARCH_X86
#elif defined(__aarch64__)
#define ARCH_HERE TL_ARCH_ARM64
#else
#define ARCH_HERE TL_ARCH_UNKNOWN /* without type information nothing is asked */
#endif

static enum tl_call call_of(const struct call_record *r)
{
	return tl_call_numbered(ARCH_HERE, r->compat, r->nr);
}

/* As kernel/exit.c wait_task_zombie() decides. */
static int status_of(const struct exit_record *r)
{
	return r->signal_flags & SIGNAL_GROUP_EXIT ? r->group_exit_code : r->exit_code;
}

static int on_death(void *ctx, void *data, size_t n)
{
	const struct exits *x = ctx;
	const struct exit_record *r = data;

	if (n >= sizeof(*r) && x->ear)
		x->ear->died(x->ear->ctx, &(struct exits_death){.t = (tl_ns)r->t,
								.cpu = (int)r->cpu,
								.tid = r->tid,
								.tgid = r->tgid,
								.status = status_of(r),
								.call = call_of(&r->call),
								.unwanted = r->unwanted,
								.comm = r->comm});
	return 0;
}

static int on_exec(void *ctx, void *data, size_t n)
{
	const struct exits *x = ctx;
	const struct exec_record *r = data;

	if (n >= sizeof(*r) && x->ear && r->n && r->n <= sizeof(r->text))
		x->ear->execed(x->ear->ctx, &(struct exits_exec){.t = (tl_ns)r->t,
								.cpu = (int)r->cpu,
								.tid = r->tid,
								.args = r->text,
								.n = r->n});
	return 0;
}

static const char *area_name(__u8 area)
{
	static const char *const name[] = {[AREA_NONE] = "none",
					   [AREA_GOOD] = "good",
					   [AREA_BAD] = "bad",
					   [AREA_OTHER] = "other"};

	return area < ARRAY_SIZE(name) ? name[area] : NULL;
}

static int on_signal(void *ctx, void *data, size_t n)
{
	const struct exits *x = ctx;
	const struct signal_record *r = data;

	if (n >= sizeof(*r) && x->ear && r->n <= sizeof(r->text))
		x->ear->sent(x->ear->ctx, &(struct exits_signal){.t = (tl_ns)r->t,
								 .cpu = (int)r->cpu,
								 .tid = r->tid,
								 .target = r->target,
								 .sig = r->sig,
								 .call = call_of(&r->call),
								 .trap = r->trap,
								 .rseq = area_name(r->rseq),
								 .leads = r->leads,
								 .limit = r->limit,
								 .cgroup = r->cgroup,
								 .args = r->text,
								 .n = r->n});
	return 0;
}

/* exit.bpf.c on_exit_missed */
static bool may_miss(void)
{
	struct utsname u;
	unsigned release = uname(&u) ? 0 : tl_release_of(u.release);

	return !release || release >= TL_RELEASE(7, 0);
}

static void tell_programs(struct exit_bpf *skel, const struct exits *x)
{
	skel->rodata->prompt = x->prompt;
	skel->rodata->may_miss = x->may_miss;
#if defined(__x86_64__) || defined(__aarch64__)
	skel->rodata->page_size = (__u32)sysconf(_SC_PAGESIZE);
#endif
}

/* Exit codes matter more: a kernel that takes only their program still gives them. */
static int load_programs(struct exits *x, bool with_execs, bool with_signals)
{
	int rc;

	x->skel = exit_bpf__open();
	if (!x->skel)
		return -errno;
	tell_programs(x->skel, x);
	bpf_program__set_autoload(x->skel->progs.on_exit_missed, x->may_miss);
	bpf_program__set_autoload(x->skel->progs.on_exec, with_execs);
	bpf_program__set_autoload(x->skel->progs.on_signal, with_signals);
	rc = exit_bpf__load(x->skel);
	if (rc) {
		exit_bpf__destroy(x->skel);
		x->skel = NULL;
	}
	return rc;
}

static struct tl_err *load(struct exits *x)
{
	int rc;

	libbpf_set_print(NULL); /* the library prints nothing */
	rc = load_programs(x, true, true);
	if (rc && rc != -EPERM)
		rc = load_programs(x, true, false);
	x->has_execs = !rc;
	if (rc && rc != -EPERM && rc != -EACCES)
		rc = load_programs(x, false, false);
	if (rc)
		return exits_refused(-rc);
	/* taken in this order: who execs and dies between two looks gets its arguments first */
	x->ring = ring_buffer__new(bpf_map__fd(x->skel->maps.execs), on_exec, x, NULL);
	if (!x->ring ||
	    ring_buffer__add(x->ring, bpf_map__fd(x->skel->maps.signals), on_signal, x) ||
	    ring_buffer__add(x->ring, bpf_map__fd(x->skel->maps.deaths), on_death, x))
		return exits_refused(errno);
	return NULL;
}

struct tl_err *exits_open(bool prompt, struct exits **ret)
{
	struct exits *x;
	struct tl_err *err;

	/* 6.1.192, ARM: the interpreter (there is no JIT for it) stores through NULL at the first
	 * death, and the kernel oopses */
	if (sizeof(void *) < sizeof(uint64_t) && exits_btf())
		return exits_refused(EOVERFLOW);
	x = calloc(1, sizeof(*x));
	if (!x)
		return &tl_enomem;
	x->prompt = prompt;
	x->may_miss = may_miss();
	err = load(x);
	if (err)
		exits_close(x);
	else
		*ret = x;
	return err;
}

struct tl_err *exits_start(struct exits *x)
{
	int rc = exit_bpf__attach(x->skel);

	return rc ? exits_refused(-rc) : NULL;
}

int exits_fd(const struct exits *x)
{
	return ring_buffer__epoll_fd(x->ring);
}

void exits_take(struct exits *x, const struct exits_ear *ear)
{
	x->ear = ear;
	ring_buffer__consume(x->ring);
	x->ear = NULL;
}

bool exits_has_execs(const struct exits *x)
{
	return x->has_execs;
}

static uint64_t misses(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {};
	__u32 n = sizeof(info);

	return bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &n) ? 0 : info.recursion_misses;
}

/* A death is untold only when the kernel left out all programs there are. */
uint64_t exits_lost(const struct exits *x)
{
	uint64_t one = misses(x->skel->progs.on_exit),
		 other = x->may_miss ? misses(x->skel->progs.on_exit_missed) : one;

	return x->skel->bss->lost + (one < other ? one : other);
}

void exits_close(struct exits *x)
{
	if (!x)
		return;
	if (x->ring)
		ring_buffer__free(x->ring);
	if (x->skel)
		exit_bpf__destroy(x->skel);
	free(x);
}
