/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the zoo says: one line of JSON, written at once.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "zoo.h"

struct line {
	char b[4096];
	size_t n;
	bool first;
};

static void put(struct line *l, const char *s)
{
	while (*s && l->n < sizeof(l->b) - 1)
		l->b[l->n++] = *s++;
}

/* How many bytes of valid UTF-8 stand at s; 0 for an invalid byte. */
static int utf8(const unsigned char *s)
{
	int n = s[0] < 0x80                   ? 1
		: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
					      : 0;

	for (int i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static void put_str(struct line *l, const char *s)
{
	char esc[8];

	put(l, "\"");
	for (const unsigned char *p = (const unsigned char *)s; *p;) {
		int n = utf8(p);

		if (!n) {
			put(l, "\\ufffd");
			p++;
			continue;
		}
		if (*p == '"' || *p == '\\')
			snprintf(esc, sizeof(esc), "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			snprintf(esc, sizeof(esc), "\\u%04x", *p);
		else
			snprintf(esc, sizeof(esc), "%.*s", n, (const char *)p);
		put(l, esc);
		p += n;
	}
	put(l, "\"");
}

static void key(struct line *l, const char *k)
{
	if (!l->first)
		put(l, ",");
	l->first = false;
	put(l, "\"");
	put(l, k);
	put(l, "\":");
}

static void key_str(struct line *l, const char *k, const char *s, const char *other)
{
	if (!s)
		return;
	key(l, k);
	if (other)
		put(l, "[");
	put_str(l, s);
	if (other) {
		put(l, ",");
		put_str(l, other);
		put(l, "]");
	}
}

static void key_int(struct line *l, const char *k, long v)
{
	char b[24];

	key(l, k);
	snprintf(b, sizeof(b), "%ld", v);
	put(l, b);
}

static void key_who(struct line *l, const char *k, struct zoo_who w)
{
	char b[40];

	if (!w.tid)
		return;
	key(l, k);
	snprintf(b, sizeof(b), "{\"tid\":%d", (int)w.tid);
	put(l, b);
	if (w.comm) {
		put(l, ",\"comm\":");
		put_str(l, w.comm);
	}
	put(l, "}");
}

static void key_reaper(struct line *l, struct zoo_who w, pid_t process)
{
	char b[64];

	if (!process || !w.tid) {
		key_who(l, "reaper", w);
		return;
	}
	key(l, "reaper");
	snprintf(b, sizeof(b), "[{\"tid\":%d},{\"process\":%d}]", (int)w.tid, (int)process);
	put(l, b);
}

static void send_line(struct zoo *z, struct line *l)
{
	put(l, "}\n");
	if (write(z->out, l->b, l->n) != (ssize_t)l->n)
		_exit(99);
}

static void begin_line(struct zoo *z, struct line *l)
{
	l->n = 0;
	l->first = true;
	put(l, "{");
	key_str(l, "case", z->name, NULL);
}

static void put_also(struct line *l, const struct zoo_sig *s)
{
	struct line in = {.first = true};

	if (!s)
		return;
	key(l, "signal_seen");
	put(&in, "{");
	key_int(&in, "sig", s->sig);
	key_str(&in, "source", s->source, NULL);
	key_str(&in, "result", s->result, NULL);
	key_who(&in, "from", s->from);
	put(&in, "}");
	in.b[in.n] = 0;
	put(l, in.b);
}

static void put_process(struct line *l, const struct zoo_say *s)
{
	struct line in = {.first = true};

	if (!s->process || !strcmp(s->process, "-"))
		return;
	key(l, "process");
	put(&in, "{");
	key_str(&in, "cause", s->process, NULL);
	if (s->process_signal)
		key_int(&in, "signal", s->process_signal);
	key_str(&in, "source", s->process_source,
		s->process_source == s->source ? s->or_source : NULL);
	if (s->process_exit)
		key_int(&in, "exit_code", s->process_exit - 1);
	put(&in, "}");
	in.b[in.n] = 0;
	put(l, in.b);
}

void zoo_tell(struct zoo *z, struct zoo_say s)
{
	struct line l;
	struct zoo_who w = zoo_who(z, s.tid);

	begin_line(z, &l);
	if (s.tid > 0)
		key_int(&l, "tid", s.tid);
	key_str(&l, "comm", s.comm ? s.comm : w.comm, s.or_comm);
	key_str(&l, "birth", s.birth, NULL);
	key_who(&l, "creator", s.creator);
	key_who(&l, "parent", s.parent);
	key_str(&l, "exec", s.exec, NULL);
	key_str(&l, "death", s.death, s.or_death);
	if (s.signal)
		key_int(&l, "signal", s.signal);
	key_str(&l, "source", s.source, s.or_source);
	key_who(&l, "by", s.by);
	if (s.nobody) {
		key(&l, "by");
		put(&l, "null");
	}
	key_who(&l, "trigger", s.trigger);
	if (s.exit)
		key_int(&l, "exit_code", s.exit - 1);
	if (s.core) {
		key(&l, "core_dumped");
		put(&l, "true");
	}
	if (s.process && !s.quiet && s.reaper.tid)
		key_str(&l, "notified",
			s.core             ? "CLD_DUMPED"
			: s.process_signal ? "CLD_KILLED"
					   : "CLD_EXITED",
			NULL);
	if (s.childless)
		key_int(&l, "children", 0);
	key_reaper(&l, s.reaper, s.or_process);
	if (s.autoreap) {
		key(&l, "auto");
		put(&l, "true");
	}
	put_process(&l, &s);
	put_also(&l, s.also);
	send_line(z, &l);
}

static void result(struct zoo *z, const char *word, const char *fmt, va_list ap)
{
	struct line l;
	char why[512];

	vsnprintf(why, sizeof(why), fmt, ap);
	begin_line(z, &l);
	key_str(&l, "result", word, NULL);
	key_str(&l, "why", why, NULL);
	send_line(z, &l);
}

void zoo_skip(struct zoo *z, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(z, "skipped", fmt, ap);
	va_end(ap);
	_exit(77);
}

void zoo_fail(struct zoo *z, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(z, "failed", fmt, ap);
	va_end(ap);
	_exit(1);
}
