/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include "base/tongue.h"

/* One of the three file-scope variables the house allows. */
static enum tongue now;

void tongue_set(enum tongue t)
{
	now = t;
}

enum tongue tongue_now(void)
{
	return now;
}

/* "ko", "ko_KR", "ko_KR.UTF-8", "ko:en"; "C" and "en_GB" are English. */
static bool starts_as(const char *s, const char *lang)
{
	return !strncmp(s, lang, 2) && (!s[2] || strchr("_.-:@", s[2]));
}

bool tongue_parse(const char *s, enum tongue *ret)
{
	if (starts_as(s, "ko"))
		*ret = TONGUE_KO;
	else if (starts_as(s, "en") || !strcmp(s, "C") || !strncmp(s, "C.", 2) ||
		 !strcmp(s, "POSIX"))
		*ret = TONGUE_EN;
	else
		return false;
	return true;
}

enum tongue tongue_from_env(void)
{
	static const char *const names[] = {"TASKLIFE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *v = getenv(names[i]);
		enum tongue t = TONGUE_EN;

		if (!v || !*v)
			continue;
		tongue_parse(v, &t); /* a language we do not speak is answered in English */
		return t;
	}
	return TONGUE_EN;
}

static int by_msgid(const void *key, const void *entry)
{
	return strcmp(key, ((const struct tongue_entry *)entry)->msgid);
}

const char *tongue_of(const char *msgid)
{
	const struct tongue_entry *e;

	if (now != TONGUE_KO || !msgid)
		return msgid;
	e = bsearch(msgid, tongue_ko, tongue_ko_n, sizeof(*tongue_ko), by_msgid);
	return e && *e->text ? e->text : msgid;
}
