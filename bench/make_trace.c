/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace.dat of any size, for measuring readers: made with the recorder's own writer, read by
 * trace-cmd as well.
 *
 *	make-trace [-l LIVES] [-w SWITCHES] [-s] [-z] FILE
 *
 *	-l	lives: each is forked by a shell that waits, exits, is reaped and freed; 10 events
 *	-w	a scheduler-heavy part: so many switches between 64 living tasks per CPU, each with its wake-up
 *	-s	births, deaths and signals have call stacks
 *	-z	packed with zstd
 *
 * Two CPUs do the same. Pids are reused after 30 000, names are those of a shell's children.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/dat_write.h"

enum { PAGE = 4096, HEAD = 16, CPUS = 2, TASKS = 64, PIDS = 30000, BATCH = 256 };
enum { NEWTASK = 300, FORK, EXIT, FREE, WAIT, SIGNAL, SWITCH, WAKING, STACK = 4 };

struct entry {
	uint16_t type;
	uint8_t flags, preempt;
	int32_t pid;
};
struct newtask {
	struct entry e;
	int32_t pid;
	char comm[16];
	int32_t pad;
	uint64_t flags;
	int16_t oom, pad2[3];
};
struct forked {
	struct entry e;
	char parent[16];
	int32_t parent_pid;
	char child[16];
	int32_t child_pid;
};
struct named { /* exit, free, wait */
	struct entry e;
	char comm[16];
	int32_t pid, prio;
};
struct sent {
	struct entry e;
	int32_t sig, err, code;
	char comm[16];
	int32_t pid, group, result;
};
struct switched {
	struct entry e;
	char prev[16];
	int32_t prev_pid, prev_prio;
	int64_t state;
	char next[16];
	int32_t next_pid, next_prio;
};
struct waking {
	struct entry e;
	char comm[16];
	int32_t pid, prio, cpu;
};
struct stack {
	struct entry e;
	int32_t size, pad;
	uint64_t caller[8];
};

#define F(type, name, offset, size, sign) \
	"\tfield:" type " " name ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #sign ";\n"
#define FORMAT(name, id, fields, print)                                                            \
	{                                                                                          \
		"name: " name "\nID: " #id                                                         \
		"\nformat:\n" F("unsigned short", "common_type", 0, 2, 0)                          \
			F("unsigned char", "common_flags", 2, 1, 0)                                \
				F("unsigned char", "common_preempt_count", 3, 1, 0)                \
					F("int", "common_pid", 4, 4, 1) "\n" fields                \
									"\nprint fmt: " print      \
									"\n",                      \
			0                                                                          \
	}
#define NAMED F("char", "comm[16]", 8, 16, 0) F("pid_t", "pid", 24, 4, 1) F("int", "prio", 28, 4, 1)
#define NAMED_PRINT "\"comm=%s pid=%d prio=%d\", REC->comm, REC->pid, REC->prio"

