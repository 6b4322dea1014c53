/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include "teach/teach.h"

bool release_parse(const char *s, int *ret)
{
	int major, minor, n = 0;
	const char *digit = s + strcspn(s, "0123456789");
	const char *dash = strrchr(s, '-');

	if (dash && sscanf(dash + 1, "%2d.%3d%n", &major, &minor, &n) == 2 && !dash[1 + n])
		digit = dash + 1; /* a kernel of the laboratory */
	if (sscanf(digit, "%2d.%3d", &major, &minor) != 2 || major < 0 || minor < 0)
		return false;
	*ret = RELEASE(major, minor);
	return true;
}
