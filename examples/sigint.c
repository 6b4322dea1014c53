/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The book's 12.8.3: a handler for SIGINT, and pause(). Here the process is its own sender, and leaves when it was told twice. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t times;

static void on_interrupt(int sig)
{
	(void)sig;
	times++;
}

int main(void)
{
	struct sigaction sa = {.sa_handler = on_interrupt};

	sigaction(SIGINT, &sa, NULL);
	while (times < 2)
		pause();
	return 0;
}
