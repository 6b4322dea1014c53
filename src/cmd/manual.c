/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page stands where it was built (doc/man/LANG beside the program) or installed (share/man). man
 * is given the file, so that it shows the page of this program and not of another one that MANPATH
 * knows; and a locale in UTF-8, without which it would show Korean as question marks. A verb told
 * on a page with others has that page under its own name too.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "cmd/manual.h"

static const char *const places[] = {
	"%1$s/doc/man/%2$s/tasklife-%3$s.1",
	"%1$s/../share/man/%2$s/man1/tasklife-%3$s.1",
	"%1$s/../share/man/%2$s/man1/tasklife-%3$s.1.gz",
	"%1$s/../share/man/man1/tasklife-%3$s.1", /* English has no folder of its own there */
	"%1$s/../share/man/man1/tasklife-%3$s.1.gz",
};

static bool find_page(const char *verb, char *page, size_t n)
{
	const char *lang = tongue_now() == TONGUE_KO ? "ko" : "en";
	char exe[PATH_MAX], *slash;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return false;
	exe[len] = 0;
	slash = strrchr(exe, '/');
	if (!slash)
		return false;
	*slash = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* of the table above */
		int made = snprintf(page, n, places[i], exe, lang, verb);
#pragma GCC diagnostic pop

		if (made > 0 && (size_t)made < n && !access(page, R_OK))
			return true;
	}
	return false;
}

/* What man has to say against it is not for the reader, who gets the page in another way. */
static void become_man(const char *page)
{
	int null = open("/dev/null", O_WRONLY);
	const char *charset = getenv("LC_ALL");

	if (!charset || !strstr(charset, "UTF-8"))
		setenv("LC_ALL", "C.UTF-8", 1);
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	execlp("man", "man", "-l", page, (char *)NULL);
	_exit(127);
}

bool manual_open(const char *verb)
{
	char page[PATH_MAX * 2];
	int status = -1;
	pid_t pid;

	if (!find_page(verb, page, sizeof(page)))
		return false;
	fflush(stdout);
	pid = fork();
	if (!pid)
		become_man(page);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		;
	/* a pager that was quit, or a pipe that was closed, is an answer too */
	return pid > 0 && (status == 0 || WIFSIGNALED(status) ||
			   (WIFEXITED(status) && WEXITSTATUS(status) == 4));
}
