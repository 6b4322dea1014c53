/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What both versions of trace.dat tell besides events: how records look, which task had which name,
 * where functions lie, clock, kernel, buffers. A part that is missing or damaged costs what it
 * would have told and is warned of; only without event formats is a recording unreadable.
 */
#include <stdlib.h>
#include "read/tracedat.h"
#include "tasklife/sym.h"

enum { PID_MAX = 1 << 22, CPUS_MAX = 1 << 14 };

void td_warn(struct tracedat *td, const char *msgid)
{
	source_warn(td->src, msgid);
}

void td_header_pages(struct tracedat *td, struct cursor *c)
{
	struct tl_str magic = cursor_span(c, 12);

	if (c->bad || memcmp(magic.p, "header_page", 12))
		goto bad;
	td->header_page = cursor_span(c, cursor_u64(c));
	magic = cursor_span(c, 13);
	if (c->bad || memcmp(magic.p, "header_event", 13))
		goto bad;
	td->header_event = cursor_span(c, cursor_u64(c));
	if (!c->bad)
		return;
bad:
	c->bad = true;
	td_warn(td, N_("the recording does not describe its pages; the usual layout is assumed"));
}

static struct tl_err *add_format(struct tracedat *td, struct tl_str system, struct tl_str text)
{
	struct tl_str name;
	struct td_event *ev;
	uint32_t id;

	if (!text.n || !format_head(text, &name, &id) || id > UINT16_MAX)
		return NULL;
	ev = vec_push(&td->event);
	if (!ev)
		return &tl_enomem;
	*ev = (struct td_event){.name = name, .system = system, .text = text, .id = id};
	return NULL;
}

static struct tl_err *formats(struct tracedat *td, struct cursor *c, struct tl_str system)
{
	uint32_t n = cursor_u32(c);

	for (; n && !c->bad; n--)
		try(add_format(td, system, cursor_span(c, cursor_u64(c))));
	if (c->bad)
		td_warn(td, N_("some event formats of the recording are damaged"));
	return NULL;
}

struct tl_err *td_ftrace_formats(struct tracedat *td, struct cursor *c)
{
	return formats(td, c, (struct tl_str){"ftrace", 6});
}

struct tl_err *td_event_formats(struct tracedat *td, struct cursor *c)
{
	uint32_t n = cursor_u32(c);

	for (; n && !c->bad; n--) {
		struct tl_str system = cursor_string(c);

		try(formats(td, c, system));
	}
	return NULL;
}

/* "local [global] counter ...": the one in brackets. */
static char *clock_of(struct tl_str s)
{
	const char *from = s.n ? memchr(s.p, '[', s.n) : NULL, *to;

	if (!from)
		return NULL;
	s.n -= (size_t)(++from - s.p);
	to = memchr(from, ']', s.n);
	return to && to > from ? strndup(from, (size_t)(to - from)) : NULL;
}

static void set_clock(struct tracedat *td, struct tl_str s)
{
	char *clock = clock_of(s);

	if (clock) {
		free(td->clock);
		td->clock = clock;
	}
}

/* "Linux host 6.18.44 x86_64": sysname nodename release machine, of uname(2); a nodename has no
 * blank. */
static void set_uname(struct tracedat *td, struct tl_str s)
{
	static const struct {
		const char *machine;
		enum tl_arch arch;
	} known[] = {
		{"x86_64", TL_ARCH_X86}, {"i686", TL_ARCH_X86},	    {"i586", TL_ARCH_X86},
		{"i386", TL_ARCH_X86},	 {"aarch64", TL_ARCH_ARM64}, {"armv", TL_ARCH_ARM},
	};
	struct tl_str word[4] = {};
	unsigned n = 0;

	s.n = strnlen(s.p, s.n);
	for (size_t i = 0; i < s.n && n < 4; i++) {
		if (!word[n].p)
			word[n].p = s.p + i;
		if (s.p[i] == ' ')
			n++;
		else
			word[n].n++;
	}
	if (!word[3].n)
		return;
	free(td->kernel);
	td->kernel = strndup(word[2].p, word[2].n);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (word[3].n >= strlen(known[i].machine) &&
		    !memcmp(word[3].p, known[i].machine, strlen(known[i].machine)))
			td->src->info.arch = known[i].arch;
}

static void set_cpus(struct tracedat *td, struct tl_str s)
{
	uint32_t n = s.n >= 4 ? page_u32(s.p, td->big) : 0;

	if (n && n <= CPUS_MAX)
		td->src->info.cpus = (int)n;
}

static void set_offset(struct tracedat *td, struct tl_str s)
{
	char room[32] = "";

	memcpy(room, s.p, s.n < sizeof(room) ? s.n : sizeof(room) - 1);
	td->time_offset = strtoll(room, NULL, 0);
}

