/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names made to deceive parsers, terminals and other programs. Each subject is killed by k_CASE.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "zoo.h"

static int bears(struct zoo *z, void *arg)
{
	prctl(PR_SET_NAME, arg);
	zoo_step(z, z->sh->step + 1);
	return zoo_sleeps(z, NULL);
}

static void each(struct zoo *z, const char *const *names)
{
	for (int i = 0; names[i]; i++) {
		uint32_t now = z->sh->step;
		pid_t c = zoo_child(z, "c", bears, (void *)names[i]);

		zoo_until(z, now + 1);
		zoo_known_comm(z, c, names[i]);
		struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGKILL});
		zoo_end(z, c,
			(struct zoo_say){
				.death = "signal", .signal = 9, .source = "kill", .by = by});
	}
}

/* What a trace's own text looks like. */
static void weirdcomm(struct zoo *z)
{
	static const char *const names[] = {"a b",
					    "x-7 [001] d..",
					    "pid=1 res=0",
					    "==> next_pid=",
					    "<...>-0",
					    "",
					    " c_nl\nline2: x=",
					    "comm=a pid=7",
					    "[001]",
					    "-1",
					    ": ",
					    NULL};

	each(z, names);
}

/* What hurts those who show it. */
static void deceive(struct zoo *z)
{
	static const char *const names[] = {"\033[31mred\033[0m",
					    "\"},{\"a\":\"",
					    "<script>x",
					    "=1+1|cmd",
					    "'; --",
					    "a\tb\rc",
					    "%s%n%n",
					    "\xff\xfe\x80",
					    "\xed\x95\x9c\xea\xb8\x80",
					    "\xe2\x80\xae"
					    "exe.txt",
					    "\\x1b\\n",
					    "../../etc",
					    "$(id)`id`",
					    "\x7f\x01\x1f",
					    NULL};

	each(z, names);
}

const struct zoo_case zoo_names[] = {
	{"weirdcomm", weirdcomm, 0, "names that look like a trace"},
	{"deceive", deceive, 0, "names with escapes, tags, formulas, bytes that are no text"},
	{},
};
