/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "record/proc.h"

/* include/linux/proc_ns.h: the first pid namespace, in every kernel since 3.8 */
#define PROC_PID_INIT_INO 0xEFFFFFFCu

void proc_each(const char *dir, void (*each)(void *ctx, long n), void *ctx)
{
	DIR *dp = opendir(dir);
	struct dirent *d;

	while (dp && (d = readdir(dp))) {
		char *end;
		long n = strtol(d->d_name, &end, 10);

		if (n > 0 && !*end)
			each(ctx, n);
	}
	if (dp)
		closedir(dp);
}

bool proc_counts_as_kernel(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) || st.st_ino == PROC_PID_INIT_INO;
}
