/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tasklife tells the life of a Linux task: born, run, killed or ended, mourned and reaped. */
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	struct call call = {};
	int status;

	tongue_set(tongue_from_env());
	if (!call_parse(argc, argv, &call, &status))
		status = call.cmd->run(call.opts, call.n, call.words);
	return call_finish(&call, status);
}
