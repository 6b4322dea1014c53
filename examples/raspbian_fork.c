/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of each birth the note on fork() describes: a child by fork(), a child that runs another program
 * (fork and exec, what a shell does), and a thread. The children end in three ways: a return from main's
 * path, an exit status of the program run, and a signal from the parent.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *thread_main(void *arg)
{
	(void)arg;
	usleep(100 * 1000);
	return NULL;
}

static void report(const char *what, pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror(what);
		exit(1);
	}
	if (WIFSIGNALED(status))
		printf("%s %d: signal %d\n", what, (int)pid, WTERMSIG(status));
	else
		printf("%s %d: exit status %d\n", what, (int)pid, WEXITSTATUS(status));
	fflush(stdout);
}

int main(void)
{
	pthread_t thread;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		usleep(200 * 1000);
		_exit(3);
	}
	report("child by fork", pid);

	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
		_exit(127);
	}
	report("child that ran sh", pid);

	if (pthread_create(&thread, NULL, thread_main, NULL) == 0)
		pthread_join(thread, NULL);

	pid = fork();
	if (pid == 0) {
		for (;;)
			pause();
	}
	usleep(100 * 1000);
	if (pid > 0)
		kill(pid, SIGTERM);
	report("child killed by its parent", pid);
	return 0;
}
