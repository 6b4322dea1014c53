/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/io.h"
#include "cmd/cmd.h"
#include "cmd/filters_list.h"
#include "tracefs/file.h"
#include "tracefs/mount.h"

#define LIST_MOST (256u << 20)

static const char kallsyms[] = "/proc/kallsyms";

static struct tl_err *read_list(const char *path, struct sym_names *ret)
{
	auto_free char *text = NULL;
	bool in = !strcmp(path, "-");
	ssize_t n = in ? io_read_all(STDIN_FILENO, LIST_MOST, &text)
		       : io_read_file(path, LIST_MOST, &text);
	struct tl_err *err;

	if (n >= 0)
		return sym_names_read(text, (size_t)n, path, ret);
	err = tl_err_os(errno, N_("cannot read the functions of a kernel from '%s'"), path,
			in ? NULL : path);
	if (err->code == TL_E_FAILED)
		err->code = TL_E_INPUT;
	return err;
}

/* Symbols are more than what may be traced; it is better than nothing, and said. */
static struct tl_err *only_symbols(struct filters_list *ret, struct tl_err *why)
{
	struct tl_err *err = read_list(kallsyms, &ret->names);

	if (err) {
		tl_err_free(err);
		return why;
	}
	ret->from = kallsyms;
	say_note(
		N_("%1$s cannot be read (%2$s): names are from %3$s, which also holds functions that cannot be traced"),
		ret->path ? ret->path : "available_filter_functions",
		why->os ? tl_err_symbol(why->os) : "-", kallsyms);
	tl_err_free(why);
	return NULL;
}

static struct tl_err *this_kernel(struct filters_list *ret)
{
	struct tl_err *err;

	ret->tracefs = tfs_mounted();
	if (!ret->tracefs)
		return only_symbols(ret,
				    tl_err_os(ENOENT, N_("tracefs is not mounted"), NULL, NULL));
	ret->path = tfs_path(ret->tracefs, "available_filter_functions");
	if (!ret->path)
		return &tl_enomem;
	err = read_list(ret->path, &ret->names);
	if (err)
		return only_symbols(ret, err);
	ret->from = ret->path;
	tl_err_free(read_list(kallsyms, &ret->symbols)); /* only to tell why a name is missing */
	return NULL;
}

struct tl_err *filters_list_open(const char *file, struct filters_list *ret)
{
	*ret = (struct filters_list){.from = file};
	return file ? read_list(file, &ret->names) : this_kernel(ret);
}

void filters_list_fini(struct filters_list *l)
{
	sym_names_fini(&l->names);
	sym_names_fini(&l->symbols);
	free(l->tracefs);
	free(l->path);
}
