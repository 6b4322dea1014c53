/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame is a line that begins, after blanks and an arrow, with name+0xOFF[/0xSIZE], or with "=>
 * name". What stands behind is a remark. A line that is no frame ends the stack. A blank line does
 * too, unless this stack's frames all have blank lines between them, as notes get them from web
 * editors; and a second innermost function always begins a new stack.
 */
#include <string.h>
#include "base/guard.h"
#include "cmd/barestack.h"

void bare_init(struct bare_reader *r, const char *text, size_t n)
{
	*r = (struct bare_reader){.p = text, .end = text + n};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '$';
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* "0x1d40"; false and *p unmoved when there is none. */
static bool take_hex(const char **p, const char *end, uint32_t *ret)
{
	const char *s = *p;
	uint64_t v = 0;
	int digits = 0;

	if (end - s < 3 || s[0] != '0' || (s[1] | 32) != 'x')
		return false;
	for (s += 2; s < end; s++, digits++) {
		int d = *s >= '0' && *s <= '9'                 ? *s - '0'
			: (*s | 32) >= 'a' && (*s | 32) <= 'f' ? (*s | 32) - 'a' + 10
							       : -1;

		if (d < 0)
			break;
		v = v << 4 | (unsigned)d;
		if (v > UINT32_MAX)
			return false;
	}
	if (!digits)
		return false;
	*p = s;
	*ret = (uint32_t)v;
	return true;
}

/* "[kvm]" */
static void take_module(const char *p, const char *end, struct tl_rawframe *f)
{
	const char *from;

	p = skip_blanks(p, end);
	if (p >= end || *p != '[')
		return;
	for (from = ++p; p < end && (is_name_char(*p) || *p == '-'); p++)
		;
	if (p < end && *p == ']' && p > from)
		f->module = (struct tl_str){from, (size_t)(p - from)};
}

static bool take_offset(const char **p, const char *end, struct tl_rawframe *f)
{
	const char *s = *p + 1;

	if (*p >= end || **p != '+' || !take_hex(&s, end, &f->off))
		return false;
	f->has |= TL_FH_OFF;
	*p = s;
	if (s < end && *s == '/' && (s++, take_hex(&s, end, &f->size))) {
		f->has |= TL_FH_SIZE;
		*p = s;
	}
	return true;
}

static bool parse_frame(const char *p, const char *end, struct tl_rawframe *ret)
{
	struct tl_rawframe f = {.has = TL_FH_NAME};
	bool arrow;

	p = skip_blanks(p, end);
	arrow = end - p >= 2 && p[0] == '=' && p[1] == '>';
	p = skip_blanks(p + 2 * arrow, end);
	f.name.p = p;
	while (p < end && is_name_char(*p))
		p++;
	f.name.n = (size_t)(p - f.name.p);
	if (!f.name.n || f.name.n > 255 || (f.name.p[0] >= '0' && f.name.p[0] <= '9'))
		return false;
	if (!take_offset(&p, end, &f) && !arrow)
		return false;
	if (p < end && !is_blank(*p))
		return false;
	f.text = (struct tl_str){f.name.p, (size_t)(p - f.name.p)};
	take_module(p, end, &f);
	*ret = f;
	return true;
}

static bool innermost(const struct tl_rawframe *f)
{
	enum tl_role role = tl_role_of(f->name.p, f->name.n);

	return role == TL_ROLE_COPY_PROCESS || role == TL_ROLE_DO_EXIT;
}

/* Does this frame, after `blanks` blank lines, go on with the stack? `spacing`: blanks between its
 * frames so far, -1 when there is only one. */
static bool goes_on(const struct bare_stack *st, const struct tl_rawframe *f, int spacing,
		    int blanks)
{
	if (st->n == BARE_FRAMES_MOST || innermost(f))
		return false;
	return !blanks || spacing < 0 || spacing > 0;
}

int bare_next(struct bare_reader *r, struct bare_stack *ret)
{
	int blanks = 0, spacing = -1;

	ret->n = 0;
	while (r->p < r->end) {
		const char *nl = memchr(r->p, '\n', (size_t)(r->end - r->p));
		const char *eol = nl ? nl : r->end, *next = nl ? nl + 1 : r->end;
		struct tl_rawframe f;

		if (parse_frame(r->p, eol, &f)) {
			if (ret->n && !goes_on(ret, &f, spacing, blanks))
				return 1;
			if (ret->n == 1)
				spacing = blanks;
			r->line++;
			if (!ret->n)
				ret->first_line = r->line;
			ret->last_line = r->line;
			ret->frame[ret->n++] = f;
			blanks = 0;
		} else {
			r->line++;
			if (skip_blanks(r->p, eol) < eol && ret->n) {
				r->p = next;
				return 1;
			}
			blanks++;
		}
		r->p = next;
	}
	return ret->n > 0;
}
