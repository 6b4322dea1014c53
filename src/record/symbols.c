/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's symbols, for the names in the stacks. The kernel formats 200 000 lines for whoever
 * reads /proc/kallsyms, 0.1 s of work: so a thread of the lowest priority reads them while the
 * command runs.
 *
 * What was read then is used only when the same modules are there at the end; otherwise all is read
 * again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/inside.h"

#define TEXT_MOST (256u << 20)

/* Functions only: data symbols are half of the file, and no stack holds one. */
static size_t functions_only(char *text)
{
	char *to = text;

	for (char *at = text, *end; *at; at = end) {
		char *type = strchr(at, ' ');

		end = strchrnul(at, '\n');
		end += *end == '\n';
		if (!type || type + 1 >= end || !strchr("tTwW", type[1]))
			continue;
		memmove(to, at, (size_t)(end - at));
		to += end - at;
	}
	*to = 0;
	return (size_t)(to - text);
}

/* kptr_restrict shows zeros to those it hides from; kernel/kallsyms.c, kallsyms_show_value() */
static bool has_addresses(const char *text)
{
	return text[strspn(text, "0")] != ' ' && *text;
}

bool record_kallsyms_readable(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512];
	bool any = false;

	for (int i = 0; f && !any && i < 2000 && fgets(line, sizeof(line), f); i++)
		any = has_addresses(line);
	if (f)
		fclose(f);
	return any;
}

/* Names and addresses of the modules, without what changes while they are in use; "" on kernels
 * that know none. */
static char *modules_now(void)
{
	char *text = NULL, *to, *line, *rest;

	if (io_read_file("/proc/modules", TEXT_MOST, &text) <= 0)
		return text ? text : strdup("");
	to = rest = text;
	while ((line = strsep(&rest, "\n"))) {
		char *address = strstr(line, " 0x"), *size = strchr(line, ' ');
		size_t n = size ? (size_t)(size - line) : strlen(line);

		memmove(to, line, n);
		to += n;
		if (address) {
			n = strcspn(address + 1, " ");
			memmove(to, address, n + 1);
			to += n + 1;
		}
		*to++ = '\n';
	}
	to[-1] = 0;
	return text;
}

static void read_all(struct symbols *s)
{
	s->modules = modules_now();
	if (!record_kallsyms_readable() || io_read_file("/proc/kallsyms", TEXT_MOST, &s->text) <= 0)
		return;
	s->n = functions_only(s->text);
}

static void *read_beside(void *arg)
{
	setpriority(PRIO_PROCESS, (id_t)gettid(), 19);
	read_all(arg);
	return NULL;
}

static void forget(struct symbols *s)
{
	free(take(s->text));
	free(take(s->modules));
	s->n = 0;
}

static void join(struct symbols *s)
{
	if (s->running)
		pthread_join(s->thread, NULL);
	s->running = false;
}

void symbols_start(struct symbols *s)
{
	s->running = !pump_thread(&s->thread, read_beside, s);
}

static bool same_modules(const struct symbols *s)
{
	auto_free char *now = modules_now();

	return now && s->modules && !strcmp(now, s->modules);
}

struct tl_str symbols_get(struct symbols *s)
{
	join(s);
	if (!s->text || !same_modules(s)) {
		forget(s);
		read_all(s);
	}
	return (struct tl_str){s->text, s->n};
}

void symbols_fini(struct symbols *s)
{
	join(s);
	forget(s);
}
