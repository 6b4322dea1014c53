/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands behind the columns: an event, a function, a stack, a mark.
 *
 *	sched_switch: prev_comm=...                  an event
 *	sys_exit_group(error_code: 3)                entry of a system call
 *	sys_wait4 -> 0x1a2                           its return
 *	do_exit+0x4/0x990 <-do_group_exit+0x3c/0xa0  the function tracer; with sym-addr each has <address>
 *	do_exit(code=0x0) <-do_group_exit            the same with func-args (6.15)
 *	tracing_mark_write: text                     trace_marker; with sym-offset tracing_mark_write+0xdd/0x240: text
 *	do_exit+0x850/0xc18: text                    trace_printk
 *	<stack trace>  <user stack trace>
 *	kernel_stack: <stack trace >                 trace-cmd report
 *	function: do_exit <-- do_group_exit          trace-cmd report; its plugin leaves the parent out
 *	print: ip=tracing_mark_write buf=text        trace-cmd report -R
 */
#include "base/guard.h"
#include "read/scan.h"
#include "read/text_frame.h"
#include "read/text_head.h"

/* No line of the kernel is longer (TRACE_SEQ_BUFFER_SIZE); what is looked for from the right stays
 * cheap. */
#define LINE_LONGEST (8 << 10)

static bool str_is(struct tl_str s, const char *lit)
{
	return s.n == strlen(lit) && memcmp(s.p, lit, s.n) == 0;
}

static bool stack_mark(const char *p, const char *end, struct tl_record *ret)
{
	if (SCAN_LIT(&p, end, "<stack trace>") || SCAN_LIT(&p, end, "<stack trace >"))
		ret->kind = TL_REC_STACK;
	else if (SCAN_LIT(&p, end, "<user stack trace>"))
		ret->kind = TL_REC_USER_STACK;
	else
		return false;
	ret->payload = (struct tl_str){p, end - p};
	return true;
}

/* " <-parent" at p; trace-cmd writes " <-- parent". */
static bool parent_at(const char *p, const char *end, struct tl_record *ret)
{
	p = skip_blank(p, end);
	if (!SCAN_LIT(&p, end, "<-"))
		return false;
	SCAN_LIT(&p, end, "-");
	return text_symbol(skip_blank(p, end), end, &ret->parent);
}

static bool function_at(const char *p, const char *end, struct tl_record *ret)
{
	const char *after = text_symbol(p, end, &ret->ip);

	if (!after || !(ret->ip.has & TL_FH_NAME) || !parent_at(after, end, ret))
		return false;
	ret->kind = TL_REC_FUNC;
	ret->name = ret->ip.name;
	return true;
}

/* "name(a=1, b=2) <-parent": the arrow is looked for from the right, arguments may be strings. */
static bool function_with_args(const char *p, const char *end, struct tl_record *ret)
{
	if (end - p > LINE_LONGEST)
		return false;
	for (const char *q = end - 4; q > p; q--) {
		if (memcmp(q, ") <-", 4) != 0)
			continue;
		if (!text_symbol(p, end, &ret->ip) || !parent_at(q + 1, end, ret))
			return false;
		ret->kind = TL_REC_FUNC;
		ret->name = ret->ip.name;
		return true;
	}
	return false;
}

static void event_at(struct tl_str name, const char *p, const char *end, struct tl_record *ret)
{
	p = skip_blank(p, end);
	SCAN_LIT(&p, end, "[FAILED TO PARSE] "); /* trace-cmd: the fields follow all the same */
	ret->kind = TL_REC_EVENT;
	ret->name = name;
	ret->payload = (struct tl_str){p, end - p};
}

/* sys_NAME at the entry, sys_NAME at the return: the event's own name has enter_ or exit_ in it. */
static bool syscall_at(struct tl_str name, const char *part, const char *p, const char *end,
		       struct tl_record *ret)
{
	char full[64];
	size_t n = strlen(part);

	if (name.n < 5 || memcmp(name.p, "sys_", 4) != 0)
		return false;
	event_at(name, p, end, ret);
	if (name.n + n >= sizeof(full))
		return true;
	memcpy(full, "sys_", 4);
	memcpy(full + 4, part, n);
	memcpy(full + 4 + n, name.p + 4, name.n - 4);
	ret->row = tl_event_row_named(full, name.n + n);
	return true;
}

