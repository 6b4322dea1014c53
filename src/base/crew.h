/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads that do whatever there is to do. A hand of the crew takes up the first job that has work
 * for it, and looks again; where none has, it sleeps. The owner is the thread that made the crew:
 * where it has to wait it works, too. So there are as many threads as CPUs, and none of them takes
 * a CPU from another: a thread for each trade left the placing of three threads on two CPUs to the
 * scheduler, which let them wait for each other in half of all runs.
 *
 * All jobs share one lock: what they hand to each other are batches, and taking it costs little
 * against one.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stdbool.h>

struct crew;

/*
 * With the lock held, which it drops while it works. False: there is nothing to do now; who says
 * there was without dropping the lock keeps it from all others. hand: 0 the owner, then 1 to
 * crew_hands().
 */
typedef bool (*crew_work)(void *ctx, unsigned hand);

/* So many threads beside the owner's, which take no signals, or as many as can be had: maybe none,
 * then the owner works alone. NULL: memory is out. */
struct crew *crew_new(unsigned hands);
unsigned crew_hands(const struct crew *c);
/* Nobody has a job there any more. NULL is fine. */
void crew_free(struct crew *c);

/* A job from now on, behind those there are. Owner only. False: there are too many. */
bool crew_join(struct crew *c, crew_work work, void *ctx);
/* No longer: nobody works at it any more. Owner only, without the lock. */
void crew_leave(struct crew *c, const void *ctx);

void crew_lock(struct crew *c);
void crew_unlock(struct crew *c);
/* With the lock: there is something to do, for one that sleeps. */
void crew_call(struct crew *c);
/* With the lock: what somebody may wait for has come. */
void crew_done(struct crew *c);
/* With the lock: sleeps until crew_done(), or for less. For a hand that needs what another one is
 * at. */
void crew_sleep(struct crew *c);
/* Owner, with the lock: works at what there is, or sleeps until crew_done(). May come back without
 * either. */
void crew_wait(struct crew *c);

#endif
