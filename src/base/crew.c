/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who sleeps is counted, under the lock: to wake somebody is a system call, and an interrupt of
 * another CPU, and is spared where nobody sleeps.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include "base/crew.h"
#include "base/line.h"

enum { JOBS_MOST = 4, HANDS_MOST = 64 };

struct job {
	crew_work work; /* NULL: nobody's */
	void *ctx;
	unsigned busy; /* hands at it */
};

struct hand {
	struct crew *crew;
	unsigned number;
	pthread_t thread;
};

struct crew {
	alignas(LINE) pthread_mutex_t lock;
	pthread_cond_t something_to_do, something_done;
	unsigned asleep;  /* hands, without work */
	unsigned waiting; /* for something to be done */
	bool stop;
	struct job job[JOBS_MOST];
	unsigned n; /* hands */
	struct hand hand[HANDS_MOST];
};

/* The first job with work for it; false: none. */
static bool work_at_one(struct crew *c, unsigned hand)
{
	for (struct job *j = c->job; j < c->job + JOBS_MOST; j++) {
		bool worked;

		if (!j->work)
			continue;
		j->busy++;
		worked = j->work(j->ctx, hand);
		j->busy--;
		if (!j->work)
			crew_done(c); /* it was taken away meanwhile */
		if (worked)
			return true;
	}
	return false;
}

static void *hand_main(void *ctx)
{
	const struct hand *h = ctx;
	struct crew *c = h->crew;

	pthread_mutex_lock(&c->lock);
	while (!c->stop) {
		if (work_at_one(c, h->number))
			continue;
		c->asleep++;
		pthread_cond_wait(&c->something_to_do, &c->lock);
		c->asleep--;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

void crew_lock(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
}

void crew_unlock(struct crew *c)
{
	pthread_mutex_unlock(&c->lock);
}

void crew_call(struct crew *c)
{
	if (c->asleep)
		pthread_cond_signal(&c->something_to_do);
}

void crew_done(struct crew *c)
{
	if (c->waiting)
		pthread_cond_broadcast(&c->something_done);
}

void crew_sleep(struct crew *c)
{
	c->waiting++;
	pthread_cond_wait(&c->something_done, &c->lock);
	c->waiting--;
}

void crew_wait(struct crew *c)
{
	if (!work_at_one(c, 0))
		crew_sleep(c);
}

bool crew_join(struct crew *c, crew_work work, void *ctx)
{
	struct job *j = c->job;

	crew_lock(c);
	while (j < c->job + JOBS_MOST && j->work)
		j++;
	if (j < c->job + JOBS_MOST) {
		*j = (struct job){.work = work, .ctx = ctx};
		crew_call(c);
	}
	crew_unlock(c);
	return j < c->job + JOBS_MOST;
}

void crew_leave(struct crew *c, const void *ctx)
{
	crew_lock(c);
	for (struct job *j = c->job; j < c->job + JOBS_MOST; j++) {
		if (!j->work || j->ctx != ctx)
			continue;
		j->work = NULL;
		while (j->busy)
			crew_sleep(c);
	}
	crew_unlock(c);
}

unsigned crew_hands(const struct crew *c)
{
	return c->n;
}

static void start(struct crew *c, unsigned hands)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (; c->n < hands && c->n < HANDS_MOST; c->n++) {
		struct hand *h = &c->hand[c->n];

		*h = (struct hand){.crew = c, .number = c->n + 1};
		if (pthread_create(&h->thread, NULL, hand_main, h))
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct crew *crew_new(unsigned hands)
{
	struct crew *c = line_calloc(sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->something_to_do, NULL);
	pthread_cond_init(&c->something_done, NULL);
	start(c, hands);
	return c;
}

void crew_free(struct crew *c)
{
	if (!c)
		return;
	crew_lock(c);
	c->stop = true;
	pthread_cond_broadcast(&c->something_to_do);
	crew_unlock(c);
	for (unsigned i = 0; i < c->n; i++)
		pthread_join(c->hand[i].thread, NULL);
	pthread_cond_destroy(&c->something_to_do);
	pthread_cond_destroy(&c->something_done);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