/*
 * trace-cmd report prints trace_marker as "print: tracing_mark_write: text", the event's "%ps: %s":
 * the text alone is what was written. Which function stands there depends on the symbols it has:
 * none gives an address, too few another name.
 */
static void mark_text(struct tl_record *ret)
{
	static const char writer[] = "tracing_mark_write";
	const char *p = ret->payload.p, *end = p + ret->payload.n, *after;
	bool print = str_is(ret->name, "print"), raw = print && SCAN_LIT(&p, end, "ip=");
	struct tl_rawframe frame;

	after = text_symbol(p, end, &frame);
	if (!after || (!raw && !SCAN_LIT(&after, end, ":")) ||
	    (raw && !SCAN_LIT(&after, end, " buf=")))
		return;
	if (!print && !str_is(frame.name, writer))
		return;
	after = raw ? after : skip_blank(after, end);
	ret->payload = (struct tl_str){after, end - after};
}

/* trace-cmd's event of the function tracer. That of -R has no stack behind it that can be read: it
 * is none of ours. */
static bool function_event(const char *p, const char *end, struct tl_record *ret)
{
	const char *after;

	if (function_at(p, end, ret))
		return true;
	after = text_symbol(p, end, &ret->ip);
	if (!after || !(ret->ip.has & TL_FH_NAME) || skip_blank(after, end) != end)
		return false;
	ret->kind = TL_REC_FUNC;
	ret->name = ret->ip.name;
	return true;
}

/* Events that stand for something else; the first three write text of users. */
static bool special_event(struct tl_record *ret)
{
	static const char *const marks[] = {"tracing_mark_write", "print", "bprint", "bputs"};
	const char *p = ret->payload.p, *end = p + ret->payload.n;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (str_is(ret->name, marks[i])) {
			ret->kind = TL_REC_MARK;
			mark_text(ret);
			return true;
		}
	}
	if (str_is(ret->name, "kernel_stack") || str_is(ret->name, "user_stack")) {
		if (!stack_mark(p, end, ret))
			ret->kind = ret->name.p[0] == 'k' ? TL_REC_STACK : TL_REC_USER_STACK;
		return true;
	}
	return str_is(ret->name, "function") && function_event(p, end, ret);
}

/* Behind "name+0xOFF/0xSIZE" and no parent: trace_printk and trace_marker with sym-offset. */
static bool printed_from(const char *p, const char *end, struct tl_record *ret)
{
	const char *after = text_symbol(p, end, &ret->ip);

	if (!after || !(ret->ip.has & (TL_FH_OFF | TL_FH_ADDR)) ||
	    (after < end && !is_blank(*after) && *after != ':'))
		return false;
	if (after < end && *after == ':')
		after++;
	else if (skip_blank(after, end) == end) {
		ret->kind = TL_REC_FUNC; /* options/print-parent off */
		ret->name = ret->ip.name;
		return ret->ip.has & TL_FH_NAME;
	}
	after = skip_blank(after, end);
	ret->kind = TL_REC_MARK;
	ret->name = ret->ip.name;
	ret->payload = (struct tl_str){after, end - after};
	return true;
}

bool text_name(const char *p, const char *end, struct tl_record *ret)
{
	const char *q = p;
	struct tl_str name;

	ret->row = NULL;
	ret->ip = ret->parent = (struct tl_rawframe){};
	ret->payload = (struct tl_str){end, 0};
	ret->name = (struct tl_str){p, 0};
	if (p < end && *p == '<')
		return stack_mark(p, end, ret);
	if (end - p > 2 && *p == '#' && is_digit(p[1])) {
		event_at((struct tl_str){p, 1}, p + 1, end,
			 ret); /* hwlat, osnoise: "#12 inner/outer(us): ..." */
		return true;
	}
	while (q < end && is_symbol(*q))
		q++;
	if (q == p)
		return false;
	name = (struct tl_str){p, q - p};
	if (!is_digit(*p) && q < end && *q == ':' && (q + 1 == end || is_blank(q[1]))) {
		event_at(name, q + 1, end, ret);
		if (!special_event(ret))
			ret->row = tl_event_row_named(name.p, name.n);
		return true;
	}
	if (q < end && *q == '(')
		return function_with_args(p, end, ret) ||
		       syscall_at(name, "enter_", q + 1, end, ret);
	if (end - q > 4 && memcmp(q, " -> ", 4) == 0)
		return syscall_at(name, "exit_", q + 1, end, ret);
	return function_at(p, end, ret) || printed_from(p, end, ret);
}
