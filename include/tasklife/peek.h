/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peek/: living task_structs, now. One sweep over all tasks of a kernel gives rows; whose child is
 * whose is worked out among the rows of one sweep, by pid and time of birth, so that a number used
 * again deceives nobody.
 *
 * The rows come from a BPF iterator (everything; root), from /proc (what it shows; anybody), or
 * from a kernel in the laboratory through QEMU's gdb stub.
 *
 * Law of this header: a struct tl_peek owns its rows until the next sweep; a struct tl_peek_types
 * its names until closed.
 */
#ifndef TASKLIFE_PEEK_H
#define TASKLIFE_PEEK_H

#include "err.h"
#include "facts.h"

#define TL_PEEK_NS    8  /* pid namespaces one in another that are told */
#define TL_PEEK_STACK 48 /* frames */

struct tl_peek_task {
	uint64_t addr; /* of its task_struct; 0 not known */
	uint64_t have[(TL_TASK_FIELDS + 63) / 64];
	uint64_t v[TL_TASK_FIELDS]; /* signed ones extended */
	char comm[17];
	char letter; /* of its state, where only that is known (/proc); 0 */
	unsigned n_ns;
	struct {
		uint32_t ns; /* inode number; 0 not known */
		tl_pid nr;
	} ns[TL_PEEK_NS]; /* outermost first */
	int n_stack; /* < 0: -errno; TL_PEEK_NO_STACK: not asked for */
	uint64_t stack[TL_PEEK_STACK];
};
#define TL_PEEK_NO_STACK (-4096)

static inline bool tl_peek_has(const struct tl_peek_task *t, enum tl_task_field f)
{
	return t->have[f / 64] >> f % 64 & 1;
}

static inline void tl_peek_set(struct tl_peek_task *t, enum tl_task_field f, uint64_t v)
{
	t->v[f] = v;
	t->have[f / 64] |= 1ull << f % 64;
}

static inline tl_pid tl_peek_pid(const struct tl_peek_task *t)
{
	return (tl_pid)t->v[TL_TASK_pid];
}

enum tl_peek_source { TL_PEEK_BPF, TL_PEEK_PROC, TL_PEEK_GDB };

struct tl_peek {
	enum tl_peek_source source;
	enum tl_arch arch;
	unsigned release;      /* TL_RELEASE() */
	char release_text[96]; /* "6.12.107+deb13-cloud-amd64" */
	struct tl_err *why;    /* BPF: why not, where /proc had to do; NULL */
	uint32_t own_ns;       /* the pid namespace whose numbers users type; 0 the first */
	bool with_stacks;
	tl_ns now;	       /* CLOCK_BOOTTIME of the sweep; TL_NS_NONE not known */
	struct tl_peek_task *task; /* by pid */
	size_t n, cap;
	/* sorted: leaders for tl_peek_children(), all for tl_peek_threads() */
	struct tl_peek_task **by_parent, **by_group;
	size_t n_leaders;
};

/* This machine: BPF, else /proc with p->why. */
struct tl_peek_live;
struct tl_err *tl_peek_open(bool with_stacks, struct tl_peek *p, struct tl_peek_live **ret);
struct tl_err *tl_peek_sweep(struct tl_peek_live *live, struct tl_peek *p);
void tl_peek_close(struct tl_peek_live *live);
/* The rows of a sweep, for when the next one is made; *ret, empty or kept before, is replaced. */
struct tl_err *tl_peek_keep(const struct tl_peek *p, struct tl_peek *ret);
void tl_peek_fini(struct tl_peek *p);

/* ---- among the rows of one sweep ---- */

/* By the number that our own pid namespace knows it by; NULL none. */
struct tl_peek_task *tl_peek_find(const struct tl_peek *p, tl_pid pid);
/* A task in a deeper pid namespace that has this number there; *ret_level which. NULL none. */
struct tl_peek_task *tl_peek_find_inside(const struct tl_peek *p, tl_pid pid, unsigned *ret_level);
/* Its relatives: `f` is TL_TASK_real_parent, TL_TASK_parent or TL_TASK_group_leader. NULL: gone, or
 * not visible from here. */
struct tl_peek_task *tl_peek_relative(const struct tl_peek *p, const struct tl_peek_task *t,
				      enum tl_task_field f);
/* The pid of that relative, whether it is there or not; TL_PID_NONE not known. */
tl_pid tl_peek_relative_pid(const struct tl_peek_task *t, enum tl_task_field f);
/* The letter of its state, as /proc and ps show it; '?' not known. */
char tl_peek_letter(const struct tl_peek_task *t);
/* Processes it made or adopted (leaders only), oldest first. */
struct tl_peek_task **tl_peek_children(const struct tl_peek *p, const struct tl_peek_task *t,
				       size_t *ret_n);
