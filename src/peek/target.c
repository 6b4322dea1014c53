/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of the XML only two elements matter: <xi:include href="..."/> and <reg name="..." bitsize="..."
 * regnum="..."/>, in the order they come; a register without a number has that behind the one
 * before. (gdb's manual, "Target Description Format".) Comments may stand between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "peek/target.h"

#define FILES_MOST 32 /* included ones, so that two that include each other end */

struct reading {
	struct target *t;
	target_fetch_fn *fetch;
	void *ctx;
	unsigned files;
};

/* The value of an attribute of the element that ends at `end`; false: it has none such. */
static bool attribute(const char *p, const char *end, const char *name, char *to, size_t cap)
{
	size_t n = strlen(name);

	for (; p + n + 2 < end; p++) {
		char quote = p[n + 1];
		const char *from = p + n + 2, *till;

		if ((p[-1] != ' ' && p[-1] != '\t' && p[-1] != '\n' && p[-1] != '\r') ||
		    strncmp(p, name, n) || p[n] != '=' || (quote != '"' && quote != '\''))
			continue;
		till = memchr(from, quote, end - from);
		if (!till || (size_t)(till - from) >= cap)
			return false;
		memcpy(to, from, till - from);
		to[till - from] = 0;
		return true;
	}
	return false;
}

static void take_register(struct target *t, const char *p, const char *end)
{
	struct target_reg reg = {};
	char number[16];

	if (!attribute(p, end, "name", reg.name, sizeof(reg.name)) ||
	    !attribute(p, end, "bitsize", number, sizeof(number)))
		return;
	reg.bits = strtoul(number, NULL, 10);
	if (attribute(p, end, "regnum", number, sizeof(number)))
		t->next = strtoul(number, NULL, 10);
	reg.nr = t->next++;
	if (t->n < TARGET_REGS)
		t->reg[t->n++] = reg;
}

static void read_file(struct reading *r, const char *name);

static void read_text(struct reading *r, const char *p)
{
	while ((p = strchr(p, '<'))) {
		bool comment = !strncmp(p, "<!--", 4);
		const char *end = comment ? strstr(p, "-->") : strchr(p, '>');
		char file[128];

		if (!end)
			return;
		if (!strncmp(p, "<reg ", 5))
			take_register(r->t, p + 5, end);
		else if (!strncmp(p, "<xi:include ", 12) &&
			 attribute(p + 12, end, "href", file, sizeof(file)))
			read_file(r, file);
		p = end + 1;
	}
}

static void read_file(struct reading *r, const char *name)
{
	struct out text;

	if (r->files++ >= FILES_MOST || strcspn(name, ":#$}*") != strlen(name))
		return;
	out_init(&text, -1);
	if (r->fetch(r->ctx, name, &text))
		read_text(r, out_text(&text));
	out_fini(&text);
}

bool target_read(struct target *t, target_fetch_fn *fetch, void *ctx)
{
	struct reading r = {t, fetch, ctx, 0};

	t->n = t->next = 0;
	read_file(&r, "target.xml");
	return t->n;
}

const struct target_reg *target_reg_named(const struct target *t, const char *name)
{
	for (unsigned i = 0; i < t->n; i++)
		if (!strcmp(t->reg[i].name, name))
			return &t->reg[i];
	return NULL;
}
