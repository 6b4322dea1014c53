/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The undo journal on plain files: no root, no tracefs. Numbers are the invariants of
 * tracefs/undo.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/guard.h"
#include "tracefs/file.h"
#include "tracefs/undo.h"

struct place {
	char dir[64], journals[80], file[80];
};

static struct place place_new(void)
{
	struct place p = {.dir = "/tmp/tl-undo-XXXXXX"};

	assert_non_null(mkdtemp(p.dir));
	snprintf(p.journals, sizeof(p.journals), "%s/j", p.dir);
	snprintf(p.file, sizeof(p.file), "%s/knob", p.dir);
	return p;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_holds(const char *path, const char *want)
{
	char *text;

	assert_int_equal(tfs_read(path, &text), 0);
	assert_string_equal(text, want);
	free(text);
}

static int files_in(const char *dir)
{
	DIR *dp = opendir(dir);
	struct dirent *d;
	int n = 0;

	while (dp && (d = readdir(dp)))
		n += d->d_name[0] != '.';
	if (dp)
		closedir(dp);
	return n;
}

static void place_free(struct place *p)
{
	unlink(p->file);
	rmdir(p->journals);
	assert_int_equal(rmdir(p->dir), 0);
}

/* inv 3, 6: a file changed twice gets its first value, and the journal is gone with its directory
 */
static void test_backwards(void **state)
{
	struct place p = place_new();
	struct tfs_undo u;

	put(p.file, "first = 100%\nsecond line");
	assert_null(tfs_undo_begin(p.journals, &u));
	assert_null(tfs_undo_write(&u, p.file, "b"));
	assert_null(tfs_undo_write(&u, p.file, "c"));
	assert_holds(p.file, "c");
	assert_null(tfs_undo_end(&u));
	assert_holds(p.file, "first = 100%\nsecond line");
	assert_int_equal(access(p.journals, F_OK), -1);
	place_free(&p);
}

/* Changes, then dies without a word; says on a pipe that it has changed. */
static pid_t victim(struct place *p, bool live_on, int *ret_told)
{
	int told[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (!pid) {
		struct tfs_undo u;

		if (tfs_undo_begin(p->journals, &u) || tfs_undo_write(&u, p->file, "changed"))
			_exit(1);
		if (write(told[1], "x", 1) != 1)
			_exit(1);
		while (live_on)
			pause();
		raise(SIGKILL);
	}
	close(told[1]);
	assert_int_equal(read(told[0], &c, 1), 1);
	*ret_told = told[0];
	return pid;
}

/* inv 7: what a killed process left is put back by the next; what a living one holds is left alone
 */
static void test_orphan(void **state)
{
	struct place p = place_new();
	int status, told;
	unsigned n = 0;
	pid_t pid;

	put(p.file, "as it was");
	pid = victim(&p, true, &told);
	assert_null(tfs_undo_orphans(p.journals, &n));
	assert_int_equal(n, 0);
	assert_holds(p.file, "changed");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_null(tfs_undo_orphans(p.journals, &n));
	assert_int_equal(n, 1);
	assert_holds(p.file, "as it was");
	assert_null(tfs_undo_orphans(p.journals, &n)); /* inv 4 */
	assert_int_equal(n, 1);
	close(told);
	place_free(&p);
}

/* The journal's name for a process that is gone: of this boot or of another one. */
static void plant(const struct place *p, const char *boot, const char *text)
{
	char path[256];

	mkdir(p->journals, 0700);
	snprintf(path, sizeof(path), "%s/1234567-1-%s.undo", p->journals, boot);
	put(path, text);
}

static void this_boot(char ret[64])
{
	char *text;

	assert_int_equal(tfs_read("/proc/sys/kernel/random/boot_id", &text), 0);
	snprintf(ret, 64, "%.36s", text);
	free(text);
}

/* inv 2: a torn last line means that its change was not made; damaged lines are passed over */
static void test_torn(void **state)
{
	if (access("/proc/self/stat", R_OK))
		skip(); /* needs /proc */

	struct place p = place_new();
	char boot[64], text[512];
	unsigned n = 0;

	this_boot(boot);
	put(p.file, "now");
	snprintf(text, sizeof(text), "file %s old\nno such kind\nfile %%zz x\nfile %s torn", p.file,
		 p.file);
	plant(&p, boot, text);
	assert_null(tfs_undo_orphans(p.journals, &n));
	assert_int_equal(n, 1);
	assert_holds(p.file, "old");
	place_free(&p);
}

/* inv 8 */
static void test_other_boot(void **state)
{
	struct place p = place_new();
	char text[256];
	unsigned n = 0;

	put(p.file, "now");
	snprintf(text, sizeof(text), "file %s old\n", p.file);
	plant(&p, "00000000-0000-0000-0000-000000000000", text);
	assert_null(tfs_undo_orphans(p.journals, &n));
	assert_int_equal(n, 0);
	assert_holds(p.file, "now");
	assert_int_equal(files_in(p.journals), 0);
	place_free(&p);
}

/* inv 6: what cannot be put back keeps its journal, and the rest is put back all the same */
static void test_kept(void **state)
{
	if (access("/proc/self/stat", R_OK))
		skip(); /* needs /proc */

	struct place p = place_new();
	char boot[64], text[512];
	struct tl_err *err;
	unsigned n = 0;

	this_boot(boot);
	put(p.file, "now");
	/* a directory: EISDIR */
	snprintf(text, sizeof(text), "file %s old\nfile %s/ x\n", p.file, p.dir);
	plant(&p, boot, text);
	err = tfs_undo_orphans(p.journals, &n);
	assert_non_null(err);
	tl_err_free(err);
	assert_holds(p.file, "old");
	assert_int_equal(files_in(p.journals), 1);
	snprintf(text, sizeof(text), "%s/1234567-1-%s.undo", p.journals, boot);
	unlink(text);
	place_free(&p);
}

/* Instances that are not ours are never removed, whatever a journal says. */
static void test_only_ours(void **state)
{
	if (access("/proc/self/stat", R_OK))
		skip(); /* needs /proc */

	struct place p = place_new();
	char boot[64], text[512], dir[96];
	unsigned n = 0;

	this_boot(boot);
	snprintf(dir, sizeof(dir), "%s/somebody", p.dir);
	mkdir(dir, 0700);
	snprintf(text, sizeof(text), "instance %s \n", dir);
	plant(&p, boot, text);
	assert_null(tfs_undo_orphans(p.journals, &n));
	assert_int_equal(access(dir, F_OK), 0);
	rmdir(dir);
	place_free(&p);
}

/* A journal somebody else could have written is not replayed. */
static void test_unsafe_dir(void **state)
{
	struct place p = place_new();
	struct tfs_undo u;
	struct tl_err *err;

	mkdir(p.journals, 0777);
	chmod(p.journals, 0777);
	err = tfs_undo_begin(p.journals, &u);
	assert_non_null(err);
	tl_err_free(err);
	place_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backwards),  cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_torn),	   cmocka_unit_test(test_other_boot),
		cmocka_unit_test(test_kept),	   cmocka_unit_test(test_only_ours),
		cmocka_unit_test(test_unsafe_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
