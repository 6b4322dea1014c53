/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines of options/latency-format, of the latency tracers, of trace-cmd report -l, and of "Dumping
 * ftrace buffer" in a dmesg.
 */
#ifndef READ_TEXT_LATENCY_H
#define READ_TEXT_LATENCY_H

#include "read/text_head.h"

/* Of *ret_extra only the buffer is filled. */
enum head_found text_latency(struct tl_str line, struct tl_record *ret,
			     struct head_extra *ret_extra);

/* What printk puts in front of a line, "<4>[ 1100.124765][    C2] ": the line without it. */
struct tl_str text_skip_printk(struct tl_str line);

#endif
