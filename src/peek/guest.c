/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kernel in QEMU, from outside: its memory through the gdb stub, its types from its own BTF, its
 * addresses from its own symbols (the laboratory boots with nokaslr). The guest stands still, so
 * all rows are of one moment. Its memory is not to be trusted: lists may be torn or endless,
 * pointers may be anything.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "peek/guest.h"

#define LINE 1024
#define TASKS_MOST (1u << 18)
#define SETTLE_S 10
#define FIRST_S 180
#define STARTS_S 10

/* ---- memory ---- */

void guest_forget(struct tl_peek_guest *g)
{
	map_fini(&g->lines);
	map_init(&g->lines);
	arena_reset(&g->mem);
}

static struct tl_err *line_of(struct tl_peek_guest *g, uint64_t addr, const char **ret)
{
	char *line = map_get(&g->lines, addr + 1);

	if (!line) {
		line = arena_alloc(&g->mem, LINE);
		if (!line)
			return &tl_enomem;
		try(remote_read(g->remote, addr, line, LINE));
		if (!map_put(&g->lines, addr + 1, line))
			return &tl_enomem;
	}
	*ret = line;
	return NULL;
}

struct tl_err *guest_read(struct tl_peek_guest *g, uint64_t addr, void *to, size_t n)
{
	while (n) {
		uint64_t base = addr & ~(uint64_t)(LINE - 1);
		size_t off = addr - base, part = LINE - off < n ? LINE - off : n;
		const char *line;

		try(line_of(g, base, &line));
		memcpy(to, line + off, part);
		to = (char *)to + part;
		addr += part;
		n -= part;
	}
	return NULL;
}

struct tl_err *guest_pointer(struct tl_peek_guest *g, uint64_t addr, uint64_t *ret)
{
	uint64_t v = 0;

	try(guest_read(g, addr, &v, g->pointer));
	*ret = v;
	return NULL;
}

bool guest_is_kernel(const struct tl_peek_guest *g, uint64_t addr)
{
	return g->pointer == 8 ? addr >> 63 : addr >= 0x40000000 && addr <= UINT32_MAX;
}

bool guest_value(struct tl_peek_guest *g, const struct types_path *p, uint64_t base, uint64_t *ret)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < p->n_derefs; i++) {
		auto_err struct tl_err *err = guest_pointer(g, base + p->off[i], &base);

		if (err || !guest_is_kernel(g, base))
			return false;
	}
	size_t n = p->size < sizeof(v) ? p->size : sizeof(v);
	auto_err struct tl_err *err = guest_read(g, base + p->off[p->n_derefs], &v, n);
	if (err)
		return false;
	if (p->bits)
		v = v >> p->shift & (p->bits < 64 ? (1ull << p->bits) - 1 : UINT64_MAX);
	else if (p->is_signed && n < sizeof(v) && v >> (8 * n - 1) & 1)
		v |= UINT64_MAX << 8 * n;
	*ret = v;
	return true;
}

/* ---- a row ---- */

static void take_pids(struct tl_peek_guest *g, struct tl_peek_task *t)
{
	struct types_path pid, level, numbers, nr, ns, inum;
	const struct types *types = g->types->types;
	uint64_t at, depth, v, space;
	uint32_t size = types_sizeof(types, "upid");

	if (!types_path_of(types, "task_struct", "thread_pid", &pid) ||
	    !types_path_of(types, "pid", "level", &level) ||
	    !types_path_of(types, "upid", "nr", &nr) || !types_path_of(types, "upid", "ns", &ns) ||
	    !types_path_of(types, "pid_namespace", "ns.inum", &inum) ||
	    !guest_value(g, &pid, t->addr, &at) || !guest_is_kernel(g, at) ||
	    !guest_value(g, &level, at, &depth))
		return;
	/* since 6.5 an array of no length (b69f0aeb0689 "pid: Replace struct pid 1-element array
	 * with flex-array") */
	if (!types_path_of(types, "pid", "numbers[0]", &numbers)) {
		numbers.off[0] = types_sizeof(types, "pid");
		numbers.n_derefs = 0;
	}
	for (unsigned i = 0; i <= depth && i < TL_PEEK_NS; i++) {
		uint64_t u = at + numbers.off[0] + (uint64_t)i * size;

		if (!guest_value(g, &nr, u, &v) || !guest_value(g, &ns, u, &space))
			return;
		t->ns[i].nr = (tl_pid)v;
		t->ns[i].ns = guest_is_kernel(g, space) && guest_value(g, &inum, space, &v)
				      ? (uint32_t)v
				      : 0;
		t->n_ns = i + 1;
	}
}

