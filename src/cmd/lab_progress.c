/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the laboratory is about, while one waits: what is fetched, unpacked, booted. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/text.h"
#include "cmd/lab_verbs.h"

static void end_progress(struct lab_progress *p)
{
	if (p->open)
		io_write_all(STDERR_FILENO, "\r\033[K", 4);
	p->open = false;
}

/* A line that wrapped could not be taken back. */
static void cut_to_width(struct out *o, int width)
{
	while (o->n && text_width(o->buf, o->n) >= width)
		for (o->n--; o->n && (o->buf[o->n] & 0xc0) == 0x80;)
			o->n--;
}

/* A terminal sees one line that changes; a file sees each thing once. */
void lab_show_progress(void *arg, const char *what, const char *subject, int percent)
{
	struct lab_progress *p = arg;
	char now[sizeof(p->last)];
	struct out o;

	if (!what) {
		end_progress(p);
		return;
	}
	snprintf(now, sizeof(now), "%s %s", what, subject ? subject : "");
	if (!p->tty && (percent == LAB_SOON_OVER || !strcmp(now, p->last)))
		return;
	memcpy(p->last, now, sizeof(now));
	out_init(&o, -1);
	out_str(&o, "tasklife: ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	out_fmt(&o, _(what), subject ? subject : "");
#pragma GCC diagnostic pop
	if (percent >= 0 && p->tty)
		out_fmt(&o, " %d%%", percent);
	if (p->tty) {
		cut_to_width(&o, width_of(STDERR_FILENO, 80));
		io_write_all(STDERR_FILENO, "\r\033[K", 4);
	} else {
		out_char(&o, '\n');
	}
	io_write_all(STDERR_FILENO, o.buf, o.n);
	out_fini(&o);
	p->open = p->tty;
}

void lab_end_progress(struct lab *lab)
{
	end_progress(lab->note_arg);
}
