/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * read/: bytes become records. One pull interface for the text of ftrace, trace.dat v6 and v7 and
 * whatever else is read; the kind is recognised by content.
 *
 * Law of this header: what a record points to belongs to the source and is valid until the next
 * tl_source_next() or tl_source_close().
 */
#ifndef TASKLIFE_READ_H
#define TASKLIFE_READ_H

#include "err.h"
#include "facts.h"

enum tl_rec_kind {
	/* row set: a modelled event with fields. row NULL: one we do not model */
	TL_REC_EVENT,
	TL_REC_FUNC,	   /* the function tracer: ip and parent */
	TL_REC_STACK,	   /* kernel stack: frames */
	TL_REC_USER_STACK, /* frames of user space; not used by lives */
	TL_REC_MARK,	   /* trace_marker, trace_printk: payload is the text */
	TL_REC_LOST,	   /* `lost` events of this cpu went missing just before */
};

/* The context column, the same from text and from common_flags/common_preempt_count. */
enum tl_ctx {
	TL_CTX_KNOWN = 1,
	TL_CTX_HARDIRQ = 2, /* h, H */
	TL_CTX_SOFTIRQ = 4, /* s, H */
	TL_CTX_NMI = 8,	    /* z, Z */
	TL_CTX_IRQS_OFF = 16,
	TL_CTX_RESCHED = 32,
};

enum tl_frame_has { TL_FH_NAME = 1, TL_FH_OFF = 2, TL_FH_SIZE = 4, TL_FH_ADDR = 8 };

/* One line of a stack as the trace has it: a name with offset (text), an address (binary), or both.
 */
struct tl_rawframe {
	struct tl_str name;	/* "copy_process.part.53", without offset, module or address */
	struct tl_str module;	/* "kvm" of "[kvm]", else empty */
	struct tl_str text;	/* the frame as printed; empty in binary files */
	uint64_t addr;
	uint32_t off, size;
	uint8_t has; /* enum tl_frame_has */
};

/* A field's value: INT, HEX, BOOL and STATE in i (STATE: the letter, bit 8 set for '+'), STR in s.
 */
union tl_value {
	int64_t i;
	struct tl_str s;
};
#define TL_STATE_PREEMPTED 0x100

/* The fields of a modelled event, in its row's order. This is where text and binary meet. */
struct tl_fields {
	uint32_t have; /* bit per field */
	/* Where they lie in a binary record, which most fields are never asked of; NULL: values are
	 * in v. tl_field() knows both. */
	const struct field_plan *plan;
	const void *raw;
	union tl_value v[TL_FIELDS_MAX];
};
/* One that is there. */
union tl_value tl_field(const struct tl_fields *f, unsigned i);

/*
 * Interrupts nest into what a task records: their records stand between an event and its stack, in
 * another context, and each context has its own last record. A record of a task ends an
 * interrupt's, too.
 */
#define TL_LEVELS 2
static inline unsigned tl_level(uint8_t ctx)
{
	return ctx & (TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI) ? 1 : 0;
}

#define TL_EVENT_WORDS ((TL_EVENTS + 63) / 64)

struct tl_record {
	enum tl_rec_kind kind;
	uint16_t buffer; /* index of the instance it came from, see tl_trace_info.buffer */
	uint8_t ctx;	 /* enum tl_ctx */
	uint8_t preempt; /* preempt depth, 0 when unknown */
	int32_t cpu;	 /* -1 unknown */
	tl_pid pid;	 /* the owner: who was running. TL_PID_NONE unknown */
	tl_pid tgid;	 /* of the owner, TL_PID_NONE unknown */
	tl_ns t;	 /* TL_NS_NONE when the trace prints none */
	uint64_t place;
	/* of the owner as looked up when the trace was READ: never an identity */
	struct tl_str comm;
	struct tl_str name; /* event or function name as printed */
	const struct tl_event_row *row;
	struct tl_fields f;
	/* text of the record behind the name; for binary unmodelled events what the kernel's print
	 * fmt gives, made on request by tl_record_text() */
	struct tl_str payload;
	struct tl_rawframe ip, parent;
	const struct tl_rawframe *frame; /* top (innermost) first */
	unsigned n_frames;
	/* frame stays until the source is closed: the same stack comes at the same address */
	bool frames_kept;
	bool comm_kept; /* so does comm */
	bool orphan; /* STACK: of a record that was left out, see tl_source_want() */
	bool alone;  /* no stack of this record follows; not set where that is not known */
	uint64_t lost; /* UINT64_MAX: lost, number unknown */
	const void *raw; /* binary: the entry's bytes */
	size_t raw_n;
	const void *raw_format; /* binary: opaque, for tl_record_text() */
};