struct tl_err *guest_task(struct tl_peek_guest *g, uint64_t addr, struct tl_peek_task *t)
{
	struct types_path comm;

	memset(t, 0, offsetof(struct tl_peek_task, stack));
	t->n_stack = TL_PEEK_NO_STACK;
	t->addr = addr;
	for (enum tl_task_field f = 0; f < TL_TASK_FIELDS; f++) {
		struct types_path p = g->types->path[f];
		uint64_t v;

		/* a sigset_t has 64 bits whatever a long has */
		if (tl_task_field_row_of(f)->form == TL_FORM_SIGSET)
			p.size = 8;
		if (g->types->have[f] && guest_value(g, &p, addr, &v))
			tl_peek_set(t, f, v);
	}
	if (!types_path_of(g->types->types, "task_struct", "comm", &comm) ||
	    comm.size > sizeof(t->comm))
		return tl_err_new(TL_E_INPUT,
				  N_("these types know no struct %s: they are not a kernel's"),
				  "task_struct");
	try(guest_read(g, addr + comm.off[0], t->comm, comm.size));
	t->comm[sizeof(t->comm) - 1] = 0;
	take_pids(g, t);
	return NULL;
}

struct tl_err *tl_peek_guest_task(struct tl_peek_guest *g, uint64_t addr, struct tl_peek_task *ret)
{
	return guest_task(g, addr, ret);
}

/* ---- all of them ---- */

/* Objects on a list, by the place of the list's knot in each; the head is a knot that is in no
 * object. */
struct list {
	uint64_t head, at;
	uint32_t knot;
	unsigned n;
};

static bool list_next(struct tl_peek_guest *g, struct list *l, uint64_t *ret)
{
	auto_err struct tl_err *err = guest_pointer(g, l->at, &l->at);

	if (err || l->at == l->head || !guest_is_kernel(g, l->at) || l->n++ > TASKS_MOST)
		return false;
	*ret = l->at - l->knot;
	return true;
}

static struct tl_err *add_task(struct tl_peek_guest *g, struct tl_peek *p, uint64_t addr)
{
	if (p->n > TASKS_MOST)
		return tl_err_new(TL_E_INPUT, N_("the guest's list of tasks does not end"), NULL);
	struct tl_peek_task *t = peek_add(p);
	return t ? guest_task(g, addr, t) : &tl_enomem;
}

/* The threads of a process: signal->thread_head, since 3.14 (0c740d0afc3b "introduce
 * for_each_thread()"). */
static struct tl_err *add_threads(struct tl_peek_guest *g, struct tl_peek *p, uint64_t leader)
{
	struct types_path signal, head, node;
	uint64_t sig, task;

	if (!types_path_of(g->types->types, "task_struct", "signal", &signal) ||
	    !types_path_of(g->types->types, "signal_struct", "thread_head", &head) ||
	    !types_path_of(g->types->types, "task_struct", "thread_node", &node) ||
	    !guest_value(g, &signal, leader, &sig) || !guest_is_kernel(g, sig))
		return add_task(g, p, leader);
	struct list l = {.head = sig + head.off[0], .at = sig + head.off[0], .knot = node.off[0]};
	size_t before = p->n;
	while (list_next(g, &l, &task))
		try(add_task(g, p, task));
	return p->n == before ? add_task(g, p, leader) : NULL;
}

/* The idle task of a CPU is on no list: its run queue knows it. */
static uint64_t idle_of(struct tl_peek_guest *g, unsigned cpu)
{
	struct types_path idle;
	uint64_t rq = guest_per_cpu(g, "runqueues", cpu), v;

	return rq && types_path_of(g->types->types, "rq", "idle", &idle) &&
			       guest_value(g, &idle, rq, &v) && guest_is_kernel(g, v)
		       ? v
		       : 0;
}

struct tl_err *tl_peek_guest_sweep(struct tl_peek_guest *g, struct tl_peek *p)
{
	struct types_path tasks;
	uint64_t leader;

