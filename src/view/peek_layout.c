/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A struct of this kernel, member by member, with the meaning of those that peek reads. */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "base/tongue.h"
#include "view/peek.h"

#define DECLARATION_CELLS 46

struct layout {
	struct page *pg;
	const struct view_peek *v;
	struct json *json;
};

/* "char[16]" "comm" -> "char comm[16]", as it would be written. */
static const char *declaration(struct page *pg, const struct tl_peek_line *l)
{
	const char *bracket = strchr(l->type, '[');
	const char *bits = l->bits ? page_fmt(pg, ":%u", l->bits) : "";
	const char *type = !strcmp(l->type, "struct {}")  ? "struct"
			   : !strcmp(l->type, "union {}") ? "union"
							  : l->type;
	int n = bracket ? (int)(bracket - type) : (int)strlen(type);
	struct out name;

	out_init(&name, -1);
	text_safe(&name, l->name, strlen(l->name));
	const char *all = page_fmt(pg, "%*s%.*s%s%s%s%s%s", (int)l->depth * 4, "", n, type,
				   l->name[0] && type[n - 1] != '*' ? " " : "", out_text(&name),
				   bracket ? bracket : "", bits, l->opens ? " {" : ";");
	out_fini(&name);
	return all;
}

static const char *meaning(const struct layout *la, const struct tl_peek_line *l)
{
	if (l->field == TL_TASK_FIELDS)
		return "";
	return _(tl_task_field_row_of(l->field)->says);
}

static void put_line(void *ctx, const struct tl_peek_line *l)
{
	const struct layout *la = ctx;
	struct page *pg = la->pg;
	const char *text;

	page_reset(pg);
	if (!l->name) {
		page_line(pg, 0,
			  page_fmt(pg, ST_DIM "%6u %5u  %*s/* %s */" ST_OFF, l->off, l->size,
				   (int)l->depth * 4, "", _("a hole")));
		return;
	}
	if (l->closes)
		text = page_fmt(pg, "%*s}%s%s;", (int)l->depth * 4, "", l->name[0] ? " " : "",
				l->name);
	else
		text = declaration(pg, l);
	int cells = text_width(text, strlen(text));
	const char *place =
		l->closes ? page_fmt(pg, "%12s", "") : page_fmt(pg, "%6u %5u", l->off, l->size);
	const char *says = meaning(la, l);

	out_str(pg->out, place);
	page_line(pg, 0, *says ? page_fmt(pg, "  %s%*s " ST_DIM "%s" ST_OFF, text, cells < DECLARATION_CELLS ? DECLARATION_CELLS - cells : 0, "", says)
			       : page_fmt(pg, "  %s", text));
}

struct tl_err *view_peek_layout(struct page *pg, const struct view_peek *v, const char *strct)
{
	struct layout la = {.pg = pg, .v = v};
	int width = pg->opts.width;
	uint32_t size = 0;

	pg->opts.width = 0;
	page_line(pg, 0, page_fmt(pg, ST_BOLD "struct %s {" ST_OFF, strct));
	struct tl_err *err = tl_peek_layout(v->types, strct, put_line, &la, &size);
	page_line(pg, 0, page_fmt(pg, "}; /* %s */", page_fmt(pg, _("%u bytes"), size)));
	pg->opts.width = width;
	return err;
}

static void json_line(void *ctx, const struct tl_peek_line *l)
{
	struct json *j = ((struct layout *)ctx)->json;

	if (l->closes)
		return;
	json_obj(j, NULL);
	json_int(j, "depth", l->depth);
	json_str(j, "name", l->name);
	json_str(j, "type", l->name ? l->type : NULL);
	json_int(j, "offset", l->off);
	json_int(j, "size", l->size);
	if (l->bits)
		json_int(j, "bits", l->bits);
	if (l->field != TL_TASK_FIELDS)
		json_str(j, "field", tl_task_field_row_of(l->field)->id);
	json_end_obj(j);
}

struct tl_err *view_peek_json_layout(struct json *j, const struct view_peek *v, const char *strct)
{
	struct layout la = {.v = v, .json = j};
	uint32_t size = 0;

	json_obj(j, NULL);
	json_str(j, "struct", strct);
	json_arr(j, "members");
	struct tl_err *err = tl_peek_layout(v->types, strct, json_line, &la, &size);
	json_end_arr(j);
	json_int(j, "size", size);
	json_end_obj(j);
	return err;
}