static struct tl_str task_formats[] = {
	FORMAT("task_newtask", 300,
	       F("pid_t", "pid", 8, 4, 1) F("char", "comm[16]", 12, 16, 0)
		       F("unsigned long", "clone_flags", 32, 8, 0)
			       F("short", "oom_score_adj", 40, 2, 1),
	       "\"pid=%d comm=%s clone_flags=%lx oom_score_adj=%hd\", REC->pid, REC->comm, REC->clone_flags, "
	       "REC->oom_score_adj"),
};
static struct tl_str sched_formats[] = {
	FORMAT("sched_process_fork", 301,
	       F("char", "parent_comm[16]", 8, 16, 0) F("pid_t", "parent_pid", 24, 4, 1)
		       F("char", "child_comm[16]", 28, 16, 0) F("pid_t", "child_pid", 44, 4, 1),
	       "\"comm=%s pid=%d child_comm=%s child_pid=%d\", REC->parent_comm, REC->parent_pid, "
	       "REC->child_comm, REC->child_pid"),
	FORMAT("sched_process_exit", 302, NAMED, NAMED_PRINT),
	FORMAT("sched_process_free", 303, NAMED, NAMED_PRINT),
	FORMAT("sched_process_wait", 304, NAMED, NAMED_PRINT),
	FORMAT("sched_switch", 306,
	       F("char", "prev_comm[16]", 8, 16, 0) F("pid_t", "prev_pid", 24, 4, 1)
		       F("int", "prev_prio", 28, 4, 1) F("long", "prev_state", 32, 8,
							 1) F("char", "next_comm[16]", 40, 16, 0)
			       F("pid_t", "next_pid", 56, 4, 1) F("int", "next_prio", 60, 4, 1),
	       "\"prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d "
	       "next_prio=%d\", REC->prev_comm, REC->prev_pid, REC->prev_prio, (REC->prev_state & 0xff) ? "
	       "__print_flags(REC->prev_state & 0xff, \"|\", { 0x1, \"S\" }, { 0x2, \"D\" }, { 0x10, \"X\" }, "
	       "{ 0x20, \"Z\" }) : \"R\", REC->prev_state & 0x100 ? \"+\" : \"\", REC->next_comm, "
	       "REC->next_pid, REC->next_prio"),
	FORMAT("sched_waking", 307, NAMED F("int", "target_cpu", 32, 4, 1),
	       "\"comm=%s pid=%d prio=%d target_cpu=%03d\", REC->comm, REC->pid, REC->prio, REC->target_cpu"),
};
static struct tl_str signal_formats[] = {
	FORMAT("signal_generate", 305,
	       F("int", "sig", 8, 4, 1) F("int", "errno", 12, 4, 1) F("int", "code", 16, 4, 1)
		       F("char", "comm[16]", 20, 16, 0) F("pid_t", "pid", 36, 4, 1)
			       F("int", "group", 40, 4, 1) F("int", "result", 44, 4, 1),
	       "\"sig=%d errno=%d code=%d comm=%s pid=%d grp=%d res=%d\", REC->sig, REC->errno, REC->code, "
	       "REC->comm, REC->pid, REC->group, REC->result"),
};
static struct tl_str ftrace_formats[] = {
	FORMAT("kernel_stack", 4,
	       F("int", "size", 8, 4, 1) F("unsigned long", "caller[8]", 16, 64, 0),
	       "\"\\t=> %ps\\n\", (void *)REC->caller[0]"),
};
static struct tl_str header_page = {F("u64", "timestamp", 0, 8, 0) F("local_t", "commit", 8, 8, 1)
					    F("int", "overwrite", 8, 1, 1)
						    F("char", "data", 16, 4080, 0),
				    0};
static struct tl_str header_event = {"# compressed entry header\n\ttype_len    :    5 bits\n", 0};

/* The functions of the stacks, 0x100 bytes each from TEXT on. */
#define TEXT 0xffffffff81000000ull
static const char *const functions[] = {
	"_stext",
	"trace_event_raw_event_task_newtask",
	"copy_process",
	"kernel_clone",
	"__do_sys_clone",
	"do_syscall_64",
	"entry_SYSCALL_64_after_hwframe",
	"trace_event_raw_event_sched_process_template",
	"do_exit",
	"do_group_exit",
	"__x64_sys_exit_group",
	"x64_sys_call",
	"trace_event_raw_event_signal_generate",
	"__send_signal_locked",
	"do_notify_parent",
	"exit_notify",
	"_etext",
};
static const uint8_t birth[] = {1, 2, 3, 4, 5, 6, 0}, death[] = {7, 8, 9, 10, 11, 5, 6, 0},
		     notice[] = {12, 13, 14, 15, 8, 9, 10, 0};

struct cpu {
	int no, fd;
	uint64_t t, pages;
	char page[BATCH][PAGE];
	unsigned n; /* full pages of the batch */
	unsigned used;
	uint64_t last;
	bool stacks;
	int32_t shell, next_pid;
	char shell_comm[16];
};

static void flush(struct cpu *c)
{
	if (c->n && io_write_all(c->fd, c->page, (size_t)c->n * PAGE) < 0) {
		perror("make-trace");
		exit(1);
	}
	c->pages += c->n;
	c->n = 0;
}