	if (!types_path_of(g->types->types, "task_struct", "tasks", &tasks))
		return tl_err_new(TL_E_INPUT,
				  N_("these types know no struct %s: they are not a kernel's"),
				  "task_struct");
	p->n = 0;
	try(add_task(g, p, g->init_task));
	for (unsigned cpu = 1; cpu < remote_n_cpus(g->remote); cpu++)
		if (idle_of(g, cpu) && idle_of(g, cpu) != g->init_task)
			try(add_task(g, p, idle_of(g, cpu)));
	struct list l = {.head = g->init_task + tasks.off[0],
			 .at = g->init_task + tasks.off[0],
			 .knot = tasks.off[0]};
	while (list_next(g, &l, &leader))
		try(add_threads(g, p, leader));
	return peek_sort(p);
}

/* ---- is it this kernel? ---- */

static struct tl_err *not_this(struct tl_err *err)
{
	return tl_err_hint(
		err,
		N_("say which kernel the guest runs: --kernel ID, a directory of lab build, or a vmlinux"),
		NULL);
}

static struct tl_err *check_id(struct tl_peek_guest *g)
{
	uint64_t from = image_symbol(&g->image, "__start_notes"),
		 to = image_symbol(&g->image, "__stop_notes");
	auto_free char *notes = to > from && to - from < 65536 ? malloc(to - from) : NULL;
	uint8_t id[IMAGE_ID_MOST];

	if (!notes || !g->image.n_id)
		return NULL;
	auto_err struct tl_err *err = guest_read(g, from, notes, to - from);
	unsigned n = err ? 0 : image_build_id(notes, to - from, id);
	if (n == g->image.n_id && !memcmp(id, g->image.id, n))
		return NULL;
	return not_this(tl_err_cause(
		tl_err_new(TL_E_INPUT, N_("this is not the kernel that the guest runs"), NULL),
		n ? N_("its build-id is another")
		  : N_("there is no build-id where this kernel has it"),
		NULL));
}

/* "Linux version 6.12.107+deb13-cloud-amd64 (..." */
static struct tl_err *check_banner(struct tl_peek_guest *g, const char *release)
{
	static const char begin[] = "Linux version ";
	uint64_t at = image_symbol(&g->image, "linux_banner");
	size_t n = sizeof(begin) - 1, k = release ? strlen(release) : 0;

	auto_err struct tl_err *err =
		at ? guest_read(g, at, g->banner, sizeof(g->banner) - 1) : NULL;
	if (err || strncmp(g->banner, begin, n))
		return not_this(tl_err_cause(
			tl_err_new(TL_E_INPUT, N_("this is not the kernel that the guest runs"),
				   NULL),
			N_("it is not where this one would be, or has not been started yet"),
			NULL));
	memmove(g->banner, g->banner + n, sizeof(g->banner) - n);
	g->banner[strcspn(g->banner, " \n")] = 0;
	if (!k || !strcmp(g->banner, release))
		return NULL;
	return not_this(tl_err_cause(
		tl_err_new(TL_E_INPUT, N_("this is not the kernel that the guest runs"), NULL),
		N_("it calls itself %s"), g->banner));
}

/* Types of another kernel show themselves in the first task, whose name and number are known. */
static struct tl_err *check_types(struct tl_peek_guest *g)
{
	struct tl_peek_task t;
	auto_err struct tl_err *err = guest_task(g, g->init_task, &t);

	if (!err && !strncmp(t.comm, "swapper", 7) && tl_peek_pid(&t) == 0 &&
	    t.v[TL_TASK_flags] & 0x200000)
		return NULL;
	return tl_err_cause(
		tl_err_new(TL_E_INPUT,
			   N_("these types are not those of the kernel that the guest runs"), NULL),
		N_("init_task, read with them, is no swapper(0)"), NULL);
}

/* ---- to begin and to end ---- */

/*
 * Memory is read through the page tables of a CPU: in user space they may lack the kernel. Another
 * CPU then has them; where none has, the guest goes on to its next switch.
 */
static struct tl_err *find_eyes(struct tl_peek_guest *g)
{
	uint64_t banner = image_symbol(&g->image, "linux_banner");
	char some[16];

