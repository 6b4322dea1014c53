/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Topics: everything tasklife names, and what one should know of it. A topic comes from the table
 * that holds it (a role of functions.def, an event, a signal, a cause ...), and its words from a
 * lesson of teach's own tables; things no table holds (how the slab works, the steps of
 * copy_process) are lessons alone.
 *
 * Releases are numbers that compare, as tl_release_of() gives them: RELEASE(5, 10); 0 is open.
 *
 * Law of this header: strings are constants; a struct topic is a value.
 */
#ifndef TEACH_TEACH_H
#define TEACH_TEACH_H

#include "tasklife/why.h"

#define RELEASE(major, minor) ((int)TL_RELEASE(major, minor))

enum topic_group {
#define GROUP(id, name, kind, title) TOPIC_##id,
#include "teach/groups.def"
#undef GROUP
	TOPIC_GROUPS,
};

struct topic {
	char id[64];
	enum topic_group group;
	int since, until;   /* first and last release that has it */
	const char *gist;   /* msgid: one line; NULL: nobody has written it */
	/* msgid: the lesson, paragraphs apart by newlines; NULL: the gist says it all */
	const char *text;
	const char *source; /* file and function, and where it was read */
	const char *see;    /* other topics, apart by spaces; NULL none */
	/* another name of it: that of a column where there are no objects; NULL none */
	const char *also;
	enum tl_role role;  /* of groups by function: TL_ROLE_NONE or whose names to show */
	const struct tl_event_row *event; /* of events: whose fields to show */
	const struct tl_cause *cause;	  /* of rules */
	const struct tl_flag_row *flag;	  /* of flags: its value, by CPU and release */
	const struct tl_task_field_row *field; /* of fields of a task */
};

const char *topic_group_name(enum topic_group g);  /* "signals": what users type */
const char *topic_group_title(enum topic_group g); /* msgid: all of them */
const char *topic_group_kind(enum topic_group g);  /* msgid: one of them */
bool topic_group_named(const char *name, enum topic_group *ret);

/* The i-th topic of a group as this release has it (0: the newest told of); false past the end. */
bool topic_at(enum topic_group g, unsigned i, int release, struct topic *ret);
/* Of one name, as typed: also without SIG, CLONE_ or (), with an offset behind, in other case, as a
 * number (signals) or with its group before it ("deaths:exit"). How many fit; the first `max` are
 * written. */
unsigned topics_named(const char *name, int release, struct topic *ret, unsigned max);
/* What is known of one name in one group; false: nothing. */
bool topic_in(enum topic_group g, const char *id, int release, struct topic *ret);
/* The letters of a trace line's context ("d..2."): one topic per letter that says something; how
 * many. */
unsigned topics_context(const char *letters, int release, struct topic *ret, unsigned max);
/* The known name nearest to an unknown one, in `ret`; false: none is near. */
bool topic_nearest(const char *name, char *ret, size_t size);

/* ---- steps: what a function does, in order, as the releases that were read do it ---- */

struct step {
	const char *of, *id; /* topics: "copy_process", "copy_mm" */
	const char *undo;    /* the label that takes it back when a later step fails; NULL none */
	bool was;	     /* only in the older of two read releases around the one asked for */
	bool will;	     /* only in the newer */
};

/* The releases whose source was read, around the one asked for: both the same when it was read
 * itself, or when it is older or newer than all of them. */
void steps_read(int release, int *ret_older, int *ret_newer);
/* Pull the next step of a topic; *it starts at 0. NULL at the end. */
bool step_next(const char *of, int release, unsigned *it, struct step *ret);
bool topic_has_steps(const char *of);

#endif
