/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The book's 11.7 and 9.2: a thread leaves by exit, the process by exit_group; and four threads that die at one moment. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_barrier_t all_here;

static void *leave_together(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&all_here);
	return NULL;
}

int main(void)
{
	pthread_t t[4];

	pthread_barrier_init(&all_here, NULL, 4);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, leave_together, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	puts("four threads are gone");
	return 3;
}