static void page_end(struct cpu *c)
{
	uint64_t commit = c->used;

	memcpy(c->page[c->n] + 8, &commit, 8);
	if (++c->n == BATCH)
		flush(c);
	c->used = 0;
}

/* An entry 1 us after the one before. Times on the two CPUs never coincide. */
static void add(struct cpu *c, void *p, unsigned n)
{
	uint32_t word;

	if (c->used + 4 + n > PAGE - HEAD)
		page_end(c);
	if (!c->used) {
		memset(c->page[c->n], 0, PAGE);
		memcpy(c->page[c->n], &c->t, 8);
		c->last = c->t;
	}
	word = n / 4 | (uint32_t)(c->t - c->last) << 5;
	memcpy(c->page[c->n] + HEAD + c->used, &word, 4);
	memcpy(c->page[c->n] + HEAD + c->used + 4, p, n);
	c->used += 4 + n;
	c->last = c->t;
	c->t += 1000;
}

static void add_stack(struct cpu *c, int32_t owner, const uint8_t *path)
{
	struct stack s = {{STACK, 0, 0, owner}, 0, 0, {}};

	if (!c->stacks)
		return;
	for (; path[s.size]; s.size++)
		s.caller[s.size] = TEXT + path[s.size] * 0x100 + 0x42;
	add(c, &s, (unsigned)offsetof(struct stack, caller) + (unsigned)s.size * 8);
}

static void add_named(struct cpu *c, int type, int32_t owner, const char *comm, int32_t pid)
{
	struct named ev = {{(uint16_t)type, 0, 0, owner}, "", pid, 120};

	memcpy(ev.comm, comm, strlen(comm));
	add(c, &ev, sizeof(ev));
}

static void add_switch(struct cpu *c, const char *prev, int32_t from, int64_t state,
		       const char *next, int32_t to)
{
	struct switched ev = {{SWITCH, 0, 0, from}, "", from, 120, state, "", to, 120};

	memcpy(ev.prev, prev, strlen(prev));
	memcpy(ev.next, next, strlen(next));
	add(c, &ev, sizeof(ev));
}

static void add_waking(struct cpu *c, int32_t owner, const char *comm, int32_t pid)
{
	struct waking ev = {{WAKING, 0, 0, owner}, "", pid, 120, c->no};

	memcpy(ev.comm, comm, strlen(comm));
	add(c, &ev, sizeof(ev));
}

static void life(struct cpu *c)
{
	const char *sh = c->shell_comm;
	int32_t pid = c->next_pid;
	struct newtask born = {{NEWTASK, 0, 0, c->shell}, pid, "", 0, 0x1200000, 0, {}};
	struct forked fork = {{FORK, 0, 0, c->shell}, "", c->shell, "", pid};
	struct sent sent = {{SIGNAL, 0, 0, pid}, 17, 0, 1, "", c->shell, 1, 0};

	c->next_pid = pid + CPUS < 1000 + PIDS ? pid + CPUS : 1000 + c->no;
	memcpy(born.comm, sh, strlen(sh));
	memcpy(fork.parent, sh, strlen(sh));
	memcpy(fork.child, sh, strlen(sh));
	memcpy(sent.comm, sh, strlen(sh));
	add(c, &born, sizeof(born));
	add_stack(c, c->shell, birth);
	add(c, &fork, sizeof(fork));
	add_named(c, WAIT, c->shell, sh, 0);
	add_switch(c, sh, c->shell, 1, sh, pid);
	add_named(c, EXIT, pid, sh, pid);
	add_stack(c, pid, death);
	add(c, &sent, sizeof(sent));
	add_stack(c, pid, notice);
	add_waking(c, pid, sh, c->shell);
	add_switch(c, sh, pid, 0x20, sh, c->shell);
	add_named(c, FREE, c->shell, sh, pid);
}

