/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record of the function tracer: only functions that play a role become events. */
#include "event/event.h"

bool decode_func(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	const struct tl_stack *pair = stack_of_pair(evs, &rec->ip, &rec->parent);

	if (!pair || !pair->n || pair->frame[0].role == TL_ROLE_NONE)
		return false;
	ev->kind = TL_EV_FUNC;
	ev->stack = pair; /* until the real one comes */
	ev->u.func.name = pair->frame[0].name;
	ev->u.func.role = pair->frame[0].role;
	if (pair->n > 1) {
		ev->u.func.caller = pair->frame[1].name;
		ev->u.func.caller_role = pair->frame[1].role;
	}
	return true;
}
