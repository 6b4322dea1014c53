/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>
#include "base/out.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"

#define STEPS	 4096
#define PATIENCE 1000000000ll /* nobody minds waiting so long */
#define REDRAW	 100000000ll
#define BAR	 20

static tl_ns now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

void progress_begin(struct progress *p, bool wanted)
{
	const char *term = getenv("TERM");

	*p = (struct progress){.wanted = wanted && isatty(STDERR_FILENO) &&
					 !(term && !strcmp(term, "dumb")) && !say_is_json()};
	if (p->wanted)
		p->began = now_ns();
}

static void put_bar(struct out *o, double done)
{
	int full = (int)(done * BAR + 0.5);

	for (int i = 0; i < BAR; i++)
		out_str(o, i < full ? "\xe2\x94\x81" : "\xe2\x94\x84"); /* ━ ┄ */
	out_fmt(o, " %3d %%  ", (int)(done * 100));
}

static void draw(struct progress *p, const struct tl_events *events, uint64_t lives)
{
	const struct tl_trace_info *info = tl_events_info(events);
	double done = tl_events_progress(events);
	struct out line;

	out_init(&line, STDERR_FILENO);
	out_str(&line, "\r");
	if (done >= 0)
		put_bar(&line, done > 1 ? 1 : done);
	out_fmt(&line, _("%1$llu records, %2$llu lives"), (unsigned long long)info->records,
		(unsigned long long)lives);
	out_str(&line, "\033[K\r");
	out_flush(&line);
	out_fini(&line);
	p->shown = true;
}

void progress_step(struct progress *p, const struct tl_events *events, uint64_t lives)
{
	tl_ns now;

	if (!p->wanted || ++p->steps < STEPS)
		return;
	p->steps = 0;
	now = now_ns();
	if (now - p->began < PATIENCE || now - p->drawn < REDRAW)
		return;
	p->drawn = now;
	draw(p, events, lives);
}

void progress_end(struct progress *p)
{
	p->wanted = false;
	if (!p->shown)
		return;
	p->shown = false;
	if (write(STDERR_FILENO, "\r\033[K", 4) < 0)
		return;
}
