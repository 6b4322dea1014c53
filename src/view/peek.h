/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Living tasks (tasklife/peek.h) for a terminal, and as JSON. */
#ifndef VIEW_PEEK_H
#define VIEW_PEEK_H

#include "base/json.h"
#include "tasklife/peek.h"
#include "tasklife/sym.h"
#include "view/page.h"

/* What is shown of a task: the rows of facts/task_fields.def, and then these. */
enum peek_shown {
	PEEK_COMM = TL_TASK_FIELDS,
	PEEK_ADDR,
	PEEK_LETTER,
	PEEK_PIDS,
	PEEK_CHILDREN,
	PEEK_SIBLING,
	PEEK_THREADS,
	PEEK_STACK_FRAMES,
	PEEK_SHOWN,
};

struct view_peek {
	const struct tl_peek *peek;
	const struct tl_peek_types *types; /* NULL: not known */
	const struct tl_symtab *symbols;   /* NULL: addresses stay numbers */
	const unsigned *field;		   /* only these, of both enums; NULL: all */
	unsigned n_fields;
};

/* One task, group by group, with the meaning of each field. */
void view_peek_task(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t);
/* A line per task, under a heading; as a tree of who made whom. */
void view_peek_list(struct page *pg, const struct view_peek *v,
		    const struct tl_peek_task *const *task, size_t n);
void view_peek_tree(struct page *pg, const struct view_peek *v);
/* One object with everything that is known of these tasks. */
void view_peek_json(struct out *o, const struct view_peek *v,
		    const struct tl_peek_task *const *task, size_t n);
void view_peek_json_task(struct json *j, const char *key, const struct view_peek *v,
			 const struct tl_peek_task *t);
/* A struct as this kernel lays it out. */
struct tl_err *view_peek_layout(struct page *pg, const struct view_peek *v, const char *strct);
struct tl_err *view_peek_json_layout(struct json *j, const struct view_peek *v, const char *strct);

/* ---- peek_shown.c ---- */

/* Its name, as users type it. */
const char *view_peek_id(unsigned shown);
/* By its name; PEEK_SHOWN: nothing is called so. */
unsigned view_peek_named(const char *name, size_t n);
bool view_peek_wants(const struct view_peek *v, unsigned shown);
/* Of those which are no row of the table. *ret_says what it means (msgid, may be NULL); NULL: the
 * task has none such. */
const char *view_peek_more(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
			   enum peek_shown shown, const char **ret_says);
void view_peek_json_more(struct json *j, const struct view_peek *v, const struct tl_peek_task *t,
			 enum peek_shown shown);

/* ---- peek_words.c ---- */

/* "bash(2061)" */
const char *peek_name(struct page *pg, const struct tl_peek_task *t);
/* A field's value in words; "-" where it is not known. */
const char *peek_value(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
		       unsigned shown);
/* "schedule+0x2d", else the number. */
const char *peek_code(struct page *pg, const struct view_peek *v, uint64_t addr, bool is_return);

#endif