/* The threads of its process, itself among them, oldest first. */
struct tl_peek_task **tl_peek_threads(const struct tl_peek *p, const struct tl_peek_task *t,
				      size_t *ret_n);

/* ---- a guest in the laboratory ---- */

/* The files of the kernel that runs there. */
struct tl_peek_kernel {
	const char *types;   /* BTF, or a vmlinux */
	const char *map;     /* System.map, kallsyms, or a vmlinux */
	/* where its build-id stands: bytes of notes, or a vmlinux; NULL not known */
	const char *notes;
	const char *release; /* "6.12.107+deb13-cloud-amd64"; NULL not known */
	/* let it run to this function before anything is read; NULL: as it is */
	const char *first;
};

struct tl_peek_guest;
/*
 * where: "127.0.0.1:1234". The guest stands still until tl_peek_guest_close(), then runs on. An
 * image that is not what runs there is refused: by build-id where both are known, else by what the
 * kernel calls itself.
 */
struct tl_err *tl_peek_guest_open(const char *where, const struct tl_peek_kernel *k,
				  const volatile int *stop, struct tl_peek *p,
				  struct tl_peek_guest **ret);
void tl_peek_guest_close(struct tl_peek_guest *g);
const struct tl_peek_types *tl_peek_guest_types(const struct tl_peek_guest *g);
/* All its tasks: init_task, the lists that begin there, and the idle task of each CPU. */
struct tl_err *tl_peek_guest_sweep(struct tl_peek_guest *g, struct tl_peek *p);

/* Which task a CPU is executing, and how that was found. */
struct tl_peek_current {
	unsigned cpu;
	uint64_t pc, addr; /* addr: of the task_struct; 0 not found */
	bool in_user;
	const char *where; /* msgid: where this kernel keeps it */
	char detail[96];   /* "gs_base 0xffff88801f400000 + current_task 0x1fbc0" */
};
unsigned tl_peek_guest_cpus(const struct tl_peek_guest *g);
struct tl_err *tl_peek_guest_current(struct tl_peek_guest *g, unsigned cpu,
				     struct tl_peek_current *ret);
/* A row of its own for the task_struct at addr. */
struct tl_err *tl_peek_guest_task(struct tl_peek_guest *g, uint64_t addr, struct tl_peek_task *ret);
/* preempt_count where it belongs to the CPU and not to the task: x86. False elsewhere. */
bool tl_peek_guest_preempt_count(struct tl_peek_guest *g, unsigned cpu, uint64_t *ret);

/* Where to stop: a role of facts/functions.def by its id, whatever this kernel calls it, or a
 * function by its name. */
struct tl_err *tl_peek_guest_stop_at(struct tl_peek_guest *g, const char *name);
struct tl_peek_stop {
	const char *name; /* as it was given; NULL: it did not stop by itself */
	unsigned cpu;
	uint64_t first_argument;
};
/* On to the next stop; TL_E_NOT_THERE when the guest has ended. seconds 0: no limit. */
struct tl_err *tl_peek_guest_go(struct tl_peek_guest *g, double seconds, struct tl_peek_stop *ret);

/* ---- types ---- */

struct tl_peek_types;
/* BTF or a vmlinux; NULL: of the running kernel. */
struct tl_err *tl_peek_types_open(const char *path, struct tl_peek_types **ret);
void tl_peek_types_close(struct tl_peek_types *t);

struct tl_peek_place {
	char type[80];	 /* "unsigned int" */
	/* in the task_struct; of a field behind a pointer: where that pointer stands */
	uint32_t off;
	uint32_t size;
	bool behind;	 /* a pointer is followed */
};
/* Where this kernel has a field; false: it has none such. */
bool tl_peek_place_of(const struct tl_peek_types *t, enum tl_task_field f,
		      struct tl_peek_place *ret);

/* One line of a struct as the kernel lays it out. */
struct tl_peek_line {
	unsigned depth;
	const char *name;	/* "" of an unnamed struct or union; NULL: the end of one */
	char type[80];
	/* off counts from the outermost struct; a hole is a line with name NULL and size */
	uint32_t off, size;
	uint8_t bits;		/* of a bit field; 0 none */
	enum tl_task_field field; /* that is read here, or begins here; TL_TASK_FIELDS none */
	bool opens, closes;
};
typedef void tl_peek_line_fn(void *ctx, const struct tl_peek_line *l);
/* "task_struct" or "thread_info", as pahole would show it. *ret_size: of the whole. */
struct tl_err *tl_peek_layout(const struct tl_peek_types *t, const char *strct,
			      tl_peek_line_fn *line, void *ctx, uint32_t *ret_size);

#endif
