/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line for each thing that happens in a life, told at the moment it is known. Each line
 * is flushed. */
#ifndef VIEW_WATCH_H
#define VIEW_WATCH_H

#include "view/page.h"

void watch_birth(struct page *pg, const struct tl_told *told);
void watch_exec(struct page *pg, const struct tl_task *task);
/* sig is one of told->task's, source its finding */
void watch_signal(struct page *pg, const struct tl_task *task, const struct tl_signal *sig,
		  const struct tl_finding *source);
void watch_death(struct page *pg, const struct tl_told *told);
void watch_lost(struct page *pg, uint64_t n, tl_ns t); /* UINT64_MAX: nobody knows how many */

#endif
