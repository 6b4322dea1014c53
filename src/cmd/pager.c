/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decision is made when the first bytes leave an out: by then either all of a short answer is
 * in its buffer, or so much that no screen holds it.
 *
 * While a pager has the terminal the keys that interrupt are for it: tasklife ignores them, and
 * ends when it can write no more (EPIPE).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/pager.h"

extern char **environ;

static const int keys[] = {SIGINT, SIGQUIT, SIGPIPE};

static const char *pager_command(void)
{
	static const char *const from[] = {"TASKLIFE_PAGER", "PAGER"};
	const char *cmd = "less", *term = getenv("TERM");

	for (size_t i = ARRAY_SIZE(from); i-- > 0;)
		cmd = getenv(from[i]) ? getenv(from[i]) : cmd;
	if (!*cmd || !strcmp(cmd, "cat") || (term && !strcmp(term, "dumb")))
		return NULL;
	return cmd;
}

/* Lines a terminal of this width makes of it; sequences for colour take no room. */
static int lines_of(const char *s, size_t n, int width, int enough)
{
	int lines = 0;

	while (n && lines < enough) {
		const char *end = memchr(s, '\n', n);
		size_t len = end ? (size_t)(end - s) : n;
		int cells = 0;

		for (size_t i = 0; i < len; i++) {
			if (s[i] == '\033')
				while (i < len && s[i] != 'm')
					i++;
			else
				cells += ((unsigned char)s[i] & 0xc0) != 0x80;
		}
		lines += 1 + (width > 0 && cells ? (cells - 1) / width : 0);
		s += len + (end != NULL);
		n -= len + (end != NULL);
	}
	return lines;
}

static bool fits_screen(const struct out *o)
{
	struct winsize ws = {};

	if (ioctl(o->fd, TIOCGWINSZ, &ws) || !ws.ws_row)
		ws = (struct winsize){.ws_row = 24, .ws_col = 80};
	return lines_of(o->buf, o->n, ws.ws_col, ws.ws_row) < ws.ws_row;
}

/* A plain word is run as it is, so that a missing program is noticed before anything is written to
 * it. */
static int spawn(const char *cmd, const posix_spawn_file_actions_t *files,
		 const posix_spawnattr_t *attr, pid_t *ret)
{
	char *plain[] = {(char *)cmd, NULL}, *shell[] = {"sh", "-c", (char *)cmd, NULL};
	bool simple = !strpbrk(cmd, "|&;<>()$`\\\"' \t\n*?[#~=%");

	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	setenv("LESSCHARSET", "utf-8", 0);
	return posix_spawnp(ret, simple ? plain[0] : shell[0], files, attr, simple ? plain : shell,
			    environ);
}

static int start(const char *cmd, int from, int to, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t own;
	int os;

	sigemptyset(&own);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		sigaddset(&own, keys[i]);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, from, STDIN_FILENO);
	posix_spawn_file_actions_addclose(&files, to);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &own);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	os = spawn(cmd, &files, &attr, ret);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return os;
}

void pager_begin(struct pager *p, struct out *o)
{
	const char *cmd = isatty(o->fd) ? pager_command() : NULL;
	int ends[2];

	if (!cmd || fits_screen(o) || pipe2(ends, O_CLOEXEC))
		return;
	if (start(cmd, ends[0], ends[1], &p->pid)) {
		p->pid = 0; /* none to be had: then without */
		close(ends[1]);
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			signal(keys[i], SIG_IGN);
		p->fd = o->fd = ends[1];
	}
	close(ends[0]);
}

void pager_end(struct pager *p)
{
	int status = 0;

	if (!p->pid)
		return;
	close(p->fd);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		signal(keys[i], SIG_DFL);
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 127 || WEXITSTATUS(status) == 126))
		say_warn(N_("the pager could not be run: %s"), pager_command());
	p->pid = 0;
}
