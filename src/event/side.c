/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Side facts of our own recorder: trace_marker lines "tasklife/1 <kind> key=value ...", values
 * percent-encoded. The form is described in src/record/side.md. Anybody may write into a
 * trace_marker; so a marker counts only by its full form, and what it says is used only where no
 * kernel record says it.
 */
#include <string.h>
#include "event/event.h"

static const char prefix[] = "tasklife/1 ";

static const struct {
	const char *name;
	enum tl_side kind;
} kinds[] = {
	{"root", TL_SIDE_ROOT}, {"exit", TL_SIDE_EXIT}, {"task", TL_SIDE_TASK},
	{"cmd", TL_SIDE_CMD},	{"cgroup", TL_SIDE_CGROUP}, {"waited", TL_SIDE_WAITED},
	{"mode", TL_SIDE_MODE}, {"sender", TL_SIDE_SENDER},
};

/* Cut the next blank-separated word off `s`. */
static struct tl_str word_of(struct tl_str *s)
{
	struct tl_str w;

	while (s->n && (*s->p == ' ' || *s->p == '\n'))
		s->p++, s->n--;
	w.p = s->p;
	for (w.n = 0; w.n < s->n && s->p[w.n] != ' ' && s->p[w.n] != '\n'; w.n++)
		;
	s->p += w.n;
	s->n -= w.n;
	return w;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const struct tl_atom *unescape(struct tl_events *evs, struct tl_str s)
{
	char buf[1024];
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < sizeof(buf); i++) {
		int hi = i + 2 < s.n ? hex(s.p[i + 1]) : -1,
		    lo = i + 2 < s.n ? hex(s.p[i + 2]) : -1;

		if (s.p[i] == '%' && hi >= 0 && lo >= 0) {
			buf[n++] = (char)(hi << 4 | lo);
			i += 2;
		} else {
			buf[n++] = s.p[i];
		}
	}
	return atom_of(&evs->atoms, buf, n);
}

static bool number(struct tl_str s, int64_t *ret)
{
	bool minus = s.n && *s.p == '-';
	int64_t v = 0;

	for (size_t i = minus; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || v > INT64_MAX / 10 - 10)
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*ret = minus ? -v : v;
	return s.n > minus;
}

static bool key_is(struct tl_str w, const char *key, struct tl_str *ret_value)
{
	size_t n = strlen(key);

	if (w.n <= n || memcmp(w.p, key, n) || w.p[n] != '=')
		return false;
	*ret_value = (struct tl_str){w.p + n + 1, w.n - n - 1};
	return true;
}

static const char *const rseq_name[] = {[TL_RSEQ_NONE] = "none",
					[TL_RSEQ_GOOD] = "good",
					[TL_RSEQ_BAD] = "bad",
					[TL_RSEQ_OTHER] = "other"};
static const char *const arch_name[] = {
	[TL_ARCH_X86] = "x86", [TL_ARCH_ARM64] = "arm64", [TL_ARCH_ARM] = "arm"};

/* 0: none of them. */
static uint8_t named(const char *const *name, uint8_t n, struct tl_str v)
{
	for (uint8_t i = 1; i < n; i++)
		if (v.n == strlen(name[i]) && !memcmp(v.p, name[i], v.n))
			return i;
	return 0;
}

static void put(struct tl_events *evs, struct tl_event *ev, struct tl_str w)
{
	struct tl_str v;
	int64_t i;

	if (key_is(w, "comm", &v))
		ev->u.side.comm = unescape(evs, v);
	else if (key_is(w, "text", &v))
		ev->u.side.text = unescape(evs, v);
	else if (key_is(w, "cgroup", &v))
		ev->u.side.cgroup = unescape(evs, v);
	else if (key_is(w, "target", &v) && number(v, &i))
		ev->u.side.target = (tl_pid)i;
	else if (key_is(w, "sig", &v) && number(v, &i))
		ev->u.side.sig = (int32_t)i;
	else if (key_is(w, "tid", &v) && number(v, &i))
		ev->u.side.tid = (tl_pid)i;
	else if (key_is(w, "tgid", &v) && number(v, &i))
		ev->u.side.tgid = (tl_pid)i;
	else if (key_is(w, "ppid", &v) && number(v, &i))
		ev->u.side.ppid = (tl_pid)i;
	else if (key_is(w, "status", &v) && number(v, &i))
		ev->u.side.status = (int32_t)i;
	else if (key_is(w, "kthread", &v) && number(v, &i))
		ev->u.side.kthread = i;
	else if (key_is(w, "t", &v) && number(v, &i))
		ev->u.side.t = i;
	else if (key_is(w, "call", &v))
		ev->u.side.call = (uint8_t)tl_call_named(v.p, v.n);
	else if (key_is(w, "calls", &v) && number(v, &i))
		ev->u.side.calls = i == 1;
	else if (key_is(w, "asks", &v) && number(v, &i))
		ev->u.side.asks = i == 1;
	else if (key_is(w, "reclaims", &v) && number(v, &i))
		ev->u.side.reclaims = i == 1;
	else if (key_is(w, "arch", &v))
		ev->u.side.arch = named(arch_name, TL_ARCH_ARM + 1, v);
	else if (key_is(w, "trap", &v) && number(v, &i))
		ev->u.side.trap = i >= 0 && i < INT8_MAX ? (int8_t)i : -1;
	else if (key_is(w, "rseq", &v))
		ev->u.side.rseq = named(rseq_name, TL_RSEQ_OTHER + 1, v);
	else if (key_is(w, "leads", &v) && number(v, &i))
		ev->u.side.leads = i == 1;
	else if (key_is(w, "limit", &v) && number(v, &i))
		ev->u.side.limit = i == 1;
	else if (key_is(w, "unwanted", &v) && number(v, &i))
		ev->u.side.unwanted = i == 1;
}

static bool kind_named(struct tl_str name, enum tl_side *ret)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (name.n != strlen(kinds[i].name) || memcmp(name.p, kinds[i].name, name.n))
			continue;
		*ret = kinds[i].kind;
		return true;
	}
	return false;
}

bool decode_side(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	struct tl_str s = rec->payload;

	if (s.n < sizeof(prefix) - 1 || memcmp(s.p, prefix, sizeof(prefix) - 1))
		return false;
	s.p += sizeof(prefix) - 1;
	s.n -= sizeof(prefix) - 1;
	ev->kind = TL_EV_SIDE;
	ev->u.side.tid = ev->u.side.tgid = ev->u.side.ppid = TL_PID_NONE;
	ev->u.side.target = TL_PID_NONE;
	ev->u.side.status = -1;
	ev->u.side.unwanted = ev->u.side.trap = ev->u.side.leads = ev->u.side.limit = -1;
	ev->u.side.t = TL_NS_NONE;
	if (!kind_named(word_of(&s), &ev->u.side.kind))
		return false;
	for (struct tl_str w = word_of(&s); w.n; w = word_of(&s))
		put(evs, ev, w);
	return true;
}
