/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traced functions that say something about a life, by role. */
#include "life/life.h"

static const struct {
	enum tl_role role;
	void (*fn)(struct tl_lives *l, const struct tl_event *ev);
} by_role[] = {
	{TL_ROLE_COPY_PROCESS, birth_path},
	{TL_ROLE_KTHREAD_CREATE, birth_request},
	{TL_ROLE_DO_EXIT, death_path},
	{TL_ROLE_COREDUMP, death_coredump},
	{TL_ROLE_RELEASE_TASK, reap_release},
};

void see_func(struct tl_lives *l, const struct tl_event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(by_role); i++) {
		if (ev->u.func.role != by_role[i].role)
			continue;
		by_role[i].fn(l, ev);
		return;
	}
	life_owner(l, ev);
}
