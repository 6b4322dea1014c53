/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs at build time: prints the hash tables over functions.def and events.def as constants, so
 * that no lookup needs state, a lock or a first call. Exact names go into slots; globs are listed
 * in row order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static const char *const functions[] = {
#define ROLE(id, name, summary)
#define FUNCTION(role, name, arch, cite) name,
#include "functions.def"
#undef FUNCTION
#undef ROLE
};

static const char *const events[] = {
#define FIELD(ev, f, type, printed)
#define EV(id, sys, name, flags, ...) name,
#include "events.def"
#undef EV
#undef FIELD
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void place(uint16_t *slot, size_t slots, const char *const *row, unsigned i)
{
	size_t n = strlen(row[i]), at = name_hash(row[i], n) & (slots - 1);

	while (slot[at] != NO_ROW) {
		if (!strcmp(row[slot[at]], row[i])) {
			fprintf(stderr, "facts: '%s' stands in two rows\n", row[i]);
			exit(1);
		}
		at = (at + 1) & (slots - 1);
	}
	slot[at] = i;
}

static void print_slots(const char *name, const uint16_t *slot, size_t slots)
{
	printf("static const uint16_t %s[%zu] = {\n", name, slots);
	for (size_t i = 0; i < slots; i++)
		printf("%u,%s", slot[i], i % 16 == 15 ? "\n" : "");
	printf("};\n");
}

int main(void)
{
	static uint16_t by_function[FUNCTION_SLOTS], by_event[EVENT_SLOTS];

	if (COUNT(functions) * 2 > FUNCTION_SLOTS || COUNT(events) * 2 > EVENT_SLOTS) {
		fprintf(stderr, "facts: make the tables of names.h larger\n");
		return 1;
	}
	memset(by_function, 0xff, sizeof(by_function));
	memset(by_event, 0xff, sizeof(by_event));
	printf("#ifdef INDEX_OF_FUNCTIONS\nstatic const uint16_t glob_rows[] = {\n");
	for (unsigned i = 0; i < COUNT(functions); i++)
		if (strchr(functions[i], '*'))
			printf("%u,\n", i);
		else
			place(by_function, FUNCTION_SLOTS, functions, i);
	printf("};\n");
	print_slots("function_slots", by_function, FUNCTION_SLOTS);
	printf("#endif\n#ifdef INDEX_OF_EVENTS\n");
	for (unsigned i = 0; i < COUNT(events); i++)
		place(by_event, EVENT_SLOTS, events, i);
	print_slots("event_slots", by_event, EVENT_SLOTS);
	printf("#endif\n");
	return 0;
}
