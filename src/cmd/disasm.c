/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "base/guard.h"
#include "base/io.h"
#include "cmd/disasm.h"

/* One for the machine itself first; the others know one foreign machine each, llvm's all. */
static const char *const tools[] = {"objdump", "aarch64-linux-gnu-objdump",
				    "arm-linux-gnueabihf-objdump", "x86_64-linux-gnu-objdump",
				    "llvm-objdump"};

#define TEXT_MOST (1 << 20)

static bool run(const char *tool, const char *file, uint64_t from, uint64_t to, char **ret)
{
	char start[64], stop[64];
	char *argv[] = {(char *)tool, "-d", "--no-show-raw-insn", start, stop, (char *)file, NULL};
	posix_spawn_file_actions_t fa;
	int fd[2], status = -1, rc;
	extern char **environ;
	pid_t pid;

	snprintf(start, sizeof(start), "--start-address=0x%llx", (unsigned long long)from);
	snprintf(stop, sizeof(stop), "--stop-address=0x%llx", (unsigned long long)to);
	if (pipe2(fd, O_CLOEXEC))
		return false;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, fd[1], 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, tool, &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(fd[1]);
	if (!rc && io_read_all(fd[0], TEXT_MOST, ret) < 0)
		*ret = NULL;
	close(fd[0]);
	while (!rc && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return !rc && *ret && status == 0;
}

/* "ffffffff8109a0f2:\tcall   ffffffff8109a010 <do_group_exit>": lines whose first word is an
 * address and a colon. */
static bool is_instruction(const char *line, size_t n)
{
	size_t at = 0, digits;

	while (at < n && line[at] == ' ')
		at++;
	for (digits = at; at < n && strchr("0123456789abcdef", line[at]); at++)
		;
	return at > digits && at < n && line[at] == ':';
}

static bool keep_instructions(const char *text, struct out *ret)
{
	size_t before = ret->n;

	for (const char *p = text, *end; *p; p = *end ? end + 1 : end) {
		end = strchrnul(p, '\n');
		if (!is_instruction(p, (size_t)(end - p)))
			continue;
		for (const char *c = p; c < end; c++)
			out_char(ret, *c == '\t' ? ' ' : *c);
		out_char(ret, '\n');
	}
	return ret->n > before;
}

bool disasm(const char *vmlinux, uint64_t from, uint64_t to, struct out *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		auto_free char *text = NULL;

		if (run(tools[i], vmlinux, from, to, &text) && keep_instructions(text, ret))
			return true;
	}
	return false;
}