/* The x86-tsc clock: u32 mult, u32 shift, u64 offset of perf_event_mmap_page. The offset is not
 * used: times agree with trace-cmd's (lib/trace-cmd/trace-input.c timestamp_calc). */
static void set_tsc(struct tracedat *td, struct tl_str s)
{
	if (s.n < 16 || page_u32(s.p + 4, td->big) > 32)
		return;
	td->tsc.mult = page_u32(s.p, td->big);
	td->tsc.shift = page_u32(s.p + 4, td->big);
}

void td_option(struct tracedat *td, unsigned id, struct tl_str data)
{
	/* Not used: DATE (1) turns times into those of day, and a life's times stay on the trace's
	 * own clock; CPUSTAT (2), HOOK (6), VERSION (9), PROCMAPS (10), TRACEID (11), TIME_SHIFT
	 * (12), GUEST (13). */
	static const struct {
		unsigned id;
		void (*set)(struct tracedat *td, struct tl_str data);
	} known[] = {
		{4, set_clock}, {5, set_uname}, {7, set_offset}, {8, set_cpus}, {14, set_tsc},
	};

	for (size_t i = 0; data.n && i < ARRAY_SIZE(known); i++)
		if (known[i].id == id)
			known[i].set(td, data);
}

int td_buffer_add(struct tracedat *td, struct tl_str name, struct tl_str clock)
{
	struct td_buffer *b;

	for (size_t i = 0; i < td->buffer.n; i++)
		if (td->buffer.v[i].name.n == name.n &&
		    !memcmp(td->buffer.v[i].name.p, name.p, name.n))
			return (int)i;
	if (td->buffer.n >= UINT16_MAX)
		return -1;
	b = vec_push(&td->buffer);
	if (!b)
		return -1;
	*b = (struct td_buffer){.name = name, .clock = clock};
	return (int)td->buffer.n - 1;
}

static struct tl_str clip(struct tracedat *td, uint64_t at, uint64_t size)
{
	uint64_t left = at < td->file.n ? td->file.n - at : 0;

	if (size > left) {
		td_warn(td, N_("the recording is cut off: its end is missing"));
		size = left;
	}
	return (struct tl_str){td->file.p + (left ? at : 0), size};
}

struct tl_err *td_stream_add(struct tracedat *td, uint16_t buffer, int32_t cpu, uint64_t at,
			     uint64_t size, uint32_t page_size, bool packed)
{
	struct tl_str data;
	struct td_stream *s;

	if (!size)
		return NULL;
	if (packed && size <= UINT64_MAX - 4)
		/* trace-cmd (3.1.6) leaves the word with the number of chunks out of the size */
		size += 4;
	data = clip(td, at, size);
	td->streamed += data.n;
	/* or a few bytes would claim the same pages for every cpu */
	if (td->streamed > td->file.n) {
		td_warn(td, N_("the buffers of the recording overlap"));
		return NULL;
	}
	s = vec_push(&td->stream);
	if (!s)
		return &tl_enomem;
	*s = (struct td_stream){
		.buffer = buffer, .cpu = cpu, .packed = packed, .page_size = page_size};
	s->t = s->last = TL_NS_NONE;
	s->piece = (const uint8_t *)data.p;
	s->piece_place = at;
	s->mapped = s->piece;
	if (packed) {
		s->chunks = td_chunks_new(td, data, at);
		if (!s->chunks)
			return &tl_enomem;
	} else {
		s->piece_n = data.n;
	}
	return NULL;
}

void td_streams_forget(struct tracedat *td)
{
	vec_each(s, &td->stream)
		td_chunks_free(s->chunks);
	td->stream.n = 0;
}

/* "2124 bash\n": the pid, one blank, the rest of the line whatever it holds. */
static bool next_comm(struct tl_str *text, uint32_t *ret_pid, struct tl_str *ret)
{
	while (text->n) {
		const char *nl = memchr(text->p, '\n', text->n);
		struct tl_str line = {text->p, nl ? (size_t)(nl - text->p) : text->n};
		uint64_t pid = 0;
		size_t i = 0;

		text->p += line.n + !!nl;
		text->n -= line.n + !!nl;
		for (; i < line.n && i < 10 && line.p[i] >= '0' && line.p[i] <= '9'; i++)
			pid = pid * 10 + (uint64_t)(line.p[i] - '0');
		if (!i || i >= line.n || line.p[i] != ' ' || pid > PID_MAX)
			continue;
		*ret_pid = (uint32_t)pid;
		*ret = (struct tl_str){line.p + i + 1, line.n - i - 1};
		return true;
	}
	return false;
}

