/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terminals: keys, hangup, and the end of a session's leader. Each case has a pty of its own; only
 * the keeper holds its master.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
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
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t m = zoo_child(z, "m", holds_master, NULL);
	struct zoo_who was = zoo_who(z, m);

	zoo_end0(z, m);
	zoo_known(z, z->sh->pid[0], "c");
	zoo_end(z, z->sh->pid[0],
		(struct zoo_say){.creator = was,
				 .death = "signal",
				 .signal = SIGHUP,
				 .source = "tty.hangup",
				 .trigger = was,
				 .nobody = true});
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
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	struct pty p = pty_open(z);
	pid_t m = zoo_child(z, "m", leads_and_leaves, &p);
	struct zoo_who was = zoo_who(z, m);
	zoo_end0(z, m);
	zoo_known(z, z->sh->pid[0], "c");
	zoo_end(z, z->sh->pid[0],
		(struct zoo_say){.creator = was,
				 .death = "signal",
				 .signal = SIGHUP,
				 .source = "tty.session_end",
				 .trigger = was,
				 .nobody = true});
}

const struct zoo_case zoo_ttys[] = {
	{"ctrlc", ctrlc, 0, "Ctrl-C"},
	{"ctrlbs", ctrlbs, 0, "Ctrl-Backslash"},
	{"ttyhup", ttyhup, 0, "the terminal hangs up"},
	{"ttydie", ttydie, 0, "who holds the terminal's other end dies"},
	{"seshup", seshup, 0, "the session's leader ends"},
	{},
};
