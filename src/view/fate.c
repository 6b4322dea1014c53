/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/guard.h"
#include "view/fate.h"

enum fate fate_of(const struct tl_told *d)
{
	const struct tl_death_verdict *v = &d->death;

	if (!d->task->death->seen.is)
		return FATE_ALIVE;
	if (v->exited)
		return v->exit_code_known && v->exit_code ? FATE_FAILED : FATE_ENDED;
	return v->signal || v->fatal ? FATE_KILLED : FATE_DIED;
}

const char *fate_class(enum fate fate)
{
	static const char *const names[FATES] = {"killed", "failed", "ended",
						 "died",   "alive",  "outside"};

	return names[fate];
}

void fate_text(const struct tl_told *d, char *buf, size_t n)
{
	const struct tl_death_verdict *v = &d->death;
	const char *name = v->signal ? tl_signal_name(v->signal) : NULL;

	*buf = 0;
	if (!d->task->death->seen.is)
		return;
	if (name)
		snprintf(buf, n, "%s (%s)", name, tl_finding_id(&v->source));
	else if (v->exited && v->exit_code_known)
		snprintf(buf, n, "%s %d", tl_finding_id(&v->cause), v->exit_code);
	else
		snprintf(buf, n, "%s", tl_finding_id(&v->cause));
}