/* An interval in which silence proves nothing. */
struct tl_blind {
	tl_ns from, to; /* TL_NS_NONE: open */
	int32_t cpu;	/* -1 all */
	const char *why; /* msgid */
	uint64_t lost;	 /* UINT64_MAX unknown */
};

struct tl_symtab; /* sym.h */

#define TL_BUFFERS_MAX 8

/* What is known of the trace as a whole; grows while it is read. Owned by the source. */
struct tl_trace_info {
	/* "ftrace-text", "trace.dat/7", "trace.dat/6", "trace-cmd-report", "perf-script" */
	const char *format;
	const char *clock;  /* "mono", NULL unknown */
	const char *kernel; /* uname -r, NULL unknown */
	enum tl_arch arch;
	int cpus; /* 0 unknown */
	const char *buffer[TL_BUFFERS_MAX];
	unsigned n_buffers;
	tl_ns first, last;
	uint64_t records;  /* records given out, stacks not counted */
	uint64_t unparsed; /* lines that look like records and could not be read */
	uint64_t lost;	   /* events known to be lost */
	bool lost_unknown; /* some were lost and nobody counted them */
	const struct tl_blind *blind;
	unsigned n_blind;
	const char *const *warnings; /* finished sentences' msgids */
	unsigned n_warnings;
	/* of the recording; NULL none, or no stack or function was met yet */
	const struct tl_symtab *symbols;
	/* bit: this modelled event occurred or was enabled */
	uint64_t event_seen[TL_EVENT_WORDS];
	bool functions_seen, stacks_seen;
};

struct tl_source;

/*
 * Open a trace. path "-" is standard input. Errors are TL_E_INPUT (missing: with errno; a
 * directory; empty; no trace at all) or TL_E_DENIED (EACCES).
 */
struct tl_err *tl_source_open(const char *path, struct tl_source **ret);
/* The same from a descriptor, which is closed with the source; name is for messages. Need not be
 * seekable. */
struct tl_err *tl_source_open_fd(int fd, const char *name, struct tl_source **ret);
void tl_source_close(struct tl_source *src);

/* 1: got one, in time order (per buffer merged over CPUs for binary; the order of lines for text);
 * 0: the end. Damage never ends a source early: it is counted, and made a blind interval. */
int tl_source_next(struct tl_source *src, struct tl_record *ret);

/*
 * Of plain events only these are wanted from here on, a bit per row: what else a source knows how
 * to tell early it counts and leaves out.
 */
void tl_source_want(struct tl_source *src, const uint64_t rows[TL_EVENT_WORDS]);

/*
 * What can be done before it is asked for (unpacking) is a job of the crew's from here on, whose
 * owner calls this; NULL: of nobody's. The source is pulled by one hand of the crew at a time.
 */
struct crew;
void tl_source_crew(struct tl_source *src, struct crew *crew);

/* How much of the trace was read, 0 to 1, about; < 0: not known. For who waits. */
double tl_source_progress(const struct tl_source *src);

const struct tl_trace_info *tl_source_info(const struct tl_source *src);
/* The first of info's blind intervals that is new or was closed since this was last asked; n_blind:
 * none. */
unsigned tl_source_blind_changed(struct tl_source *src);
/* The input may keep its reader waiting: a pipe, a terminal. */
bool tl_source_waits(const struct tl_source *src);

/* Text of a record's payload for any event, in print fmt of the kernel (through libtraceevent for
 * events we do not model). Valid until the next call. */
struct tl_str tl_record_text(struct tl_source *src, const struct tl_record *rec);

/*
 * One record's fields cut from text by its row; false when a known key is missing or out of order.
 * Exposed because golden text also tests the decoders of raw pages.
 */
bool tl_fields_from_text(const struct tl_event_row *row, struct tl_str payload,
			 struct tl_fields *ret);

#endif
