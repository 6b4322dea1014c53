/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the laboratory is about, while one waits: what is fetched, unpacked, booted. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "cmd/lab_verbs.h"

/* A terminal sees one line that changes; a file sees each thing once. */
void lab_show_progress(void *arg, const char *what, const char *subject, int percent)
{
	struct lab_progress *p = arg;
	char now[sizeof(p->last)];
	struct out o;

	snprintf(now, sizeof(now), "%s %s", what, subject ? subject : "");
	if (!p->tty && !strcmp(now, p->last))
		return;
	memcpy(p->last, now, sizeof(now));
	out_init(&o, -1);
	if (p->tty)
		out_str(&o, "\r\033[K");
	out_str(&o, "tasklife: ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	out_fmt(&o, _(what), subject ? subject : "");
#pragma GCC diagnostic pop
	if (percent >= 0 && p->tty)
		out_fmt(&o, " %d%%", percent);
	if (!p->tty)
		out_char(&o, '\n');
	io_write_all(STDERR_FILENO, o.buf, o.n);
	out_fini(&o);
	p->open = p->tty;
}

void lab_end_progress(struct lab *lab)
{
	struct lab_progress *p = lab->note_arg;

	if (p->open)
		io_write_all(STDERR_FILENO, "\r\033[K", 4);
	p->open = false;
}