/* One task wakes another, then sleeps; the other runs. */
static void turn(struct cpu *c, unsigned i)
{
	char prev[16], next[16];
	int32_t from = 40000 + c->no * TASKS + (int32_t)(i * 7 % TASKS),
		to = 40000 + c->no * TASKS + (int32_t)((i + 1) * 7 % TASKS);

	snprintf(prev, sizeof(prev), "worker/%d", from % 8);
	snprintf(next, sizeof(next), "worker/%d", to % 8);
	add_waking(c, from, next, to);
	add_switch(c, prev, from, 1, next, to);
}

static void length(struct tl_str *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i].n = strlen(s[i].p);
}

static struct tl_str symbols(char *room, size_t n)
{
	int at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		at += snprintf(room + at, n - (size_t)at, "%llx T %s\n", TEXT + i * 0x100,
			       functions[i]);
	return (struct tl_str){room, (size_t)at};
}

static int save(const char *path, struct cpu *cpu, bool pack)
{
	struct dat_system systems[] = {{"task", task_formats, ARRAY_SIZE(task_formats)},
				       {"sched", sched_formats, ARRAY_SIZE(sched_formats)},
				       {"signal", signal_formats, ARRAY_SIZE(signal_formats)}};
	static const char cmdlines[] = "900 shell\n901 shell\n";
	struct dat_pages pages[CPUS];
	struct dat_buffer buffer = {"", "mono", PAGE, pages, CPUS};
	char room[4096];
	struct dat_file f = {
		.pack = pack,
		.page_size = PAGE,
		.long_size = 8,
		.header_page = header_page,
		.header_event = header_event,
		.ftrace = ftrace_formats,
		.n_ftrace = 1,
		.system = systems,
		.n_systems = ARRAY_SIZE(systems),
		.cmdlines = {cmdlines, sizeof(cmdlines) - 1},
		.clock = "mono",
		.uname = "Linux bench 6.12.0 x86_64",
		.version = "make-trace",
		.trace_id = 1,
		.cpus = CPUS,
		.buffer = &buffer,
		.n_buffers = 1,
	};
	struct tl_err *err;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	for (int i = 0; i < CPUS; i++)
		pages[i] = (struct dat_pages){.cpu = i, .fd = cpu[i].fd, .n = cpu[i].pages * PAGE};
	if (cpu->stacks)
		f.kallsyms = symbols(room, sizeof(room));
	err = fd < 0 ? tl_err_new(TL_E_FAILED, "cannot open", NULL) : dat_write(&f, fd, path, NULL);
	if (err)
		fprintf(stderr, "make-trace: %s: %s\n", path, err->what);
	return err || close(fd);
}

int main(int argc, char **argv)
{
	static struct cpu cpu[CPUS];
	long lives = 0, switches = 0;
	bool stacks = false, pack = false;

	for (int o; (o = getopt(argc, argv, "l:w:sz")) != -1;) {
		switch (o) {
		case 'l': lives = atol(optarg); break;
		case 'w': switches = atol(optarg); break;
		case 's': stacks = true; break;
		case 'z': pack = true; break;
		default: return 2;
		}
	}
	if (optind != argc - 1)
		return 2;
	length(task_formats, ARRAY_SIZE(task_formats));
	length(sched_formats, ARRAY_SIZE(sched_formats));
	length(signal_formats, ARRAY_SIZE(signal_formats));
	length(ftrace_formats, ARRAY_SIZE(ftrace_formats));
	length(&header_page, 1);
	length(&header_event, 1);
	for (int i = 0; i < CPUS; i++) {
		struct cpu *c = &cpu[i];

		*c = (struct cpu){.no = i,
				  .fd = io_nameless_file(),
				  .t = 1000000000 + (uint64_t)i * 500,
				  .stacks = stacks,
				  .shell = 900 + i,
				  .next_pid = 1000 + i,
				  .shell_comm = "shell"};
		for (long n = 0; n < lives / CPUS; n++)
			life(c);
		for (long n = 0; n < switches / CPUS; n++)
			turn(c, (unsigned)n);
		page_end(c);
		flush(c);
	}
	return save(argv[optind], cpu, pack);
}