static struct tl_err *read_comms(struct tracedat *td)
{
	struct tl_str text = td->cmdlines, comm;
	uint32_t pid, most = 0;

	while (next_comm(&text, &pid, &comm))
		most = pid > most ? pid : most;
	td->comm = calloc(most + 1, sizeof(*td->comm));
	if (!td->comm)
		return &tl_enomem;
	td->n_comms = most + 1;
	text = td->cmdlines;
	while (next_comm(&text, &pid, &comm))
		td->comm[pid] = comm;
	if (!td->comm[0].n)
		td->comm[0] = (struct tl_str){"<idle>", 6};
	return NULL;
}

static struct tl_err *index_events(struct tracedat *td)
{
	uint32_t most = 0;
	struct format fmt;

	vec_each(ev, &td->event)
		most = ev->id > most ? ev->id : most;
	td->by_id = calloc(most + 1, sizeof(*td->by_id));
	if (!td->by_id)
		return &tl_enomem;
	td->n_ids = most + 1;
	td->broken = (struct td_event){.planned = true, .kind = TD_BROKEN};
	td->unknown = (struct td_event){
		.planned = true, .kind = TD_UNKNOWN, .name = (struct tl_str){"unknown", 7}};
	for (uint32_t id = 0; id < td->n_ids; id++)
		td->by_id[id] = &td->unknown;
	vec_each(ev, &td->event)
		if (td->by_id[ev->id] == &td->unknown)
			td->by_id[ev->id] = ev;
	if (td->event.n && format_init(&fmt, td->event.v[0].text)) {
		td_common_of(td, &fmt);
		format_fini(&fmt);
	}
	return NULL;
}

struct tl_str td_kallsyms(struct tracedat *td)
{
	uint64_t at = take(td->kallsyms_at);

	if (at)
		td7_kallsyms(td, at);
	return td->kallsyms;
}

/*
 * Only now, because unpacking and sorting 60 000 names takes as long as reading 200 000 events, and
 * a recording without stacks needs none of them.
 */
void td_symbols(struct tracedat *td)
{
	struct tl_symtab *tab = NULL;
	struct tl_str text;
	struct tl_err *err;

	if (td->symbols_read)
		return;
	td->symbols_read = true;
	text = td_kallsyms(td);
	if (!text.n)
		return;
	err = tl_symtab_from_text(text.p, text.n, &tab);
	td->src->info.symbols = tab;
	if (err && err != &tl_enomem)
		td_warn(td,
			err->code == TL_E_DENIED
				? N_("the recording holds no kernel addresses: they were hidden (kptr_restrict)")
				: N_("the kernel symbols of the recording are damaged"));
	tl_err_free(err);
}

/* The layout of pages, which the kernel's header_page knows better than the file's head: a 32-bit
 * trace-cmd on a 64-bit kernel. */
static void read_page_form(struct tracedat *td)
{
	if (format_page_of(td->header_page, &td->page))
		td->long_size = (uint8_t)td->page.commit_size;
	td->form = (struct page_form){td->big, td->long_size};
}

static struct tl_err *tell(struct tracedat *td)
{
	struct tl_trace_info *info = &td->src->info;

	for (size_t i = 0; i < td->buffer.n && i < TL_BUFFERS_MAX; i++) {
		char *name = strndup(td->buffer.v[i].name.p ?: "", td->buffer.v[i].name.n);
		void **slot = vec_push(&td->owned);

		if (!slot || !name) {
			free(name);
			return &tl_enomem;
		}
		*slot = name;
		info->buffer[info->n_buffers++] = name;
		if (!td->clock && td->buffer.v[i].clock.n)
			td->clock = strndup(td->buffer.v[i].clock.p, td->buffer.v[i].clock.n);
	}
	if (td->buffer.n > TL_BUFFERS_MAX)
		td_warn(td, N_("the recording has more buffers than can be told apart by name"));
	for (size_t i = 1; i < td->buffer.n; i++)
		if (td->buffer.v[i].clock.n && td->buffer.v[0].clock.n &&
		    (td->buffer.v[i].clock.n != td->buffer.v[0].clock.n ||
		     memcmp(td->buffer.v[i].clock.p, td->buffer.v[0].clock.p,
			    td->buffer.v[0].clock.n)))
			td_warn(td,
				N_("the buffers of the recording use different clocks; their order is not known"));
	info->clock = td->clock;
	info->kernel = td->kernel;
	return NULL;
}

struct tl_err *td_finish(struct tracedat *td)
{
	read_page_form(td);
	try(index_events(td));
	try(read_comms(td));
	return tell(td);
}
