/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io_uring: threads of a process that it never asked for by clone.
 */
#include <dirent.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_enter 426
#endif

/* A thread of ours whose name begins so. */
static pid_t find_worker(const char *prefix, char *ret_comm)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	pid_t found = 0;

	while (d && !found && (e = readdir(d))) {
		char path[300];

		snprintf(path, sizeof(path), "/proc/self/task/%.200s/comm", e->d_name);
		if (zoo_read(path, ret_comm, 32) && !strncmp(ret_comm, prefix, strlen(prefix)))
			found = atoi(e->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

static bool wait_worker(struct zoo *z, const char *prefix)
{
	char comm[32] = "";

	for (int i = 0; i < 2000 && !z->sh->pid[0]; i++) {
		z->sh->pid[0] = find_worker(prefix, comm);
		zoo_ms(2);
	}
	memcpy(&z->sh->value[0], comm, sizeof(comm));
	return z->sh->pid[0] != 0;
}

/* Exit statuses: 70 no ring to be had, 71 no worker of ours seen (then it is a kernel thread). */
static int polls(struct zoo *z, void *arg)
{
	struct io_uring_params p = {.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 1000};

	if (syscall(SYS_io_uring_setup, 4, &p) < 0)
		return 70;
	return wait_worker(z, "iou-sqp") ? 0 : 71;
}

/* A read that may block and must not be tried here first: a worker takes it. */
static int gives_work(struct zoo *z, void *arg)
{
	struct io_uring_params p = {};
	static char byte;
	int io[2], fd = syscall(SYS_io_uring_setup, 4, &p);

	if (fd < 0)
		return 70;
	char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQ_RING);
	struct io_uring_sqe *sqe = mmap(NULL, p.sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
	if (sq == MAP_FAILED || (void *)sqe == MAP_FAILED || pipe(io))
		return 70;
	*sqe = (struct io_uring_sqe){.opcode = IORING_OP_READ, .flags = IOSQE_ASYNC, .fd = io[0],
				     .addr = (uintptr_t)&byte, .len = 1};
	*(uint32_t *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p.sq_off.tail), 1, __ATOMIC_SEQ_CST);
	if (syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 0) != 1)
		return 70;
	return wait_worker(z, "iou-wrk") ? 0 : 71;
}

static void ring(struct zoo *z, zoo_fn *body)
{
	if (zoo_try(z, body) == 70)
		zoo_skip(z, "this kernel gives us no io_uring");
	memset(z->sh->pid, 0, sizeof(z->sh->pid));
	pid_t c = zoo_child(z, "c", body, NULL);
	siginfo_t si;
	waitid(P_PID, c, &si, WEXITED | WNOWAIT);
	if (si.si_status == 71)
		zoo_skip(
			z,
			"here the worker is a kernel thread, not one of the process (before 5.12)");
	struct zoo_who was = zoo_who(z, c);
	zoo_end0(z, c);
	zoo_known_comm(z, z->sh->pid[0], (char *)&z->sh->value[0]);
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0], .birth = "io_worker", .creator = was,
				     .death = "worker_end", .autoreap = true});
}

static void iouring(struct zoo *z)
{
	ring(z, polls);
}

static void iouwrk(struct zoo *z)
{
	ring(z, gives_work);
}

const struct zoo_case zoo_uring[] = {
	{"iouring", iouring, 0, "an io_uring polling thread"},
	{"iouwrk", iouwrk, 0, "an io_uring worker"},
	{},
};
