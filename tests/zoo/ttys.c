/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terminals: keys, hangup, jobs, and the end of a session's leader. Each case has a pty of its own;
 * only the keeper holds its master.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "zoo.h"

struct pty {
	int master;
	char slave[64];
};

static struct pty pty_open(struct zoo *z)
{
	struct pty p = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};

	if (p.master < 0 || grantpt(p.master) || unlockpt(p.master) ||
	    ptsname_r(p.master, p.slave, sizeof(p.slave)))
		zoo_skip(z, "no pseudo terminal to be had: %m");
	return p;
}

/* A session of its own on the slave; the fd is the new session's terminal. */
static int pty_enter(const struct pty *p)
{
	close(p->master);
	if (setsid() < 0)
		return -1;
	int fd = open(p->slave, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0))
		return -1;
	return fd;
}

static int sits_at_terminal(struct zoo *z, void *arg)
{
	if (pty_enter(arg) < 0)
		return 2;
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static void key_pressed(struct zoo *z, char key, int sig)
{
	struct pty p = pty_open(z);
	pid_t c = zoo_child(z, "c", sits_at_terminal, &p);

	zoo_until(z, 1);
	if (write(p.master, &key, 1) != 1)
		zoo_fail(z, "write to the pty: %m");
	zoo_end(z, c,
		(struct zoo_say){
			.death = "signal", .signal = sig, .source = "tty.key", .nobody = true});
	close(p.master);
}

static void ctrlc(struct zoo *z)
{
	key_pressed(z, 3, SIGINT);
}

static void ctrlbs(struct zoo *z)
{
	key_pressed(z, 0x1c, SIGQUIT);
}

static void ttyhup(struct zoo *z)
{
	struct pty p = pty_open(z);
	pid_t c = zoo_child(z, "c", sits_at_terminal, &p);

	zoo_until(z, 1);
	close(p.master);
	zoo_end(z, c, (struct zoo_say){.death = "signal", .signal = SIGHUP, .source = "tty.hangup",
				       .trigger = zoo_me(), .nobody = true});
}

/* The other end is held by it alone, and closed by its death. */
static int holds_master(struct zoo *z, void *arg)
{
	struct pty p = pty_open(z);

	z->sh->pid[0] = zoo_child(z, "c", sits_at_terminal, &p);
	zoo_until(z, 1);
	return 0;
}

static void ttydie(struct zoo *z)
{
	close(pty_open(z).master); /* where there is none the case is skipped, not its child */
	zoo_taken_along(z, holds_master, NULL, SIGHUP, "tty.hangup");
}

static int in_foreground(struct zoo *z, void *arg)
{
	signal(SIGHUP, SIG_DFL);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static int leads_and_leaves(struct zoo *z, void *arg)
{
	int fd = pty_enter(arg);

	if (fd < 0)
		return 2;
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN); /* its own end must stay an exit */
	pid_t c = zoo_child(z, "c", in_foreground, NULL);
	z->sh->pid[0] = c;
	zoo_until(z, 1);
	return setpgid(c, c) || tcsetpgrp(fd, c) ? 3 : 0;
}

static void seshup(struct zoo *z)
{
	struct pty p = pty_open(z);

	zoo_taken_along(z, leads_and_leaves, &p, SIGHUP, "tty.session_end");
}

static int reads_terminal(struct zoo *z, void *arg)
{
	char b;

	signal(SIGHUP, SIG_DFL);
	zoo_until(z, 1);
	return read(*(int *)arg, &b, 1) == 1;
}

static int shell_with_a_job(struct zoo *z, void *arg)
{
	int status, fd = pty_enter(arg);

	if (fd < 0)
		return 2;
	signal(SIGHUP, SIG_IGN);
	pid_t c = zoo_child(z, "c", reads_terminal, &fd);
	z->sh->pid[0] = c;
	setpgid(c, c);
	zoo_step(z, 1);
	if (waitpid(c, &status, WUNTRACED) != c || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != SIGTTIN)
		return 3;
	kill(-c, SIGTERM); /* waits while it is stopped */
	zoo_ms(20);
	kill(-c, SIGCONT);
	return waitpid(c, &status, 0) == c && WTERMSIG(status) == SIGTERM ? 0 : 4;
}

/* A background job wants to read; its shell ends it and lets it go on. */
static void ttyin(struct zoo *z)
{
	struct pty p = pty_open(z);
	struct zoo_who was = zoo_between(z, shell_with_a_job, &p);
	struct zoo_sig stop = {SIGTTIN, "tty.job", "queued"};

	zoo_tell_reaped(z, was,
			(struct zoo_say){.tid = z->sh->pid[0],
					 .death = "signal",
					 .signal = SIGTERM,
					 .source = "kill",
					 .by = was,
					 .also = &stop});
}

const struct zoo_case zoo_ttys[] = {
	{"ctrlc", ctrlc, 0, "Ctrl-C"},
	{"ctrlbs", ctrlbs, 0, "Ctrl-Backslash"},
	{"ttyhup", ttyhup, 0, "the terminal hangs up"},
	{"ttydie", ttydie, 0, "who holds the terminal's other end dies"},
	{"seshup", seshup, 0, "the session's leader ends"},
	{"ttyin", ttyin, 0, "a background job reads its terminal"},
	{},
};
