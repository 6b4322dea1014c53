/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Task states as sched_switch tells them: one letter each (include/trace/events/sched.h). The
 * letters and bits of prev_state have been the same since 4.14; older kernels print letters of
 * their own, which text readers pass through.
 */
#include "base/guard.h"
#include "tasklife/facts.h"

static const struct {
	char letter;
	int bit; /* in prev_state; 0 none */
	const char *word;
} states[] = {
	{ 'R', 0, N_("runnable") },
	{ 'S', 0x01, N_("sleeping") },
	{ 'D', 0x02, N_("uninterruptible") },
	{ 'T', 0x04, N_("stopped") },
	{ 't', 0x08, N_("stopped by a tracer") },
	{ 'X', 0x10, N_("dead") },
	{ 'Z', 0x20, N_("zombie") },
	{ 'P', 0x40, N_("parked") },
	{ 'I', 0x80, N_("idle") },
	/* up to 4.13 */
	{ 'K', 0, N_("wakekill") },
	{ 'W', 0, N_("waking") },
	{ 'x', 0, N_("dead") },
	{ 'N', 0, N_("not loading the system") },
};

const char *tl_state_word(char letter)
{
	for (unsigned i = 0; i < ARRAY_SIZE(states); i++)
		if (states[i].letter == letter)
			return states[i].word;
	return NULL;
}

char tl_state_at(unsigned i)
{
	return i < ARRAY_SIZE(states) ? states[i].letter : 0;
}

/* The kernel prints the highest bit alone, but a made-up number may carry several: the highest
 * wins. */
char tl_state_letter(int64_t bits)
{
	char letter = 'R';

	for (unsigned i = 0; i < ARRAY_SIZE(states); i++)
		if (states[i].bit && (bits & states[i].bit))
			letter = states[i].letter;
	return letter;
}
