/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of /proc/kallsyms and of System.map: "address type name [module]", one symbol a line. A
 * line that reads otherwise is passed over: the file may be pasted or cut. Only functions are kept.
 */
#include <stdlib.h>
#include <string.h>

#include "base/guard.h"
#include "sym/vmlinux.h"
#include "sym/table.h"

struct line {
	uint64_t addr;
	char type;
	struct tl_str name, module;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static const char *skip_word(const char *p, const char *end)
{
	while (p < end && *p != ' ' && *p != '\t' && *p != '\r')
		p++;
	return p;
}

static bool parse_line(const char *p, const char *end, struct line *ret)
{
	const char *start = p;

	ret->addr = 0;
	for (; p < end && hex_digit(*p) >= 0; p++)
		ret->addr = ret->addr << 4 | (unsigned)hex_digit(*p);
	if (p == start || p - start > 16 || p == end || (*p != ' ' && *p != '\t'))
		return false;
	p = skip_blank(p, end);
	if (end - p < 3 || (p[1] != ' ' && p[1] != '\t'))
		return false;
	ret->type = *p;
	start = p = skip_blank(p + 1, end);
	p = skip_word(p, end);
	ret->name = (struct tl_str){ start, p - start };
	ret->module = (struct tl_str){};
	p = skip_blank(p, end);
	if (p < end && *p == '[') {
		start = ++p;
		while (p < end && *p != ']')
			p++;
		ret->module = (struct tl_str){ start, p - start };
	}
	return ret->name.n > 0;
}

/* ARM's mapping symbols ($a $t $d $x) and local labels name no function; so does
 * include/linux/module_symbol.h. */
static bool is_function(const struct line *line)
{
	if (!strchr("tTwW", line->type))
		return false;
	return line->name.p[0] != '$' &&
	       !(line->name.n > 2 && line->name.p[0] == '.' && line->name.p[1] == 'L');
}

static struct tl_err *read_lines(struct tl_symtab *tab, const char *text, size_t n,
				 bool *ret_hidden)
{
	const char *end = text + n;
	bool any_addr = false, any = false;

	for (const char *p = text; p < end;) {
		const char *nl = memchr(p, '\n', end - p);
		const char *stop = nl ? nl : end;
		struct line line;

		if (parse_line(p, stop, &line)) {
			any = true;
			any_addr |= line.addr != 0;
			if (line.addr && line.type && is_function(&line))
				try(symtab_add(tab, line.addr, line.name, line.module));
		}
		p = nl ? nl + 1 : end;
	}
	*ret_hidden = any && !any_addr;
	return NULL;
}

static struct tl_err *hidden_error(void)
{
	struct tl_err *err =
		tl_err_new(TL_E_DENIED, N_("cannot read the addresses of kernel symbols"), NULL);

	err = tl_err_cause(err, N_("all addresses are zero: this user may not see them"), NULL);
	return tl_err_hint(
		err, N_("kernel.kptr_restrict hides them; root may see them while it is below 2"),
		NULL);
}

struct tl_err *tl_symtab_from_text(const char *text, size_t n, struct tl_symtab **ret)
{
	struct tl_symtab *tab = calloc(1, sizeof(*tab));
	struct tl_err *err;
	bool hidden = false;

	if (!tab)
		return &tl_enomem;
	arena_init(&tab->mem);
	err = read_lines(tab, text, n, &hidden);
	if (!err && hidden)
		err = hidden_error();
	else if (!err && !tab->n)
		err = tl_err_new(TL_E_INPUT, N_("no kernel symbols in this text"), NULL);
	if (!err)
		err = symtab_seal(tab);
	if (err)
		tl_symtab_free(tab);
	else
		*ret = tab;
	return err;
}

struct tl_err *tl_symtab_from_file(char *content, size_t n, struct tl_symtab **ret)
{
	return symtab_is_elf(content, n) ? symtab_from_elf(content, n, ret)
					 : tl_symtab_from_text(content, n, ret);
}

bool tl_symtab_is_elf(const char *content, size_t n)
{
	return symtab_is_elf(content, n);
}
