/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who reads what is being recorded may leave at any moment: also while the follower waits for room
 * in the pipe. A flight recorder (record --until-death) does so at every death it was asked for.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "record/follow.h"
#include "record/side.h"

#define PATIENCE 900 /* seconds until what waits for ever is taken for such: SIGALRM ends the test */
#define TEXT	 (1 << 20) /* more than any pipe takes by itself */

struct fake {
	char dir[4096], path[4200];
	struct tfs_instance inst;
	struct side side;
	struct follow follow;
	int fd;
};

/* A buffer with so many bytes in it. */
static void follow_file(struct fake *f, size_t n)
{
	char line[64];
	FILE *out;

	memset(f, 0, sizeof(*f));
	snprintf(f->dir, sizeof(f->dir), "%s/follow-XXXXXX",
		 getenv("TL_TMP") ? getenv("TL_TMP") : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/trace_pipe", f->dir);
	out = fopen(f->path, "w");
	assert_non_null(out);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (size_t at = 0; at < n; at += sizeof(line))
		assert_int_equal(fwrite(line, 1, sizeof(line), out), sizeof(line));
	assert_int_equal(fclose(out), 0);
	f->inst.dir = f->dir;
	f->side.fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	alarm(PATIENCE);
	assert_null(follow_start(&f->inst, 1, &f->side, &f->follow, &f->fd));
}

static void forget(struct fake *f)
{
	alarm(0);
	close(f->side.fd);
	unlink(f->path);
	rmdir(f->dir);
}

static void until_full(int fd)
{
	int n = 0, size = fcntl(fd, F_GETPIPE_SZ);

	while (!ioctl(fd, FIONREAD, &n) && n < size)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void a_reader_that_leaves_a_full_pipe(void **state)
{
	struct fake f;

	follow_file(&f, TEXT);
	until_full(f.fd);
	close(f.fd);
	follow_stop(&f.follow);
	assert_false(f.follow.running);
	forget(&f);
}

static void a_reader_that_reads_all(void **state)
{
	struct fake f;
	char room[4096];
	size_t all = 0;

	follow_file(&f, TEXT);
	while (all < TEXT) {
		ssize_t n = read(f.fd, room, sizeof(room));

		assert_true(n > 0);
		all += (size_t)n;
	}
	follow_stop(&f.follow);
	assert_int_equal(read(f.fd, room, sizeof(room)), 0);
	assert_int_equal(all, TEXT);
	close(f.fd);
	forget(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_that_leaves_a_full_pipe),
		cmocka_unit_test(a_reader_that_reads_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