	for (unsigned cpu = 0; cpu < remote_n_cpus(g->remote); cpu++) {
		try(remote_select(g->remote, cpu));
		auto_err struct tl_err *err =
			remote_read(g->remote, banner ? banner : g->init_task, some, sizeof(some));
		if (!err)
			return NULL;
		if (err->code != TL_E_NOT_THERE)
			return take(err);
	}
	return remote_select(g->remote, 0);
}

static struct tl_err *settle(struct tl_peek_guest *g)
{
	uint64_t at = image_symbol(&g->image, "__schedule"),
		 banner = image_symbol(&g->image, "linux_banner");
	char some[16];
	unsigned cpu;

	try(find_eyes(g));
	auto_err struct tl_err *err =
		remote_read(g->remote, banner ? banner : g->init_task, some, sizeof(some));
	if (!err || !at)
		return NULL;
	try(remote_break(g->remote, at, true));
	auto_err struct tl_err *went = remote_go(g->remote, SETTLE_S, &cpu);
	tl_err_free(remote_break(g->remote, at, false));
	return went ? take(went) : find_eyes(g);
}

static struct tl_err *open_files(struct tl_peek_guest *g, const struct tl_peek_kernel *k)
{
	try(image_open(k->map, k->notes, &g->image));
	try(tl_peek_types_open(k->types, &g->types));
	g->pointer = types_pointer_size(g->types->types);
	g->init_task = image_symbol(&g->image, "init_task");
	/* which CPU: told by what its thread_struct holds */
	g->arch = g->pointer == 4                    ? TL_ARCH_ARM
		  : g->types->have[TL_TASK_arm64_pc] ? TL_ARCH_ARM64
						     : TL_ARCH_X86;
	return NULL;
}

/* A guest that waits for its first instruction (-S) has no memory to be read yet: its symbols say
 * where to. */
static struct tl_err *run_to(struct tl_peek_guest *g, const char *function)
{
	uint64_t at = image_symbol(&g->image, function);
	unsigned cpu = REMOTE_CPUS;

	if (!at)
		return tl_err_new(TL_E_NOT_THERE, N_("this kernel has no role or function '%s'"),
				  function);
	try(remote_break(g->remote, at, true));
	try(remote_go(g->remote, FIRST_S, &cpu));
	try(remote_break(g->remote, at, false));
	if (cpu == REMOTE_CPUS)
		return tl_err_new(TL_E_NOT_THERE, N_("the guest did not come to '%s'"), function);
	g->last_cpu = cpu;
	return remote_select(g->remote, cpu);
}

static struct tl_err *look(struct tl_peek_guest *g, const char *where,
			   const struct tl_peek_kernel *k)
{
	try(open_files(g, k));
	try(remote_open(where, k->first ? STARTS_S : 0, g->stop, &g->remote));
	if (k->first)
		try(run_to(g, k->first));
	try(settle(g));
	try(check_id(g));
	try(check_banner(g, k->release));
	return check_types(g);
}

struct tl_err *tl_peek_guest_open(const char *where, const struct tl_peek_kernel *k,
				  const volatile int *stop, struct tl_peek *p,
				  struct tl_peek_guest **ret)
{
	struct tl_peek_guest *g = calloc(1, sizeof(*g));

	if (!g)
		return &tl_enomem;
	map_init(&g->lines);
	arena_init(&g->mem);
	g->stop = stop;
	struct tl_err *err = look(g, where, k);
	if (err) {
		tl_peek_guest_close(g);
		return err;
	}
	*p = (struct tl_peek){.source = TL_PEEK_GDB,
			      .arch = g->arch,
			      .release = tl_release_of(g->banner),
			      .now = TL_NS_NONE};
	snprintf(p->release_text, sizeof(p->release_text), "%.95s", g->banner);
	*ret = g;
	return NULL;
}

void tl_peek_guest_close(struct tl_peek_guest *g)
{
	if (!g)
		return;
	for (unsigned i = 0; i < g->n_stops && !remote_has_ended(g->remote); i++)
		tl_err_free(remote_break(g->remote, g->stop_at[i].addr, false));
	remote_close(g->remote);
	tl_peek_types_close(g->types);
	image_fini(&g->image);
	map_fini(&g->lines);
	arena_fini(&g->mem);
	free(g);
}

const struct tl_peek_types *tl_peek_guest_types(const struct tl_peek_guest *g)
{
	return g->types;
}
