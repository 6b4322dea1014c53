/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kernel symbols as text. What is printed depends on options/sym-offset and options/sym-addr
 * (kernel/trace/trace_output.c seq_print_ip_sym) and on the tool:
 *
 *	do_exit                                    plain
 *	do_exit+0x8/0x990                          sym-offset; perf leaves the size out
 *	do_exit <ffffffffa389a6b5>                 sym-addr
 *	do_exit (ffffffff81354959)                 trace-cmd report
 *	brcmf_sdio_bus_sleep+0x178/0x1e4 [brcmfmac]
 *	0xffffffffc044e083                         no symbol: a trampoline (up to 6.6), a user address on ARM
 *	ffffffffc044e083  7fffffff                 the same in trace-cmd report
 *	[FTRACE TRAMPOLINE]  [unknown/kretprobe'd] instead of one
 *	/bin/busybox[+0x31a08]   <0000000000426d58> user space
 */
#include "base/guard.h"
#include "read/scan.h"
#include "read/text_frame.h"

/* "<addr>" or "(addr)" at p. */
static const char *bracketed_addr(const char *p, const char *end, struct tl_rawframe *ret)
{
	char close = p < end && *p == '<' ? '>' : ')';
	const char *q = p + 1;
	uint64_t addr;

	if (p >= end || (*p != '<' && *p != '(') || !scan_hex(&q, end, &addr) || q == end ||
	    *q != close)
		return NULL;
	ret->addr = addr;
	ret->has |= TL_FH_ADDR;
	return q + 1;
}

static const char *bracketed_module(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *q = p + 1;

	if (p >= end || *p != '[')
		return NULL;
	while (q < end && (is_word(*q) || *q == '-' || *q == '.'))
		q++;
	/* The kernel's own mark in perf is "([kernel.kallsyms])"; ftrace prints none. */
	if (q == end || *q != ']' || q == p + 1)
		return NULL;
	ret->module = (struct tl_str){p + 1, q - p - 1};
	return q + 1;
}

/* "+0xOFF" and "/0xSIZE" at p. */
static const char *offset(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *q = p + 1;
	uint64_t v;

	if (end - p < 4 || p[0] != '+' || p[1] != '0' || p[2] != 'x' || !scan_hex(&q, end, &v))
		return p;
	ret->off = v;
	ret->has |= TL_FH_OFF;
	p = q;
	if (q < end && *q == '/') {
		q++;
		if (scan_hex(&q, end, &v)) {
			ret->size = v;
			ret->has |= TL_FH_SIZE;
			p = q;
		}
	}
	return p;
}

/* Module and address, each behind a blank. */
static const char *extras(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *q, *after;

	for (;;) {
		q = skip_blank(p, end);
		if (q == end || q == p)
			return p;
		after = bracketed_module(q, end, ret);
		if (!after)
			after = bracketed_addr(q, end, ret);
		if (!after)
			return p;
		p = after;
	}
}

static const char *bare_address(const char *p, const char *end, struct tl_rawframe *ret)
{
	uint64_t addr;

	if (end - p >= 3 && p[0] == '0' && p[1] == 'x') {
		if (!scan_hex(&p, end, &addr))
			return NULL;
	} else if (*p == '0' && (p + 1 == end || !is_symbol(p[1]))) {
		addr = 0;
		p++;
	} else {
		return NULL;
	}
	if (p < end && is_symbol(*p))
		return NULL;
	ret->addr = addr;
	ret->has |= TL_FH_ADDR;
	return p;
}

/* "[FTRACE TRAMPOLINE]" and its like: what stands in place of a name. */
static const char *place_holder(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *close = memchr(p, ']', end - p < 64 ? end - p : 64);

	if (!close || (!is_word(p[1]) && p[1] != '/'))
		return NULL;
	ret->name = (struct tl_str){p, close + 1 - p};
	ret->has |= TL_FH_NAME;
	return close + 1;
}

/* All of it is the number that trace-cmd prints for want of a name: as long as an address, or no
 * name at all. */
static const char *report_address(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *q = p;
	uint64_t addr;

	if (!scan_hex(&q, end, &addr) || q != end || (q - p != 16 && q - p != 8 && !is_digit(*p)) ||
	    p[1] == 'x')
		return NULL;
	*ret = (struct tl_rawframe){.addr = addr, .has = TL_FH_ADDR, .text = {p, q - p}};
	return q;
}

static const char *file_place(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *open = memmem(p, end - p, "[+0x", 4), *q;
	uint64_t v;

	if (!open)
		return NULL;
	q = open + 2;
	if (!scan_hex(&q, end, &v) || q == end || *q != ']')
		return NULL;
	ret->name = (struct tl_str){p, open - p};
	ret->off = v;
	ret->has |= TL_FH_NAME | TL_FH_OFF;
	return q + 1;
}

static const char *named(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *q = p;

	while (q < end && is_symbol(*q))
		q++;
	if (q == p)
		return NULL;
	ret->name = (struct tl_str){p, q - p};
	ret->has |= TL_FH_NAME;
	return offset(q, end, ret);
}

const char *text_symbol(const char *p, const char *end, struct tl_rawframe *ret)
{
	const char *q;

	*ret = (struct tl_rawframe){};
	if (p >= end)
		return NULL;
	if (is_digit(*p))
		q = bare_address(p, end, ret);
	else if (*p == '[')
		q = place_holder(p, end, ret);
	else if (*p == '<')
		q = bracketed_addr(p, end, ret);
	else if (*p == '/')
		q = file_place(p, end, ret);
	else
		q = named(p, end, ret);
	if (!q)
		return NULL;
	q = extras(q, end, ret);
	ret->text = (struct tl_str){p, q - p};
	return q;
}

const char *text_skip_number(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && is_digit(*q))
		q++;
	if (q == p || q == end)
		return p;
	if (*q == ':' || *q == '.' || *q == ')' || *q == '|')
		q++;
	return q < end && is_blank(*q) ? skip_blank(q, end) : p;
}

