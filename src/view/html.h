/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page's data, inside. Lives are written in chunks as they complete, columns first
 * (html_columns.c) and then their stories (html_story.c), each a data block of its own; what they
 * refer to by number (strings, tasks, call paths, sentences) is kept once in tables and written at
 * the end (html_tables.c, html_trailer.c). So memory follows what is distinct in a trace and not
 * its length, and the browser need not read a story before somebody wants it.
 *
 * All times are nanoseconds since t0, because a number of JavaScript holds 2^53 and clocks may
 * show more.
 */
#ifndef VIEW_HTML_H
#define VIEW_HTML_H

#include "base/atom.h"
#include "base/map.h"
#include "base/out.h"
#include "columns/columns.h"
#include "view/story.h"

#define HTML_CHUNK 512 /* lives */

/* Strings by number, in order of first use. */
struct strings {
	struct atoms at;
	struct map by_atom; /* tl_atom of ours or of the trace -> number + 1 */
	VEC(const struct tl_atom *) v;
};

struct html_ref {
	tl_pid tid;
	uint32_t generation, name;
};

struct html_tables {
	struct strings names;	  /* shown as they are: made safe when they come in */
	struct strings sentences; /* html_story.c: what a row says, in both languages */
	struct strings forms;	  /* html_story.c: the rows of a story, as numbers of sentences */
	struct map ref_of, stack_of;
	VEC(struct html_ref) refs;
	VEC(const struct tl_stack *) stacks;
	bool starved;
};

void html_tables_init(struct html_tables *tb);
void html_tables_fini(struct html_tables *tb);
uint32_t html_strings_add(struct html_tables *tb, struct strings *st, const char *s, size_t n);
/* any bytes; a may not be NULL */
uint32_t html_name_of(struct html_tables *tb, const struct tl_atom *a);
uint32_t html_name_of_text(struct html_tables *tb, struct tl_str s);
/* These write the number, or null for what was not seen. */
void html_put_name(struct html_tables *tb, struct out *o, const struct tl_atom *a);
void html_put_ref(struct html_tables *tb, struct out *o, const struct tl_ref *ref);
void html_put_stack(struct html_tables *tb, struct out *o, const struct tl_stack *stack);

/* A JSON string that no HTML parser mistakes for the end of its block. */
void html_put_string(struct out *o, const char *s, size_t n);
void html_put_time(struct out *o, tl_ns t, tl_ns t0); /* null for TL_NS_NONE */

/* A column of one chunk; where all cells are equal it is written as that one cell. */
struct column_out {
	struct out cells;
	size_t first; /* length of the first cell */
	bool differ;
	unsigned n;
};

struct html_chunk;
struct html_chunk *html_chunk_new(void);
void html_chunk_free(struct html_chunk *c);
void html_chunk_add(struct html_chunk *c, struct html_tables *tb, const struct tl_told *d,
		    tl_ns t0);
void html_chunk_put(struct html_chunk *c, struct out *o); /* and empties it */
/* What the columns are called: [["birth.t_ns","NS",meaning,meaning in Korean],...] */
void html_put_columns(struct out *o);

struct html_stories;
struct html_stories *html_stories_new(struct out *o, const struct tl_view_opts *opts);
void html_stories_free(struct html_stories *s);
void html_stories_add(struct html_stories *s, struct html_tables *tb, const struct tl_told *d,
		      tl_ns t0);
void html_stories_put(struct html_stories *s, struct out *o);

/* ["English","Korean"] of a msgid. */
void html_put_both(struct out *o, const char *msgid);
/* The last data block: tables, causes, words of the page, the trace's own report. */
void html_put_trailer(struct out *o, struct html_tables *tb, const struct tl_trailer *tr, tl_ns t0);

/* The page without its data, from src/view/page/ (made by src/view/page2c). */
extern const char html_head[], html_tail[];
extern const size_t html_head_n, html_tail_n;

#endif
