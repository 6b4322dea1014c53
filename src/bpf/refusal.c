/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <unistd.h>
#include "base/guard.h"
#include "bpf/exits.h"
#include "bpf/refusal.h"

#define BTF "/sys/kernel/btf/vmlinux" /* CONFIG_DEBUG_INFO_BTF, since 5.4 */

const char *exits_btf(void)
{
	return access(BTF, R_OK) ? NULL : BTF;
}

static const char *cause_of(int os)
{
	if (os == ENOTSUP)
		return N_("this tasklife was built without BPF");
	if (os == EOVERFLOW)
		return N_("32-bit kernels do not run this BPF program safely");
	if (geteuid())
		return N_("only root may load BPF programs");
	if (!exits_btf())
		return N_("this kernel carries no type information (BTF)");
	if (os == EPERM || os == EACCES)
		return N_("this kernel does not permit BPF programs to look at tasks");
	return N_("this kernel does not take the BPF program");
}

struct tl_err *exits_refused(int os)
{
	struct tl_err *err =
		tl_err_os(os, N_("cannot read exit codes by BPF"), NULL, exits_btf() ? NULL : BTF);

	if (err == &tl_enomem)
		return err;
	err->code = TL_E_DENIED;
	tl_err_cause(err, cause_of(os), NULL);
	return tl_err_hint(
		err,
		N_("the command's own exit code is known all the same; for all others: --exit-syscalls"),
		NULL);
}

struct tl_err *tasks_refused(int os)
{
	struct tl_err *err = tl_err_os(os, N_("cannot read task_structs by BPF"), NULL,
				       exits_btf() ? NULL : BTF);

	if (err == &tl_enomem)
		return err;
	err->code = TL_E_DENIED;
	return tl_err_cause(err, cause_of(os), NULL);
}