bool text_frame_line(struct tl_str line, struct tl_rawframe *ret)
{
	const char *end = line.p + line.n, *p = skip_blank(line.p, end);

	if (p < end && is_digit(*p))
		p = text_skip_number(p, end);
	if (!SCAN_LIT(&p, end, "=>"))
		return false;
	p = skip_blank(p, end);
	if (p < end && hex_digit(*p) >= 0 && report_address(p, end, ret))
		return true;
	p = text_symbol(p, end, ret);
	return p && (p == end || is_space(*p));
}

enum tl_arch text_frame_arch(const struct tl_rawframe *frame)
{
	/* Entry code, the bottom of every stack; names as in 3.x to 7.x. */
	static const struct {
		const char *prefix;
		enum tl_arch arch;
	} entries[] = {
		{"entry_SYSCALL_64", TL_ARCH_X86},
		{"do_syscall_64", TL_ARCH_X86},
		{"asm_sysvec_", TL_ARCH_X86},
		{"asm_exc_", TL_ARCH_X86},
		{"asm_common_interrupt", TL_ARCH_X86},
		{"__x64_sys_", TL_ARCH_X86},
		{"system_call_fastpath", TL_ARCH_X86},
		{"ret_from_fork_asm", TL_ARCH_X86},
		{"el0_", TL_ARCH_ARM64},
		{"el0t_64", TL_ARCH_ARM64},
		{"el1_", TL_ARCH_ARM64},
		{"el1h_64", TL_ARCH_ARM64},
		{"__arm64_sys_", TL_ARCH_ARM64},
		{"ret_fast_syscall", TL_ARCH_ARM},
		{"slow_work_pending", TL_ARCH_ARM},
		{"__sys_trace_return", TL_ARCH_ARM},
		{"__irq_svc", TL_ARCH_ARM},
		{"__irq_usr", TL_ARCH_ARM},
		{"__dabt_usr", TL_ARCH_ARM},
	};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		size_t n = strlen(entries[i].prefix);

		if (frame->name.n >= n && memcmp(frame->name.p, entries[i].prefix, n) == 0)
			return entries[i].arch;
	}
	return TL_ARCH_UNKNOWN;
}
